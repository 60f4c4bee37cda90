# SPDX-License-Identifier: EUPL-1.2
"""Reading deliveries, and what they changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.language import Words, said
from keten_web.accounts.models import User
from keten_web.deliveries import comparing, known, reading, rights, words
from keten_web.deliveries.comparing import Change, Difference
from keten_web.deliveries.models import Delivery, State
from keten_web.deliveries.news import Resting, resting
from keten_web.deliveries.reading import File
from keten_web.sheets.writing import Sheet
from keten_web.words import wording

MOST_SHOWN = 500
"""Rows of a page; who wants them all takes the file."""


def visible(by: User) -> QuerySet[Delivery]:
    """Give the deliveries a user may see, the newest first."""
    found = Delivery.objects.select_related("sender", "received_from").filter(sender__isnull=False)
    return found if rights.sees_all(by) else found.filter(sender_id=by.partner_id)


def one(pk: int, by: User) -> Delivery:
    """Give one delivery.

    Raises
    ------
    Http404
        When it is not there, or not to be seen.
    """
    found = visible(by).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such delivery, or it is not yours to see."))
    return found


def own_that_count(by: User) -> QuerySet[Delivery]:
    """Give the deliveries of the own partner that count, the newest first: those that can be corrected."""
    return Delivery.objects.filter(sender_id=by.partner_id, state=State.ACCEPTED)


def what_rests_on(delivery: Delivery, by: User) -> list[Resting]:
    """Give the studies, decisions and months made on the figures of a delivery, as far as one may see them."""
    if delivery.state not in known.COUNTED:
        return []
    return [row for _room, rows in resting.send(Delivery, delivery=delivery, by=by) for row in rows]


@dataclass(frozen=True)
class ChangeShown:
    """A figure of a delivery as a reader sees it."""

    row: int
    what: str
    period: str
    before: str
    after: str
    change: str
    state: str
    is_change: bool


def file_of(delivery: Delivery) -> File:
    """Give the file of a delivery as it came."""
    content = bytes(delivery.file.content)
    return File(delivery.file_name, content, delivery.table, delivery.recipe, delivery.language)


def changes(delivery: Delivery) -> list[ChangeShown]:
    """Say of every figure of a delivery what it changes, or changed when it was accepted."""
    if delivery.state in known.COUNTED:
        rows = delivery.figures.select_related("replaces").order_by("pk")
        return [_of_stored(row) for row in rows]
    file = file_of(delivery)
    checked = reading.understood(file, sender=delivery.sender_id, received_at=delivery.received_at)
    return shown(comparing.differences(checked, sender=delivery.sender_id))


def shown(found: tuple[Difference, ...]) -> list[ChangeShown]:
    """Write differences for a reader."""
    return [_of_difference(difference) for difference in found]


def change_word(change: Change) -> str:
    """Say what a figure does."""
    return {
        Change.NEW: _("new"),
        Change.SAME: _("the same"),
        Change.CHANGED: _("correction"),
        Change.PUBLISHED: _("in place of a published figure"),
    }[change]


def _of_difference(found: Difference) -> ChangeShown:
    figure = found.figure
    return ChangeShown(
        row=figure.row.number,
        what=_what(dict(figure.row.values), figure.fact.table),
        period=_period(figure.first_day, figure.last_day),
        before=_value(found.before, figure.unit) if found.change is not Change.NEW else _("not known"),
        after=_value(figure.value, figure.unit),
        change=change_word(found.change),
        state=str(words.STATES.get(figure.state, figure.state)),
        is_change=found.change is not Change.SAME,
    )


def _of_stored(row: Any) -> ChangeShown:
    before = row.replaces
    is_same = before is not None and before.value == row.value and before.state == row.state
    change = Change.NEW if before is None else Change.SAME if is_same else Change.CHANGED
    return ChangeShown(
        row=row.row,
        what=_what(row.content, row.table),
        period=_period(row.period_start, row.period_end),
        before=_value(before.value, row.unit) if before is not None else _("not known"),
        after=_value(row.value, row.unit),
        change=change_word(change),
        state=str(words.STATES.get(row.state, row.state)),
        is_change=not is_same,
    )


DAYS = frozenset({"period_start", "period_end", "reference_date", "period_type", "year", "made_on"})


def _what(values: dict[str, Any], table: str) -> str:
    """Say what a figure is of: the values of its key without the days."""
    from keten.observations.tables import TABLES

    parts = [str(values[name]) for name in TABLES[table].key if name not in DAYS and values.get(name)]
    return (
        f"{words.table(table)}: {', '.join(part.replace('_', ' ') for part in parts)}" if parts else words.table(table)
    )


def _period(first: Any, last: Any) -> str:
    if last is None:
        return ""
    if first is None or first == last:
        return wording.day(last)
    return f"{wording.short_day(first)} \N{EN DASH} {wording.short_day(last)}"


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return _("no value")
    return f"{wording.to_the_last_digit(value)} {wording.unit_words(unit, value)}".strip()


def notes(delivery: Delivery) -> list[str]:
    """Give what there was to tell about the file, in the language of the page."""
    language = get_language() or "nl"
    return [str(note.get(language, "")) for note in delivery.notes]


def sheet(delivery: Delivery, found: list[ChangeShown]) -> Sheet:
    """Give what a delivery changes as a table."""
    head = (_("Row"), _("Figure"), _("Period"), _("Was known"), _("Becomes"), _("Change"), _("State"))
    rows = [(row.row, row.what, row.period, row.before, row.after, row.change, row.state) for row in found]
    return Sheet(words.table(delivery.table), [head, *rows])


def said_notes(found: Iterable[Words | str]) -> list[str]:
    """Give what there is to tell about a file that was only checked."""
    return [said(note, get_language()) for note in found]
