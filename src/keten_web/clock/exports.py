# SPDX-License-Identifier: EUPL-1.2
"""The answer as a file: JSON in the shape of the command line, and one flat table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from keten.cli.law import answer_record, cost_record
from keten_web.clock.queries import Reply
from keten_web.clock.wording import said

COLUMNS = ("part", "name", "value", "unit", "on", "until", "article", "instrument", "known_from", "known_by",
           "source", "verified")  # fmt: skip


def record(reply: Reply) -> dict[str, Any]:
    """Give the answer as `keten deadline --json` does, with `late_decision` as `keten penalty --json`."""
    return {
        **answer_record(reply.answer),
        "late_decision": None if reply.cost is None else cost_record(reply.cost),
    }


def rows(reply: Reply) -> list[tuple[object, ...]]:
    """Give the answer as one table: days, rules in order, steps, and what a late decision costs."""
    return [COLUMNS, *(_row(**cells) for cells in (*_answer_cells(reply), *_cost_cells(reply)))]


def _row(**cells: object) -> tuple[object, ...]:
    values = (cells.get(column) for column in COLUMNS)
    return tuple("" if value is None else value.isoformat() if isinstance(value, date) else value for value in values)


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
