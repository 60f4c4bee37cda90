# SPDX-License-Identifier: EUPL-1.2
"""The answer as a file: JSON in the shape of the command line, and one flat table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from keten.cli.law import answer_record, cost_record
from keten_web.clock.queries import Reply
from keten_web.clock.wording import said
from keten_web.sheets.writing import Cell, Sheet
from keten_web.words.wording import unit_words

COLUMNS = ("part", "name", "value", "unit", "on", "until", "article", "instrument", "known_from", "known_by",
           "source", "verified")  # fmt: skip


def record(reply: Reply) -> dict[str, Any]:
    """Give the answer as `keten deadline --json` does, with `late_decision` as `keten penalty --json`."""
    return {
        **answer_record(reply.answer),
        "late_decision": None if reply.cost is None else cost_record(reply.cost),
    }


def sheet(reply: Reply) -> Sheet:
    """Give the answer as one table in the language of the page: days, rules, steps, and what a late decision costs."""
    head = (_("Part"), _("What"), _("Value"), _("Unit"), _("Day"), _("Until"), _("Article"), _("Instrument"),
            _("Known from"), _("Known by"), _("Source"), _("Verified"))  # fmt: skip
    cells = (*_answer_cells(reply), *_cost_cells(reply))
    return Sheet(_("Decision period"), [head, *(_row(**_in_words(row)) for row in cells)])


def _in_words(cells: dict[str, object]) -> dict[str, object]:
    """Write the words of machines in a row as people say them."""
    words = {**_parts(), **_names(), **_values()}
    told = {name: words.get(str(cells.get(name)), cells.get(name)) for name in ("part", "name", "value")}
    unit = cells.get("unit")
    return {**cells, **told, "unit": unit_words(unit) if isinstance(unit, str) else unit}


def _parts() -> dict[str, str]:
    return {
        "result": _("outcome"), "rule": _("rule"), "step": _("step"), "not_verified": _("not verified"),
        "event": _("moment"), "penalty": _("penalty"), "note": _("note"),
    }  # fmt: skip


def _names() -> dict[str, str]:
    return {
        "deadline": _("last day of the decision period"),
        "statutory_deadline": _("last day without extension"),
        "other_reading": _("last day in the other reading"),
        "administrative": _("administrative penalty"),
        "judicial": _("penalty set by the court"),
        "each": _("penalties together"),
    }


def _values() -> dict[str, str]:
    return {"authority": _("reading of the authority"), "courts": _("reading of the courts")}


def _row(**cells: object) -> tuple[Cell, ...]:
    return tuple(_cell(cells.get(column)) for column in COLUMNS)


def _cell(value: object) -> Cell:
    plain = value is None or isinstance(value, str | int | float | bool | date)
    return value if plain else str(value)  # type: ignore[return-value]


def _answer_cells(reply: Reply) -> Iterator[dict[str, object]]:
    answer = reply.answer
    yield {"part": "result", "name": "deadline", "on": answer.deadline, "value": answer.reading.value}
    yield {"part": "result", "name": "statutory_deadline", "on": answer.statutory_deadline}
    other = answer.other_reading
    yield {"part": "result", "name": "other_reading", "on": other.deadline, "value": other.reading.value}
    for used in answer.rules:
        yield {
            "part": "rule", "name": said(used.name), "value": used.value, "unit": used.unit, "on": used.valid_from,
            "until": used.valid_until, "article": used.article, "instrument": used.instrument,
            "known_from": used.known_from, "known_by": used.known_by, "source": used.source, "verified": used.verified,
        }  # fmt: skip
    yield from ({"part": "step", "name": said(step)} for step in answer.steps)
    yield from ({"part": "not_verified", "name": said(text)} for text in answer.not_verified)


def _cost_cells(reply: Reply) -> Iterator[dict[str, object]]:
    cost = reply.cost
    if cost is None:
        return
    for event in cost.timeline:
        yield {"part": "event", "name": said(event.what), "on": event.on, "article": event.article}
    yield {"part": "penalty", "name": "administrative", "value": cost.administrative_eur, "unit": "eur"}
    yield {"part": "penalty", "name": "judicial", "value": cost.judicial_eur, "unit": "eur"}
    yield {"part": "penalty", "name": "each", "value": cost.each_eur, "unit": "eur"}
    yield from ({"part": "note", "name": said(text)} for text in cost.notes)
    yield from ({"part": "not_verified", "name": said(text)} for text in cost.not_verified)
