# SPDX-License-Identifier: EUPL-1.2
"""Hold a delivery that was read against the contracts of its giver: what refuses it, and what it is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keten.domain.errors import DeliveryError, Problem
from keten.domain.language import Words
from keten.observations.checking import Checked
from keten.observations.contracts import Contract, Place, contracts
from keten.observations.judging import Finding, Known, Value, Weight, judge, owed_rows


@dataclass(frozen=True)
class Asked:
    """A question about a figure of a delivery: where it stands, which row it is, and what is asked."""

    finding: Finding
    index: int
    where: Words
    column: str


@dataclass(frozen=True)
class Held:
    """A delivery beside its contracts: everything that refuses it, and everything that it is asked about."""

    problems: tuple[Problem, ...]
    questions: tuple[Asked, ...]


def hold(checked: Checked, known: Known, *, giver: str | None, among: Sequence[Contract] | None = None) -> Held:
    """Judge a delivery by the contracts of its giver, each thing told at its cell.

    Parameters
    ----------
    giver
        Partner who delivers; None when nobody said so, and then of the owner of the table.
    """
    every = contracts() if among is None else tuple(among)
    own = [one for one in every if one.table == checked.table.name and giver in {None, one.partner}]
    rows = {
        place: (row, index, figure.column)
        for contract in own
        for figure in contract.figures
        for place, row, index in owed_rows(
            checked.frame, contract.model_copy(update={"figures": (figure,), "rules": ()})
        )
    }
    given = {place: _said(row, column) for place, (row, _index, column) in rows.items()}
    found = judge(given, known, among=every)
    asked = [_asked(checked, finding, rows) for finding in found if finding.place in rows]
    errors = [one for one in asked if one.finding.weight is Weight.ERROR]
    return Held(
        tuple(
            Problem(one.where, one.finding.what, one.finding.remedy, one.finding.code, one.finding.values)
            for one in errors
        ),
        tuple(one for one in asked if one.finding.weight is Weight.QUESTION),
    )


def _said(row: dict[str, object], column: str) -> Value:
    number = row[column]
    return Value(float(number) if isinstance(number, int | float) else None, str(row.get("state") or "final"))


def _asked(checked: Checked, finding: Finding, rows: dict[Place, tuple[dict[str, object], int, str]]) -> Asked:
    _row, index, column = rows[finding.place]
    return Asked(finding, index, checked.at(index, column), column)


def refuse_what_cannot_be(name: str, held: Held) -> tuple[Words, ...]:
    """Refuse a delivery that its contracts do not allow; else give its questions as warnings.

    Raises
    ------
    DeliveryError
        With every problem.
    """
    if held.problems:
        raise DeliveryError(name, held.problems)
    return tuple(_as_warning(one) for one in held.questions)


def _as_warning(asked: Asked) -> Words:
    form = Words(en="{where}: {what} {remedy}", nl="{where}: {what} {remedy}")
    return form.filled(where=asked.where, what=asked.finding.what, remedy=asked.finding.remedy)
