# SPDX-License-Identifier: EUPL-1.2
"""Hold figures against the contract of their partner: everything that cannot be, and everything that wants a word.

What cannot be true is an error and refuses the delivery. What may be true but is strange (a jump, a figure that did not
change, a withheld figure in the place of a known one) is a question, and the giver answers it before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

import polars as pl

from keten.domain.errors import ProblemKind
from keten.domain.language import Words
from keten.observations import problems
from keten.observations.contracts import (
    Balance,
    Contract,
    Owed,
    Parts,
    Place,
    column_of,
    contracts,
    month_before,
    place_of,
)
from keten.observations.known import Observations, best_known

WITHHELD = frozenset({"suppressed", "unknown"})


class Weight(StrEnum):
    """What a finding does to a delivery."""

    ERROR = "error"
    QUESTION = "question"


@dataclass(frozen=True)
class Value:
    """What somebody says of a figure: the number, or that there is none."""

    number: float | None
    state: str = "final"


@dataclass(frozen=True)
class Finding:
    """Something about one cell: what it is, what to do, and a figure that would be right where one is near."""

    kind: ProblemKind
    place: Place
    weight: Weight
    values: Mapping[str, object]
    size: float = 0.0
    """How far it is off, in the unit of the figure: the largest is the weightiest."""
    proposal: float | None = None

    @property
    def code(self) -> str:
        """The kind of finding, for programs."""
        return self.kind.code

    @property
    def what(self) -> Words:
        """What it is, in both languages."""
        return self.kind.what.filled(**self.values)

    @property
    def remedy(self) -> Words:
        """What to do, in both languages."""
        return self.kind.remedy.filled(**self.values)


Given = Mapping[Place, Value]
Known = Callable[[Place], float | None]


def judge(given: Given, known: Known, *, among: Sequence[Contract] | None = None) -> tuple[Finding, ...]:
    """Judge figures by their contracts: errors first, then questions, the weightiest first.

    Parameters
    ----------
    given
        What is delivered, by cell.
    known
        What was known of a cell before; None when nothing was.
    """
    found: list[Finding] = []
    all_contracts = contracts() if among is None else tuple(among)
    by_id = {figure.id: (contract, figure) for contract in all_contracts for figure in contract.figures}
    held = _Held(given, known)
    for place, value in given.items():
        if place.figure in by_id:
            found += _of_one(*by_id[place.figure], place, value, held)
    names = {figure.id: figure.words for contract in all_contracts for figure in contract.figures}
    for month in sorted({place.month for place in given}):
        for contract in all_contracts:
            for rule in contract.rules:
                found += _parts(rule, month, held, names) if isinstance(rule, Parts) else ()
                found += _balance(rule, month, held) if isinstance(rule, Balance) else ()
    wrong = {finding.place for finding in found if finding.weight is Weight.ERROR}
    kept = [finding for finding in found if finding.weight is Weight.ERROR or finding.place not in wrong]
    return tuple(sorted(kept, key=lambda row: (row.weight is not Weight.ERROR, -row.size, row.place.figure)))


@dataclass(frozen=True)
class _Held:
    """What is given, and behind it what was known."""

    given: Given
    known: Known

    def number(self, place: Place) -> float | None:
        if place in self.given:
            return self.given[place].number
        return self.known(place)

    def is_given(self, place: Place) -> bool:
        return place in self.given and self.given[place].number is not None


def _of_one(contract: Contract, figure: Owed, place: Place, value: Value, held: _Held) -> Iterator[Finding]:
    before = held.known(place)
    if value.number is None:
        if value.state in WITHHELD and before is not None:
            yield Finding(problems.HIDES, place, Weight.QUESTION, {"before": before}, size=before)
        return
    number = value.number
    whole = figure.whole or column_of(contract, figure).type is int
    if whole and number != int(number):
        yield Finding(problems.NOT_WHOLE, place, Weight.ERROR, {"number": number}, proposal=float(round(number)))
    if number < figure.lowest:
        yield Finding(problems.BELOW, place, Weight.ERROR, {"number": number, "lowest": figure.lowest})
    if figure.highest is not None and number > figure.highest:
        yield Finding(problems.ABOVE, place, Weight.ERROR, {"number": number, "highest": figure.highest})
    last = held.number(Place(place.figure, month_before(place.month)))
    if last is None or before == number:  # what was known already was asked about when it came
        return
    if last == number and number > 0:
        yield Finding(problems.EQUAL, place, Weight.QUESTION, {"number": number})
    elif figure.jump is not None and abs(number - last) > figure.jump * last:
        values = {"share": _share(number, last), "last": last, "number": number, "bound": f"{figure.jump:.0%}"}
        more = number > last
        yield Finding(problems.MORE if more else problems.LESS, place, Weight.QUESTION, values, abs(number - last))


def _share(number: float, last: float) -> str:
    return f"{abs(number - last) / last:.0%}" if last else "∞"


def _parts(rule: Parts, month: date, held: _Held, names: Mapping[str, Words]) -> Iterator[Finding]:
    whole = Place(rule.whole, month)
    top = held.number(whole)
    parts = [Place(name, month) for name in rule.parts]
    if top is None or not any(held.is_given(place) for place in (whole, *parts)):
        return
    numbers = {place: number for place in parts if (number := held.number(place)) is not None}
    larger = [place for place, number in numbers.items() if number > top]
    for place in larger:
        values = {"part": numbers[place], "whole": top, "name": names[rule.whole]}
        yield Finding(problems.PART_ABOVE, place if held.is_given(place) else whole, Weight.ERROR, values)
    together = sum(numbers.values())
    if rule.kind == "parts" and not larger and together > top:
        where = whole if held.is_given(whole) else next(place for place in parts if held.is_given(place))
        yield Finding(problems.PARTS_ABOVE, where, Weight.ERROR, {"sum": together, "whole": top}, together - top)


def _balance(rule: Balance, month: date, held: _Held) -> Iterator[Finding]:
    closing, opening = Place(rule.stock, month), Place(rule.stock, month_before(month))
    added, taken = [Place(name, month) for name in rule.added], [Place(name, month) for name in rule.taken]
    flows = [*added, *taken]
    if not any(held.is_given(place) for place in (closing, *flows)):
        return
    found = {place: held.number(place) for place in (opening, closing, *flows)}
    numbers = {place: number for place, number in found.items() if number is not None}
    if len(numbers) < len(found):
        return  # with one of them not known nothing can be said
    came, went = sum(numbers[place] for place in added), sum(numbers[place] for place in taken)
    off = numbers[opening] + came - went - numbers[closing]
    if abs(off) <= rule.tolerance:
        return
    where, proposal = _suspect(off, closing, added, taken, held, numbers)
    values = {
        "opening": numbers[opening], "came": came, "went": went, "sum": numbers[opening] + came - went,
        "closing": numbers[closing], "off": abs(off),
    }  # fmt: skip
    yield Finding(problems.BALANCE, where, Weight.ERROR, values, abs(off), proposal)


def _suspect(
    off: float, closing: Place, added: Sequence[Place], taken: Sequence[Place], held: _Held,
    numbers: Mapping[Place, float],
) -> tuple[Place, float | None]:  # fmt: skip
    """Say which figure is likely wrong: the one that is right after two digits change places, or one is another."""
    right = {place: numbers[place] + off for place in taken} | {place: numbers[place] - off for place in added}
    right[closing] = numbers[closing] + off
    given = [place for place in right if held.is_given(place)]
    for place in given:
        if right[place] >= 0 and _looks_alike(numbers[place], right[place]):
            return place, right[place]
    return (closing if held.is_given(closing) else given[0]), None


def _looks_alike(one: float, other: float) -> bool:
    """Whether two numbers differ by a slip of the fingers: one digit, or two that changed places."""
    a, b = f"{one:.0f}", f"{other:.0f}"
    if len(a) != len(b) or a == b:
        return False
    if sum(x != y for x, y in zip(a, b, strict=True)) == 1:
        return True
    swaps = (a[:i] + a[j] + a[i + 1 : j] + a[i] + a[j + 1 :] for i, j in combinations(range(len(a)), 2))
    return b in swaps


# --- rows and figures -------------------------------------------------------------------------------------------------


def owed_rows(frame: pl.DataFrame, contract: Contract) -> Iterator[tuple[Place, dict[str, object], int]]:
    """Find the rows of a table that fill a cell of a contract: the cell, the row, and its place in the frame."""
    indexed = frame.with_row_index("_index")
    for figure in contract.figures:
        wanted = [pl.col(name) == value for name, value in figure.key.items()]
        for row in indexed.filter(*wanted).iter_rows(named=True):
            place = place_of(contract, figure, row)
            if place is not None:
                yield place, row, int(row["_index"])


def figures_in(frame: pl.DataFrame, contract: Contract) -> dict[Place, Value]:
    """Give what a frame says of the cells of a contract; without a column `state` every figure is final."""
    columns = {figure.id: figure.column for figure in contract.figures}
    return {
        place: Value(_number(row[columns[place.figure]]), str(row.get("state") or "final"))
        for place, row, _index in owed_rows(frame, contract)
    }


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def known_in(observations: Observations, *, among: Sequence[Contract] | None = None) -> Known:
    """Give what is known of each cell: delivered or published, one figure per fact by the rule of the manual."""
    found: dict[Place, float] = {}
    for contract in contracts() if among is None else among:
        table = contract.declared
        held = figures_in(best_known(observations.table(table.name), table.key), contract)
        found |= {place: value.number for place, value in held.items() if value.number is not None}
    return found.get
