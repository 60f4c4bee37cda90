# SPDX-License-Identifier: EUPL-1.2
"""The report of a month: what the round showed when it was closed, written out in words and figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from keten.domain.digest import hash_of
from keten_web.rounds import queries
from keten_web.words import wording
from keten_web.words.names import partner_short

LANGUAGES = ("nl", "en")


@dataclass(frozen=True)
class Section:
    """A part of a report: sentences, and a table where there is one."""

    title: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def written(end: date) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Write out the round of a month as it stands, in every language of the site."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = [asdict(section) for section in _sections(queries.of_month(end, None))]
    plain: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(json.dumps(found, allow_nan=False))
    return plain


def digest(content: Any) -> str:
    """Hash the content of a report, so that anyone can see that it is the one that was written."""
    return hash_of(json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False))


def _sections(shown: queries.RoundShown) -> Iterator[Section]:
    deliver, work_out, signals, decide, _report = shown.phases
    head = (_("Partner"), _("Figure"), _("Counted up to and including"), _("State"))
    yield Section(deliver.title, (deliver.says,), head, tuple(_delivered(shown)))
    yield Section(work_out.title, (work_out.says, *(f"{step.label}: {step.word} {step.says}" for step in shown.steps)))
    if shown.counted or shown.breaks:
        yield Section(_("Counted"), (*shown.counted, *shown.breaks))
    if shown.corrected:
        moved = tuple((row.name, wording.day(row.on), row.before, row.after) for row in shown.corrected)
        head = (_("Figure"), _("Day"), _("Was known"), _("Becomes"))
        yield Section(_("Earlier months: later or corrected"), (), head, moved)
    for fall in shown.waterfalls:
        bars = tuple((str(bar.name), bar.amount) for bar in fall.bars)
        yield Section(fall.title, (), (_("Because of"), fall.unit), bars)
    head = (_("Signal"), _("State"), _("Since"), _("Owner"))
    rows = tuple(
        (row.name, _("ended") if row.ended_on else row.get_state_display(), wording.day(row.raised_on),
         partner_short(row.partner_id))
        for row in shown.signals
    )  # fmt: skip
    yield Section(signals.title, (signals.says,), head if rows else (), rows)
    waiting = (
        *(row.name for row in shown.drafts),
        *(f"{row.body.name}, {wording.day(row.on)}" for row in shown.meetings),
    )
    yield Section(decide.title, (decide.says, *waiting))


def _delivered(shown: queries.RoundShown) -> Iterator[tuple[str, ...]]:
    for row in shown.delivered:
        last = wording.day(row.last) if row.last else ""
        yield partner_short(row.partner), row.name, last, _("in") if row.is_there else _("not of this month")
