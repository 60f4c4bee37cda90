# SPDX-License-Identifier: EUPL-1.2
"""Who may not see small counts reads the same whatever they are: on every page, in every file, from the API.

Everything is asked twice, with another count each time. The addresses and the kinds say what there is to ask.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import made_up_study
import pytest
import walking
from django.test import Client
from django.urls import reverse
from test_access import ARGUMENTS, OF_SOMEBODY, READ

from keten.domain.bounds import bounds_of
from keten.indicators.disclosure import is_small
from keten.indicators.registry import indicators
from keten_web.accounts.models import User
from keten_web.accounts.roles import ROLES, Permission
from keten_web.deliveries import actions as deliveries
from keten_web.deliveries.reading import File
from keten_web.record import values
from keten_web.record.kinds import Kind, kinds
from keten_web.record.models import Record

ONE, OTHER = 3, 8
COUNTED = [kind for kind in kinds() if values.counted(kind.model) or kind.model.frozen_figures]
NEVER_THE_SAME = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|\d{4}-\d\d-\d\dT[\d:.+Z]+|(scenario|study)-\d+|\d\d:\d\d'
)
DELIVERED = b"reference_date,group,count\n2023-06-30,track_4,%d\n"


def is_counted(unit: str) -> bool:
    bounds = bounds_of(unit)
    return bounds is not None and bounds.counted


def study(folder: Path, count: int) -> Path:
    """Write a study in which the last value counted of everything that is counted is this one."""
    made_up_study.write(folder / "likely", scenario="likely")
    for path in (folder / "likely").glob("*.json"):
        read = json.loads(path.read_text())
        _set_observed(read, count)
        path.write_text(json.dumps(read))
    return folder


def _set_observed(read: object, count: int) -> None:
    for part in read.values() if isinstance(read, dict) else read if isinstance(read, list) else ():
        if isinstance(part, dict) and part.get("observed") and is_counted(part.get("unit", "")):
            part["observed"][-1]["value"] = count
        _set_observed(part, count)


def fill(count: int) -> dict[Kind, Any]:
    """Make every figure that was counted in the record of the letters this count; give a row of each kind."""
    for kind in COUNTED:
        for row in kind.model.objects.all():
            for name in values.counted(kind.model):
                bounds = row.limits[name].of(row)
                if bounds is not None and bounds.counted:
                    setattr(row, name, count)
            for name in row.frozen_figures:
                setattr(row, name, {"figures": [{"name": "Dossiers", "value": count, "unit": "cases"}]})
            row.save()
    return {kind: row for kind in kinds() if (row := _latest(kind)) is not None}


def _latest(kind: Kind) -> Any:
    """Give a row that holds what was counted, where the kind has one; None when it has no row."""
    found = list(kind.model.objects.order_by("pk"))
    return next((row for row in found if _holds_a_count(row)), found[0] if found else None)


def _holds_a_count(row: Any) -> bool:
    return any(is_small(getattr(row, name), row.limits[name].of(row)) for name in values.counted(row))


def addresses(rows: dict[Kind, Any], only: list[Kind]) -> list[str]:
    """Everything that can be asked: pages and files, and of each kind its pages, file and answers of the API."""
    found = [reverse(name, kwargs=ARGUMENTS.get(name)) for name in READ if not name.startswith("record-")]
    for row in indicators():
        if is_counted(row.unit):
            found += [reverse("indicator", args=[row.id]), reverse("indicator-file", args=[row.id, "csv"])]
    for kind in only:
        slug = kind.slug
        found += [reverse("record-list", args=[slug]), reverse("record-export", args=[slug, "csv"]), f"/api/v1/{slug}"]
        if kind not in rows:
            continue
        code = rows[kind].code
        found += [
            reverse("record-detail", args=[slug, code]),
            reverse("record-detail", args=[slug, code]) + "?op=2099-01-01",
            reverse("record-history", args=[slug, code]),
            f"/api/v1/{slug}/{code}",
            f"/api/v1/{slug}/{code}/versies",
        ]
        if kind in COUNTED:
            found += [row.get_absolute_url() for row in pointed_at(rows[kind])]
    found.append(f"{reverse('search')}?zoek=zaken")
    return found


def pointed_at(row: Any) -> list[Record]:
    """Give the rows whose pages tell of this one."""
    found = [getattr(row, field.name) for field in row._meta.fields if field.many_to_one]
    return [other for other in found if isinstance(other, Record)]


def answers(client: Client, asked: list[str]) -> dict[str, tuple[int, str]]:
    found = {}
    for address in asked:
        answer = client.get(address)
        found[address] = answer.status_code, NEVER_THE_SAME.sub("", answer.content.decode(errors="replace"))
    return found


def walk(cast, settings, folder: Path, count: int) -> dict[str, dict[str, tuple[int, str]]]:
    """Ask everything as a reader, and what holds counts as a planner, in a site with this count."""
    reader, planner = cast["partner_reader"], cast["partner_planner"]  # they log in before what is undone
    settings.STUDIES = study(folder / str(count), count)
    with walking.undone():
        rows = fill(count)
        return {
            "partner_reader": answers(reader, addresses(rows, list(kinds()))),
            "partner_planner": answers(planner, addresses(rows, COUNTED)),
        }


def differing(one, other, role: str) -> set[str]:
    return {address for address, answer in one[role].items() if other[role][address] != answer}


def test_a_reader_reads_the_same_whatever_a_small_count_is_and_a_planner_sees_it(
    letters_of_steering, cast, settings, tmp_path
):
    one, other = (walk(cast, settings, tmp_path, count) for count in (ONE, OTHER))
    assert differing(one, other, "partner_reader") == set()
    seen = differing(one, other, "partner_planner")
    for kind in COUNTED:
        assert any(f"/{kind.slug}/" in address for address in seen), f"nothing of {kind.slug} holds the count"
        assert f"/api/v1/{kind.slug}" in seen
    assert {reverse(name) for name in ("overview", "stock", "tower")} <= seen
    assert any("/prestatieafspraken/" in address for address in seen)
    assert "minder dan 10" in one["partner_reader"]["/voorraad"][1]
    assert "Aantallen onder de 10 ziet u hier niet" in one["partner_reader"]["/voorraad"][1]
    assert "Aantallen onder de 10" not in one["partner_planner"]["/voorraad"][1]


@pytest.mark.parametrize("role", ROLES)
def test_delivered_files_are_for_who_may_see_exact_counts(cast, role):
    by = User.objects.get(username="partner_planner")
    delivery = deliveries.deliver(File("stock.csv", DELIVERED % ONE), by=by)
    may = Permission.VIEW_EXACT_COUNTS in ROLES[role][1]
    pages = [reverse("deliveries"), "/api/v1/leveringen", f"/api/v1/leveringen/{delivery.pk}"]
    read = [name for name in OF_SOMEBODY if "deliver" in name and name != "delivery-withdraw"]
    pages += [reverse(name, kwargs={**ARGUMENTS[name], "pk": delivery.pk}) for name in read]
    assert {cast[role].get(page).status_code for page in pages} == ({200} if may else {403})
    taken_back = cast[role].get(reverse("delivery-withdraw", kwargs={"pk": delivery.pk}))
    assert taken_back.status_code == 403, "what waits is not taken back but refused"


def test_who_may_see_exact_counts_is_told_by_the_role():
    assert {role for role, (_name, rights) in ROLES.items() if Permission.VIEW_EXACT_COUNTS not in rights} == {
        "partner_reader",
        "administrator",
    }
