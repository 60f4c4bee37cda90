# SPDX-License-Identifier: EUPL-1.2
"""One table of rights: what is offered, what the form and the API do and what the actions allow are the same.

The walk is made from the kinds: each role, at the owner, at the other side, at a partner that has nothing to do with
the row and at the ministry, against each step from each state.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import walking
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape
from walking import WHY, Person, undone

from keten_web.accounts.models import PartnerOrganisation
from keten_web.record import actions, exchange
from keten_web.record.errors import EditConflictError, InvalidError, NotAllowedError, ReasonMissingError
from keten_web.record.kinds import CHANGE, CREATE, READ, WITHDRAW, Kind, kinds
from keten_web.steering import models
from keten_web.steering.kinds import ACTUALS, AGREEMENTS, POLICY_FRAMEWORKS, SIGNALS


@pytest.fixture
def demo(cast) -> None:
    walking.load_demo()


def states_of(kind: Kind) -> list[str]:
    return [value for value, _label in kind.field("state").flatchoices] if kind.has_states else [""]


def put_in(kind: Kind, row: Any, state: str) -> Any:
    """Give the row as it would be in another state."""
    if state:
        kind.model.objects.filter(pk=row.pk).update(state=state)
    return kind.model.objects.get(pk=row.pk)


def tried(kind: Kind, row: Any, action: str, who: Person) -> bool:
    """Do it, as the form, a file and the API do; False when it is not allowed. Nothing stays done."""
    seen: dict[str, Any] = {"by": who.user, "expected_version": row.version, "reason": WHY}
    with undone():
        try:
            if action == CHANGE:
                actions.change(kind, row.code, {"title": "Anders"}, **seen)
            elif action == WITHDRAW:
                actions.withdraw(kind, row.code, **seen)
            else:
                step = kind.transition(action)
                actions.move(kind, row.code, action, values=walking.filled(kind, step.asks, row), **seen)
        except NotAllowedError:
            return False
        except (InvalidError, ReasonMissingError, EditConflictError):
            return True  # allowed, and something else stands in the way
    return True


def offered(kind: Kind, row: Any, who: Person) -> set[str]:
    """Give what the page of a row offers: its links, and the steps it names as not possible yet."""
    said = who.client.get(row.get_absolute_url()).content.decode()
    base = re.escape(row.get_absolute_url())
    found = set(re.findall(rf'href="{base}/stap/([a-z-]+)"', said))
    found |= {CHANGE} if re.search(rf'href="{base}/wijzigen"', said) else set()
    found |= {WITHDRAW} if re.search(rf'href="{base}/intrekken"', said) else set()
    for step in kind.transitions:
        if f"<li>{escape(step.label)}: " in said:
            found.add(step.slug)
    return found


def test_what_is_offered_is_what_is_done_for_every_role_kind_step_and_relation(demo):
    faults, pages, done = [], 0, 0
    people: dict[str, list[Person]] = {}
    for kind in kinds():
        row = kind.model.objects.order_by("pk").first()
        sides = list(dict.fromkeys((row.partner_id, *sorted(row.owners()), "MINISTRY", "RVR", "KMAR")))[:5]
        sides = [code for code in sides if PartnerOrganisation.objects.filter(code=code).exists()]
        for code in sides:
            people.setdefault(code, walking.everybody((code,)) if code not in people else [])
        here = [person for code in sides for person in people[code]]
        names = {right.action for right in kind.rights} - {READ, CREATE}
        for state in states_of(kind):
            with undone():
                row = put_in(kind, row, state)
                looked: set[tuple[str, frozenset[str]]] = set()
                for who in here:
                    may = {name for name in names if kind.allows(name, who.user, row)}
                    if (who.role, frozenset(may)) in looked:
                        continue
                    looked.add((who.role, frozenset(may)))
                    pages += 1
                    wrong = {name for name in names if tried(kind, row, name, who) != (name in may)}
                    faults += [f"{kind.slug} {state} {name}: {who.user.username}" for name in sorted(wrong)]
                    done += len(names)
                    if (shown := offered(kind, row, who)) != may:
                        faults.append(f"{kind.slug} {state}: {who.user.username} sees {shown}, may {may}")
    assert faults == []
    assert done > 1000
    assert pages > 300


def test_a_withdrawn_row_lets_nobody_do_anything(demo):
    director = walking.everybody(("MINISTRY",))[0]
    for kind in kinds():
        row = kind.model.objects.order_by("pk").first()
        with undone():
            kind.model.objects.filter(pk=row.pk).update(is_withdrawn=True)
            row = kind.model.objects.get(pk=row.pk)
            assert offered(kind, row, director) == set(), kind.slug


# --- the rights that were open doors ----------------------------------------------------------------------------------


def person(role: str, partner: str) -> Person:
    return next(who for who in walking.everybody((partner,)) if who.role == role)


@pytest.mark.parametrize("role", ["partner_planner", "board_member", "partner_reader"])
def test_no_partner_takes_a_signal_about_itself_away(role, demo):
    row = models.Signal.objects.order_by("pk").first()
    who = person(role, row.partner_id)
    assert not SIGNALS.may_withdraw(who.user, row)
    assert not SIGNALS.may(who.user, row), "nor changes its figure, its signal value or the day it ended"
    response = who.client.post(SIGNALS.address("record-withdraw", row.code), {"expected_version": row.version})
    assert response.status_code == 403
    response = who.api("post", f"/signalen/{row.code}/stappen", {"step": "intrekken", "reason": WHY}, row.version)
    assert response.status_code == 403


def test_a_signal_the_director_withdraws_stays_in_sight_and_counts(demo):
    from keten_web.steering import queries

    row = models.Signal.objects.order_by("pk").first()
    director = person("chain_director", "MINISTRY")
    before = queries.cycle()["signals"]
    address = SIGNALS.address("record-withdraw", row.code)
    refused = director.client.post(address, {"expected_version": row.version, "reason": ""})
    assert refused.status_code == 200, "without a reason nothing is withdrawn"
    assert director.client.post(address, {"expected_version": row.version, "reason": WHY}).status_code == 302
    assert queries.cycle()["signals"] == before
    line = next(line for line in queries.signal_lines() if line.row.pk == row.pk)
    assert (line.row.is_withdrawn, line.silent) == (True, None)
    for page in (reverse("signals"), SIGNALS.address("record-list")):
        assert row.get_absolute_url() in director.client.get(page).content.decode()
        assert "ingetrokken" in director.client.get(page).content.decode()


def test_only_who_speaks_for_a_minister_records_the_approval_of_that_minister(demo):
    row = models.PolicyFramework.objects.get(year=2024)
    row.state, row.approved_by = "agreed", []
    row.save()
    speakers = {}
    for who in walking.everybody():
        if who.role != "board_member":
            continue
        response = who.client.post(
            reverse("record-move", args=(POLICY_FRAMEWORKS, row.code, "goedkeuren-namens")),
            {"expected_version": row.version, "reason": WHY},
        )
        row.refresh_from_db()
        assert (response.status_code == 302) == bool(row.approved_by), who.user.username
        if row.approved_by:
            speakers[who.user.partner_id] = list(row.approved_by)
            row.approved_by = []
            row.save()
    assert speakers["MINISTRY"] == ["Minister of Justice and Security"] or "MINISTRY" in speakers
    assert not {"IND", "COA", "DTV", "NIDOS"} & set(speakers), "a partner is not its minister"
    assert {len(names) for names in speakers.values()} == {1}, "and nobody speaks for two"


def an_actual(partner: str) -> tuple[Any, dict[str, Any]]:
    agreement = models.PerformanceAgreement.objects.filter(partner_id=partner).order_by("pk").first()
    values = {
        "title": "Juni",
        "agreement": agreement,
        "period_start": date(2023, 6, 1),
        "period_end": date(2023, 6, 30),
        "recorded_on": date(2023, 7, 10),
        "value": 1.0,
    }
    return agreement, values


@pytest.mark.parametrize(
    ("filed_by", "in_the_name_of", "may"),
    [
        ("IND", "IND", True),
        ("KMAR", "KMAR", False),
        ("KMAR", "IND", False),
        ("RVR", "RVR", False),
    ],
)
def test_an_actual_is_filed_only_by_a_party_in_its_own_name(filed_by, in_the_name_of, may, demo):
    agreement, values = an_actual("IND")
    if filed_by != "IND":
        models.PerformanceAgreement.objects.filter(pk=agreement.pk).update(counterparts=["COA"])
        agreement.refresh_from_db()
    planner = person("partner_planner", filed_by)
    row = ACTUALS.model(**values, partner_id=in_the_name_of, code="door-een-ander")
    with undone():
        body = walking.as_body(ACTUALS, values, partner=in_the_name_of, reason=WHY)
        assert (planner.api("post", "/realisaties", body).status_code == 403) != may
    with undone():
        file = SimpleUploadedFile("regels.csv", exchange.write(ACTUALS, [row], "csv"))
        planner.client.post(ACTUALS.address("record-import"), {"file": file, "reason": WHY})
        assert models.Actual.objects.filter(code="door-een-ander").exists() == may
    with undone():
        response = planner.client.post(ACTUALS.address("record-new"), walking.as_form(ACTUALS, ACTUALS.fields, values))
        assert (response.status_code == 403) != (filed_by == "IND"), "a form files in the own name"


def test_a_locked_actual_is_withdrawn_by_the_director_only(demo):
    _agreement, values = an_actual("IND")
    planner, director = person("partner_planner", "IND"), person("chain_director", "MINISTRY")
    row = actions.create(ACTUALS, values, by=planner.user)
    assert ACTUALS.may_withdraw(planner.user, row)
    row = actions.move(ACTUALS, row.code, "vastzetten", by=planner.user, expected_version=1, reason=WHY)
    assert not ACTUALS.may_withdraw(planner.user, row)
    actions.withdraw(ACTUALS, row.code, by=director.user, expected_version=2, reason=WHY)
    shown = director.client.get(row.agreement.get_absolute_url()).content.decode()
    assert row.get_absolute_url() in shown
    assert "ingetrokken" in shown


def test_a_new_agreement_is_a_draft_until_it_is_offered_and_all_agreed(demo):
    like = models.PerformanceAgreement.objects.filter(partner_id="IND", counterparts=["COA"]).order_by("pk").first()
    planner, board, other = (
        person("partner_planner", "IND"),
        person("board_member", "IND"),
        person("board_member", "COA"),
    )
    row = actions.create(AGREEMENTS, walking.values_like(AGREEMENTS, like), by=planner.user)
    assert row.state == "draft"
    assert offered(AGREEMENTS, row, board) == set(), "a draft asks nobody to agree"
    assert "voorleggen" in offered(AGREEMENTS, row, planner)

    def step(slug: str, who: Person) -> Any:
        version = AGREEMENTS.model.objects.get(pk=row.pk).version
        return actions.move(AGREEMENTS, row.code, slug, by=who.user, expected_version=version, reason=WHY)

    assert step("voorleggen", planner).state == "offered"
    assert step("instemmen", board).state == "offered"
    assert step("terugnemen", planner).signed_by == []
    step("voorleggen", planner)
    step("instemmen", board)
    after = step("instemmen", other)
    assert after.state == ("agreed" if after.subject == "performance" else "offered")
    assert not AGREEMENTS.may_withdraw(planner.user, after), "what holds is ended by both, not taken away by one"


# --- what cannot be done yet ------------------------------------------------------------------------------------------


def test_no_action_is_not_offered_before_the_signal_lies_with_a_body(demo):
    row = models.Signal.objects.filter(state="raised", body=None).order_by("pk").first()
    director = person("chain_director", "MINISTRY")
    address = reverse("record-move", args=(SIGNALS, row.code, "geen-actie"))
    said = director.client.get(row.get_absolute_url()).content.decode()
    assert address not in said
    assert "<li>Geen actie, met de reden: Het ligt nog bij geen overleg" in said
    assert '<form class="fill"' not in director.client.get(address).content.decode()
    with pytest.raises(InvalidError, match="overleg"):
        actions.move(
            SIGNALS, row.code, "geen-actie", by=director.user, expected_version=row.version, values={"verdict": WHY}
        )
    models.Signal.objects.filter(pk=row.pk).update(body=models.GovernanceBody.objects.get(code="operational_body"))
    assert address in director.client.get(row.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("slug", "field", "value"), [("signalen", "indicator", "bestaat_niet"), ("ketenrisicos", "measure", "stok.track_4")]
)
def test_what_watches_nothing_is_refused(slug, field, value, demo):
    from keten_web.record.kinds import by_slug

    kind = by_slug(slug)
    like = kind.model.objects.exclude(**{field: ""}).order_by("pk").first()
    with pytest.raises(InvalidError) as refusal:
        actions.create(
            kind, {**walking.values_like(kind, like), field: value}, by=person("chain_director", "MINISTRY").user
        )
    assert value in str(refusal.value.problems[field])
