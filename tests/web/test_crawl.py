# SPDX-License-Identifier: EUPL-1.2
"""Every kind of record, made in three ways and walked through all of its states; after each step every page answers.

All of it follows from the kinds themselves: a kind or a step that is added is walked from the first day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from typing import Any

import pytest
import walking
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.base import FilterExpression, Node, NodeList, Variable
from django.template.defaulttags import ForNode
from django.template.library import SimpleNode
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode
from django.test import RequestFactory
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone
from english import english_in
from walking import WHY, Person, undone

from keten.indicators import indicators
from keten_web.dashboard import context
from keten_web.record import actions, exchange
from keten_web.record.errors import InvalidError
from keten_web.record.kinds import Kind, Transition, kinds, related
from keten_web.record.permissions import ANY

LEAKS = re.compile(r"\{\{|\{%|%\([a-z_]+\)[sd]|object at 0x|&lt;bound method")
"""What stands in a page only when a template or a sentence was not filled in."""

MOST_ROWS = 6
"""Rows of the demonstration from which a step is tried that was not taken yet, per state."""
MOST_EXAMPLES = 12
"""Rows of the demonstration that are tried as an example for a new one."""
MOST_PEOPLE = 3
"""People who may and who try a step in turn, until it is taken."""

REFUSED = re.compile(r'role="alert".*?</div>', re.DOTALL)

NOT_BY_HAND = {"stuurkeuzes": "start from What if"}
"""Kinds whose rows are made on a page of their own; here every other way has to refuse, in words."""


@dataclass
class Walk:
    """What was seen on the way."""

    people: list[Person]
    faults: list[str] = field(default_factory=list)
    taken: set[tuple[str, str]] = field(default_factory=set)
    looked: int = 0

    def taken_of(self, kind: Kind) -> set[str]:
        return {step for slug, step in self.taken if slug == kind.slug}

    def look(self, address: str, where: str, *, language: str = "nl", status: int | None = 200) -> str:
        """Open a page as a reader, and note what is wrong with it; without a status any refusal in words will do."""
        reader = self.people[0].client
        reader.cookies["django_language"] = language
        response = reader.get(address)
        self.looked += 1
        if response.status_code != status if status else response.status_code >= 500:
            self.faults.append(f"{where}: {address} ({language}) answered {response.status_code}")
        if not response.get("Content-Type", "").startswith("text/html"):
            return ""
        said = response.content.decode()
        self.faults += [f"{where}: {address} holds {leak!r}" for leak in LEAKS.findall(said)]
        if language == "nl":
            self.faults += [f"{where}: {address} says in English {text!r}" for text in english_in(said)]
        self.faults += [f"{where}: {address} shadows {name}" for name in shadowed(response)]
        return said


def shadowed(response: Any) -> set[str]:
    """Name what the page took from the frame around it, by giving a value of its own the same name."""
    if response.context is None:
        return set()
    page = response.context[0] if isinstance(response.context, list) else response.context
    frame = set(context.page(RequestFactory().get("/")))
    return {name for layer in page.dicts[2:] for name in layer if name in frame}


def names_in(found: Any) -> set[str]:
    """Name every variable that a part of a template reads."""
    if isinstance(found, Variable):
        return {found.lookups[0]} if found.lookups else set()
    if isinstance(found, FilterExpression):
        arguments = [argument for _filter, given in found.filters for is_name, argument in given if is_name]
        return names_in(found.var).union(*map(names_in, arguments))
    if isinstance(found, list | tuple) and not isinstance(found, NodeList):
        return set().union(*map(names_in, found))
    if isinstance(found, dict):
        return names_in(list(found.values()))
    parts = {name: getattr(found, name, None) for name in ("first", "second", "value")}
    return names_in([part for part in parts.values() if part is not None and not isinstance(part, str)])


def test_the_frame_reads_only_what_it_gives_itself(cast):
    """Every name that `base.html` reads comes from its own context, and so from no page."""
    nodes = get_template("base.html").template.nodelist.get_nodes_by_type(Node)
    read = set().union(*(names_in(list(vars(node).values())) for node in nodes))
    loops = {name for node in nodes if isinstance(node, ForNode) for name in node.loopvars}
    own = {name for node in nodes if isinstance(node, BlockTranslateNode) for name in node.extra_context}
    own |= {node.target_var for node in nodes if isinstance(node, SimpleNode)}
    given = set(context.page(RequestFactory().get("/")))
    assert read - given - loops - own - {"language", "request", "user"} == set()
    assert {"frame", "navigation", "version"} <= read & given


def test_the_page_of_a_kind_takes_no_name_of_the_page_of_every_row(cast):
    walking.load_demo()
    who = walking.everybody(("MINISTRY",))[0].user
    plain = next(kind for kind in kinds() if kind.context is None)
    row = plain.model.objects.order_by("pk").first()
    reader = cast["partner_reader"]
    given = {name for layer in reader.get(row.get_absolute_url()).context[0].dicts[2:] for name in layer}
    taken = {
        (kind.slug, name)
        for kind in kinds()
        if kind.context is not None
        for name in kind.context(kind.model.objects.order_by("pk").first(), who)
        if name in given
    }
    assert {"record", "steps", "linked"} <= given
    assert taken == set()


def standing_pages() -> Iterator[str]:
    """Give every page of the site that is no row: those with a plain address, and that of each indicator."""
    for name in sorted(name for name in get_resolver().reverse_dict if isinstance(name, str)):
        with suppress(NoReverseMatch):
            yield reverse(name)
    yield from (reverse("indicator", kwargs={"identifier": row.id}) for row in indicators())


LATER = date(2035, 1, 1)
"""A day on which every year of the demonstration, and of the rows made like it, is over: some steps wait for that."""


def test_every_step_of_every_kind_leaves_every_page_readable(cast, monkeypatch):
    walking.load_demo()
    monkeypatch.setattr(timezone, "localdate", lambda *_arguments: LATER)
    walk = Walk(walking.everybody())
    for kind in kinds():
        with undone():
            for row in starts(walk, kind):
                walk_on(walk, kind, row, set())
    for language in ("nl", "en"):
        walk.look(f"{reverse('search')}?zoek=asiel", "search", language=language)
    for address in standing_pages():
        walk.look(address, "standing page", status=None)
    assert walk.faults == []
    every = {(kind.slug, step.slug) for kind in kinds() for step in kind.transitions}
    assert every - walk.taken == set(), "these steps could not be taken from any row of the demonstration or like it"
    assert walk.looked > 800


def starts(walk: Walk, kind: Kind) -> Iterator[Any]:
    """Give rows to walk from: one made by form, one by file, one by API, and those of the demonstration."""
    like = example(walk, kind)
    if like is None:
        walk.faults.append(f"{kind.slug}: the demonstration has no row of this kind to make others like it")
        return
    made = [row for make in (by_form, by_file, by_api) if (row := make(walk, kind, like)) is not None]
    for row in made:
        look_around(walk, kind, row, "made", everywhere=row is made[-1])
    for row in made[::-1]:  # the last first: after a unique number, such as a year, the next one is still free
        if row is made[-1] or {step.slug for step in kind.transitions} - walk.taken_of(kind):
            yield row
    states = kind.model.objects.order_by("state", "pk") if kind.has_states else ()
    for state in {row.state: None for row in states}:
        for row in [row for row in states if row.state == state][:MOST_ROWS]:
            if {step.slug for step in kind.transitions if state in step.origins} - walk.taken_of(kind):
                yield row


def example(walk: Walk, kind: Kind) -> Any | None:
    """Give the row of the demonstration with most in it of which another like it may stand."""
    rows = list(kind.model.objects.order_by("pk"))
    fullest = sorted(rows, key=lambda row: sum(not getattr(row, name) for name in kind.fields))
    for row in fullest[:MOST_EXAMPLES]:
        with undone():
            try:
                actions.create(kind, walking.values_like(kind, row), by=maker(walk, kind, row).user)
            except InvalidError:
                continue
            else:
                return row
    return rows[0] if rows else None


def maker(walk: Walk, kind: Kind, like: Any) -> Person:
    mine = sorted(walk.people, key=lambda person: person.user.partner_id != like.partner_id)
    for person in mine:
        row = kind.model(**walking.values_like(kind, like), partner_id=person.user.partner_id)
        if kind.may_make(person.user, row):
            return person
    raise AssertionError(f"nobody may make {kind.slug}")


def new_row(walk: Walk, kind: Kind, how: str, response: Any, before: set[int], status: int) -> Any | None:
    found = kind.model.objects.exclude(pk__in=before).first()
    said = unescape(response.content.decode())
    if kind.slug in NOT_BY_HAND:
        if found is not None or response.status_code not in {200, 400}:
            walk.faults.append(f"{kind.slug}: {how} answered {response.status_code} and did not refuse in words")
        return None
    if response.status_code != status or found is None:
        walk.faults.append(
            f"{kind.slug}: {how} answered {response.status_code} and made nothing: {REFUSED.findall(said)}"
        )
    return found


def keys(kind: Kind) -> set[int]:
    return set(kind.model.objects.values_list("pk", flat=True))


def by_form(walk: Walk, kind: Kind, like: Any) -> Any | None:
    before, values = keys(kind), walking.values_like(kind, like)
    sent = walking.as_form(kind, kind.fields, values)
    response = maker(walk, kind, like).client.post(kind.address("record-new"), sent)
    return new_row(walk, kind, "the form", response, before, 302)


def by_file(walk: Walk, kind: Kind, like: Any) -> Any | None:
    before, values = keys(kind), walking.values_like(kind, like)
    who = maker(walk, kind, like)
    row = kind.model(**values, code=f"{like.code}-uit-bestand"[:80], partner_id=who.user.partner_id)
    file = SimpleUploadedFile("regels.xlsx", exchange.write(kind, [row], "xlsx"))
    response = who.client.post(kind.address("record-import"), {"file": file, "reason": WHY})
    return new_row(walk, kind, "a file", response, before, 200)


def by_api(walk: Walk, kind: Kind, like: Any) -> Any | None:
    before, values = keys(kind), walking.values_like(kind, like)
    response = maker(walk, kind, like).api("post", f"/{kind.slug}", walking.as_body(kind, values, reason=WHY))
    return new_row(walk, kind, "the API", response, before, 201)


# --- walking ----------------------------------------------------------------------------------------------------------


def walk_on(walk: Walk, kind: Kind, row: Any, seen: set[str]) -> None:
    """Take every step from here, then go on from where each leads; each state once.

    Steps of several who agree come between: they make other steps possible, and may move the row on by themselves.
    """
    seen |= {row.state} if kind.has_states else set()
    steps = [step for step in kind.transitions if row.state in step.origins]
    alone, together = ([step for step in steps if (step.to == row.state) is same] for same in (False, True))
    for step in alone:
        try_out(walk, kind, row, step, seen)
    with undone():
        leave(walk, kind, row)
    state = getattr(row, "state", "")
    for step in together:
        for person in those_who_differ(walk, step):
            take(walk, kind, row, step, person)
        row = kind.model.objects.get(pk=row.pk)
        if row.state != state:
            if row.state not in seen:
                walk_on(walk, kind, row, seen)
            return
    waiting = [step for step in alone if step.slug not in walk.taken_of(kind)]
    with undone():
        settle(walk, kind, row)
        for step in waiting:
            try_out(walk, kind, row, step, seen)


def settle(walk: Walk, kind: Kind, row: Any) -> None:
    """Take a step with each row that hangs on this one: some steps wait for what hangs on it to be done."""
    for other, name in related(kind):
        for hanging in other.model.objects.filter(**{name: row.pk}, is_withdrawn=False)[:MOST_ROWS]:
            pairs = ((step, person) for step in other.transitions for person in walk.people)
            any(take(walk, other, hanging, step, person) for step, person in pairs)


def try_out(walk: Walk, kind: Kind, row: Any, step: Transition, seen: set[str]) -> None:
    """Take a step, go on from where it leads, and take it all back."""
    with undone():
        may = [person for person in walk.people if step in kind.steps(person.user, row)]
        done = any(take(walk, kind, row, step, person) for person in may[:MOST_PEOPLE])
        after = kind.model.objects.get(pk=row.pk)
        if done and after.state not in seen:
            walk_on(walk, kind, after, seen)


def those_who_differ(walk: Walk, step: Transition) -> list[Person]:
    """Leave out who may do this with every row, as the first of them may: a second time brings nothing new."""
    chain_wide = [line for line in step.permitted.lines if line.relation is ANY]
    alike = [person for person in walk.people if any(line.test(person.user, None) for line in chain_wide)]
    return [person for person in walk.people if person not in alike[1:]]


def take(walk: Walk, kind: Kind, row: Any, step: Transition, person: Person) -> bool:
    """Take a step as a person in a browser; True when it was taken."""
    row = kind.model.objects.get(pk=row.pk)
    if step not in kind.steps(person.user, row):
        return False
    return any(_sent(walk, kind, row, step, person, given) for given in walking.fillings(kind, step.asks, row))


def _sent(walk: Walk, kind: Kind, row: Any, step: Transition, person: Person, given: dict[str, Any]) -> bool:
    address, where = reverse("record-move", args=(kind, row.code, step.slug)), f"{kind.slug} {step.slug}"
    sent = {**walking.as_form(kind, step.asks, given), "expected_version": row.version, "reason": WHY}
    response = person.client.post(address, sent)
    after = kind.model.objects.get(pk=row.pk)
    if response.status_code == 302 and after.version == row.version + 1:
        if (kind.slug, step.slug) not in walk.taken or step.to != row.state:
            look_around(walk, kind, after, where)
        walk.taken.add((kind.slug, step.slug))
        return True
    if response.status_code != 200 or after.version != row.version:
        walk.faults.append(f"{where}: {address} answered {response.status_code} to {person.user}")
    return False


def leave(walk: Walk, kind: Kind, row: Any) -> None:
    """Withdraw the row as somebody who may, and look at what is left of it."""
    who = next((person for person in walk.people if kind.may_withdraw(person.user, row)), None)
    if who is None:
        return
    sent = {"expected_version": row.version, "reason": WHY}
    response = who.client.post(kind.address("record-withdraw", row.code), sent)
    if response.status_code != 302:
        walk.faults.append(f"{kind.slug}: withdrawing answered {response.status_code}")
        return
    look_around(walk, kind, kind.model.objects.get(pk=row.pk), "withdrawn")
    listed = walk.look(kind.address("record-list"), f"{kind.slug} withdrawn")
    if (f'"{row.get_absolute_url()}"' in listed) != kind.stays_in_sight:
        walk.faults.append(f"{kind.slug}: a withdrawn row is{'' if kind.stays_in_sight else ' not'} out of sight")


def look_around(walk: Walk, kind: Kind, row: Any, where: str, *, everywhere: bool = False) -> None:
    """Open the pages that show a row; everywhere also in every other file, on another day and as a search finds it."""
    where, detail = f"{kind.slug} {where} ({getattr(row, 'state', '')})", row.get_absolute_url()
    listed = kind.address("record-list")
    for language in ("nl", "en"):
        walk.look(detail, where, language=language)
    for address in (listed, kind.address("record-history", row.code), kind.address("record-export", "csv")):
        walk.look(address, where)
    if everywhere:
        for address in (listed, kind.address("record-history", row.code)):
            walk.look(address, where, language="en")
        for query in (f"zoek={row.code}", "ingetrokken=1"):
            walk.look(f"{listed}?{query}", where)
        walk.look(f"{detail}?op={row.changed_at:%Y-%m-%d}", where)
        for form in exchange.FORMS:
            walk.look(kind.address("record-export", form), where)
    writer = next((person for person in walk.people if kind.may(person.user, row)), None)
    if writer is not None and writer.client.get(kind.address("record-edit", row.code)).status_code != 200:
        walk.faults.append(f"{where}: the form does not open for {writer.user}")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_that_breaks_says_what_is_true_of_what_was_sent(method, cast, monkeypatch):
    """Looking stores nothing; what was sent may have been stored, and then the page never says that it was not."""
    from keten_web.record import queries

    def breaks(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("made to break")

    monkeypatch.setattr(queries, "one", breaks)
    client = cast["chain_director"]
    client.raise_request_exception = False
    response = getattr(client, method)(next(iter(kinds())).address("record-edit", "x"))
    said = unescape(response.content.decode())
    assert response.status_code == 500
    assert ("kan toch zijn opgeslagen" in said) == (method == "post")
    assert ("is niets opgeslagen" in said) == (method == "get")
    assert "niets gewijzigd" not in said
