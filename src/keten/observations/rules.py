# SPDX-License-Identifier: EUPL-1.2
"""What figures can be: the range of each unit, and what rows of one table must be to each other. In this place only.

A rule belongs to a table or a unit, so it holds for file, form and API alike. Rules of rows look at what was delivered
together; what a publication left out is not filled in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from keten.domain.language import Words
from keten.domain.numbers import NotRead
from keten.domain.tables import Column, Table
from keten.observations.definitions import NOT_A_PART

_PEOPLE = 18_000_000
"""Inhabitants of the Netherlands, rounded up: nothing that the chain counts exceeds them."""

LARGEST = {
    "share": 1.0, "persons": _PEOPLE, "persons or places": _PEOPLE, "places": _PEOPLE, "cases": _PEOPLE,
    "files": _PEOPLE, "as defined": _PEOPLE, "notices": _PEOPLE, "appeals": _PEOPLE,
    "applications": _PEOPLE, "requests": _PEOPLE, "fte": 1_000_000.0,
    "days": 36_525.0, "weeks": 5_218.0, "months": 1_200.0, "years": 100.0, "eur": 1e12, "year": 2_100.0,
}  # fmt: skip
"""Largest figure of each unit that can be true: a century, all inhabitants, a thousand milliard euro."""

LARGEST_OF_ALL = 1e12


def out_of_range(value: float, column: Column, unit: str) -> NotRead | None:
    """Say why a figure of a unit cannot be true; None when it can."""
    if column.minimum is not None and value < column.minimum:
        return _below(value, column)
    largest = LARGEST.get(unit, LARGEST_OF_ALL)
    if value <= largest:
        return None
    if unit == "share":
        return _no_share(value)
    return NotRead(
        "too_large",
        Words(en=f"{value:,.10g} is more than can be true ({largest:,.0f} {unit}).",
              nl=f"{_dutch(value)} is meer dan waar kan zijn ({_dutch(largest)} {unit})."),
        Words(en="Correct the figure and deliver again.", nl="Verbeter het cijfer en lever opnieuw aan."),
    )  # fmt: skip


def _dutch(number: float) -> str:
    return f"{number:,.10g}".translate({ord(","): ".", ord("."): ","})


def _below(value: float, column: Column) -> NotRead:
    correct = Words(en="Correct the figure and deliver again.", nl="Verbeter het cijfer en lever opnieuw aan.")
    if column.minimum == 0:
        meaning = column.meaning.lower()
        what = Words(
            en=f"{value:g} is negative; {meaning} cannot be.", nl=f"{_dutch(value)} is negatief; dat kan hier niet."
        )
        return NotRead("negative", what, correct)
    low = f"{column.minimum:g}"
    return NotRead(
        "too_small", Words(en=f"{value:g} lies below {low}.", nl=f"{_dutch(value)} ligt onder {low}."), correct
    )


def _no_share(value: float) -> NotRead:
    within = Words(en="a share lies between 0 and 1.", nl="een aandeel ligt tussen 0 en 1.")
    meant = value / 100
    likely = 2 <= value <= 100
    return NotRead(
        "no_share",
        Words(en=f"{value:g} is no share: {within}", nl=f"{_dutch(value)} is geen aandeel: {within.nl}"),
        Words(en=f"Did you mean {meant:g}?", nl=f"Bedoelt u {_dutch(meant)}?")
        if likely
        else Words(en="Write it as a number between 0 and 1.", nl="Schrijf het als een getal tussen 0 en 1."),
    )


# --- rows together ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """A row that is right in itself: its number in the file and its values by column."""

    number: int
    values: dict[str, object]
    index: int = 0
    """Place among the rows of the delivery: a wide row of a file becomes several with one number."""

    def count(self, column: str) -> float | None:
        """Give a figure of the row; None when it has none."""
        value = self.values.get(column)
        return float(value) if isinstance(value, int | float) else None


@dataclass(frozen=True)
class Broken:
    """Two or more rows that cannot all be true: which row tells it, in which column, and what to do."""

    row: Given
    column: str
    what: Words
    remedy: Words


Rule = Callable[[Sequence[Given]], Iterator[Broken]]


def broken_rules(table: Table, rows: Sequence[Given]) -> Iterator[Broken]:
    """Find every rule of a table that its rows break."""
    for rule in RULES.get(table.name, ()):
        yield from rule(rows)


def _grouped(rows: Iterable[Given], columns: Sequence[str]) -> dict[tuple[object, ...], list[Given]]:
    groups: dict[tuple[object, ...], list[Given]] = defaultdict(list)
    for row in rows:
        groups[tuple(row.values.get(name) for name in columns)].append(row)
    return groups


def parts_within_whole(
    by: Sequence[str], part: str, value: str, *, whole: str, parts: Sequence[str] = (), apart: Sequence[str] = (),
    add: bool = True,
) -> Rule:  # fmt: skip
    """Make the rule that no part is above its whole, nor all parts together.

    Parameters
    ----------
    by
        Columns that parts and whole have in common.
    part
        Column that tells the parts; `whole` is its value for the whole, `parts` the values that are parts (all others
        when empty), `apart` the values that are counted again in another part. With `add` parts exclude each other.
    """

    def rule(rows: Sequence[Given]) -> Iterator[Broken]:
        for group in _grouped(rows, by).values():
            wholes = [row for row in group if row.values.get(part) == whole and row.count(value) is not None]
            inside = [
                row for row in group
                if row.values.get(part) != whole and row.count(value) is not None
                and (not parts or row.values.get(part) in parts)
            ]  # fmt: skip
            if wholes:
                yield from _parts_above(wholes[0], inside, part, value, [*apart] if add else None)

    return rule


def _parts_above(
    whole: Given, parts: Sequence[Given], part: str, value: str, apart: Sequence[str] | None
) -> Iterator[Broken]:
    top = whole.count(value) or 0.0
    named = whole.values.get(part)
    larger = [row for row in parts if (row.count(value) or 0.0) > top]
    for row in larger:
        yield Broken(
            row,
            value,
            Words(
                en=f"{row.count(value):,.0f} for {row.values.get(part)} is more than the whole, {top:,.0f} for "
                f"{named} in "
                f"row {whole.number}.",
                nl=f"{_dutch(row.count(value) or 0)} voor {row.values.get(part)} is meer dan het geheel, {_dutch(top)} "
                f"voor {named} in rij {whole.number}.",
            ),
            _CORRECT_ONE,
        )
    together = sum(row.count(value) or 0.0 for row in parts if apart is not None and row.values.get(part) not in apart)
    if not larger and together > top + _rounding(parts):
        yield Broken(
            whole,
            value,
            Words(
                en=f"the parts add up to {together:,.0f}, more than the whole of {top:,.0f}.",
                nl=f"de delen zijn samen {_dutch(together)}, meer dan het geheel van {_dutch(top)}.",
            ),
            _CORRECT_ONE,
        )


_CORRECT_ONE = Words(
    en="Correct the part or the whole and deliver again.", nl="Verbeter het deel of het geheel en lever opnieuw aan."
)


def _rounding(rows: Sequence[Given]) -> float:
    """Say how far rounded figures may differ from their sum: half a step each, if all are multiples of 5, 10, 100."""
    figures = [value for row in rows for value in row.values.values() if type(value) in (int, float)]
    step = next((s for s in (100, 10, 5) if figures and all(value % s == 0 for value in figures)), 0)  # type: ignore[operator]
    return step / 2 * (len(rows) + 1)


def periods_add_up(by: Sequence[str], value: str) -> Rule:
    """Make the rule that the months of a quarter or a year add up to it, where all are given."""

    def rule(rows: Sequence[Given]) -> Iterator[Broken]:
        for group in _grouped(rows, by).values():
            counted = [row for row in group if row.count(value) is not None]
            months = {row.values["period_start"]: row for row in counted if row.values.get("period_type") == "month"}
            for row in counted:
                if row.values.get("period_type") in {"quarter", "year", "year_to_date"}:
                    yield from _add_up(row, months, value)

    return rule


def _add_up(whole: Given, months: dict[object, Given], value: str) -> Iterator[Broken]:
    start, end = whole.values["period_start"], whole.values["period_end"]
    assert isinstance(start, date) and isinstance(end, date)  # both are required columns
    parts = [months.get(date(start.year, month, 1)) for month in range(start.month, end.month + 1)]
    present = [row for row in parts if row is not None]
    total, given = sum(row.count(value) or 0.0 for row in present), whole.count(value) or 0.0
    complete = len(present) == len(parts)
    slack = _rounding([*present, whole])
    if (complete and abs(total - given) > slack) or (not complete and total > given + slack):
        yield Broken(
            whole,
            value,
            Words(en=f"the months add up to {total:,.0f}, not to {given:,.0f}.",
                  nl=f"de maanden zijn samen {_dutch(total)}, niet {_dutch(given)}."),
            Words(en="Correct a month or the total and deliver again.",
                  nl="Verbeter een maand of het totaal en lever opnieuw aan."),
        )  # fmt: skip


def in_order(by: Sequence[str], column: str, value: str, order: Sequence[str]) -> Rule:
    """Make the rule that figures rise in the order of a list: a minimum is not above a maximum."""

    def rule(rows: Sequence[Given]) -> Iterator[Broken]:
        for group in _grouped(rows, by).values():
            found = {row.values.get(column): row for row in group if row.count(value) is not None}
            ranked = [found[name] for name in order if name in found]
            for low, high in zip(ranked, ranked[1:], strict=False):
                yield from _out_of_order(low, high, column, value)

    return rule


def _out_of_order(low: Given, high: Given, column: str, value: str) -> Iterator[Broken]:
    below, above = low.count(value) or 0.0, high.count(value) or 0.0
    if below > above:
        yield Broken(
            low,
            value,
            Words(
                en=f"{below:,.10g} for {low.values[column]} is above {above:,.10g} for {high.values[column]} in row "
                f"{high.number}.",
                nl=f"{_dutch(below)} voor {low.values[column]} ligt boven {_dutch(above)} voor {high.values[column]} "
                "in "
                f"rij {high.number}.",
            ),
            Words(en="Exchange or correct the two.", nl="Verwissel of verbeter de twee."),
        )


def _quantiles_rise(rows: Sequence[Given]) -> Iterator[Broken]:
    by = ("reference_date", "location", "target", "target_end_date")
    for group in _grouped([row for row in rows if row.values["output_type"] == "quantile"], by).values():
        levels = {row.index: _level(row.values.get("output_type_id")) for row in group}
        for row in group:
            if levels[row.index] is None:
                yield Broken(
                    row,
                    "output_type_id",
                    Words(
                        en="a quantile has a level between 0 and 1.", nl="een kwantiel heeft een niveau tussen 0 en 1."
                    ),
                    Words(en="Write the level, for instance 0.5.", nl="Schrijf het niveau, bijvoorbeeld 0.5."),
                )
        ranked = sorted((row for row in group if levels[row.index] is not None), key=lambda row: levels[row.index] or 0)
        for low, high in zip(ranked, ranked[1:], strict=False):
            yield from _out_of_order(low, high, "output_type_id", "value")


def _level(text: object) -> float | None:
    try:
        level = float(str(text))
    except ValueError:
        return None
    return level if 0 <= level <= 1 else None


_PERIOD = ("period_start", "period_end")
_INFLOW = (*_PERIOD, "period_type", "definition")

RULES: dict[str, tuple[Rule, ...]] = {
    "inflow": (
        parts_within_whole((*_INFLOW, "application_type"), "nationality", "count", whole="ALL"),
        parts_within_whole((*_INFLOW, "nationality"), "application_type", "count", whole="total", apart=NOT_A_PART),
        periods_add_up(("definition", "application_type", "nationality"), "count"),
    ),
    "stock": (
        parts_within_whole(
            ("reference_date",), "group", "count", whole="asylum", parts=("track_1", "track_2", "track_4")
        ),
        parts_within_whole(
            ("reference_date",), "group", "count", whole="asylum",
            parts=("asylum_6_to_15_months", "asylum_over_15_months"),
        ),
        parts_within_whole(
            ("reference_date",), "group", "count", whole="asylum", parts=("asylum_overdue", "syria_yemen"), add=False
        ),
        parts_within_whole(
            ("reference_date",), "group", "count", whole="asylum_and_family", parts=("asylum", "family_reunification")
        ),
    ),
    "decisions": (parts_within_whole((*_PERIOD, "group"), "nationality", "decisions", whole="ALL"),),
    "reception": (
        parts_within_whole(
            ("reference_date",), "measure", "persons", whole="occupancy", add=False,
            parts=("permit_holders", "in_regular_places", "in_emergency_places", "on_coa_sites", "outside_coa_sites"),
        ),
        parts_within_whole(
            ("reference_date",), "measure", "persons", whole="occupancy",
            parts=("in_regular_places", "in_emergency_places"),
        ),
        parts_within_whole(
            ("reference_date",), "measure", "persons", whole="permit_holders", parts=("permit_holders_over_3_months",)
        ),
    ),
    "departures": (
        parts_within_whole(
            (*_PERIOD, "scope"), "kind", "persons", whole="all", parts=("independent", "forced", "unsupervised")
        ),
    ),
    "penalties": (
        parts_within_whole(
            _PERIOD, "measure", "value", whole="paid",
            parts=("paid_asylum", "paid_family_reunification", "paid_regular"),
        ),
        parts_within_whole(_PERIOD, "measure", "value", whole="paid", parts=("paid_administrative", "paid_judicial")),
        in_order(_PERIOD, "measure", "value", ("accrued_low", "accrued_high")),
    ),
    "forecasts": (
        in_order(
            ("edition", *_PERIOD, "measure", "definition"), "scenario", "value", ("minimum", "medium", "maximum")
        ),
        in_order(
            ("edition", *_PERIOD, "measure", "definition"), "scenario", "value", ("minimum", "most_likely", "maximum")
        ),
    ),
    "budgets": (
        parts_within_whole(
            ("year", "partner", "budget_stage"), "measure", "amount_eur", whole="personnel_cost",
            parts=("own_personnel_cost", "external_hire_cost"),
        ),
    ),
    "distributions": (_quantiles_rise,),
}  # fmt: skip
"""The rules of rows, by table."""
