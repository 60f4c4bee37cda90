# SPDX-License-Identifier: EUPL-1.2
"""Which values can be true at all, per unit: declared once, asked by every form, file and interface.

A value outside its bounds is a mistake of typing or of reading, never a figure. The bounds are wide on purpose: they
say what cannot be, not what is likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from keten.domain.errors import Problem
from keten.domain.problems import MEANT_OTHERWISE, OUT_OF_BOUNDS, UNIT_UNKNOWN


@dataclass(frozen=True)
class Bounds:
    """From which up to and including which value something can be true.

    Parameters
    ----------
    low, high
        Smallest and largest value that can be true.
    counted
        True when single things are counted, so that one observation has no part of a unit; an average over months may.
    because
        Why not more or less, for who keeps the list.
    """

    low: float
    high: float
    counted: bool = False
    because: str = ""

    def hold(self, value: float, *, observed: bool = False) -> bool:
        """Tell whether a value can be true; an observed count is whole."""
        if not isfinite(value) or not self.low <= value <= self.high:
            return False
        return not (observed and self.counted) or float(value).is_integer()

    def guess(self, value: float) -> float | None:
        """Give the value that was probably meant: 0.86 for a share of 86, 16,105 for 16.105 persons; None when none."""
        if not isfinite(value) or abs(value) > 1000 * self.high:
            return None
        candidates = (value / 100 if self.high == 1 else None, round(value * 1000) if self.counted else None)
        for candidate in candidates:
            if candidate is not None and candidate != value and self.hold(candidate, observed=self.counted):
                return candidate
        return None


PEOPLE = 20_000_000
"""More than live in the country (18 million in 2024)."""

UNITS: Mapping[str, Bounds] = {
    "cases": Bounds(0, PEOPLE, counted=True, because="No more cases than people."),
    "persons": Bounds(0, PEOPLE, counted=True, because="No more people in the chain than live in the country."),
    "applications": Bounds(0, PEOPLE, counted=True, because="No more applications than people."),
    "appointments": Bounds(0, PEOPLE, counted=True, because="No more appointments in a period than people."),
    "notices": Bounds(0, PEOPLE, counted=True, because="No more notices than people."),
    "appeals": Bounds(0, PEOPLE, counted=True, because="No more appeals than people."),
    "files": Bounds(0, PEOPLE, counted=True, because="No more files than people."),
    "places": Bounds(0, PEOPLE, counted=True, because="No more places than people."),
    "share": Bounds(0, 1, because="A part is never more than the whole."),
    "ratio": Bounds(0, 1000, because="A thousand times too much is a mistake of the unit."),
    "per 100 cases": Bounds(0, 10_000, because="A hundred for each case is a mistake of the unit."),
    "days": Bounds(0, 36_525, because="A hundred years."),
    "working days": Bounds(0, 26_100, because="A hundred years."),
    "weeks": Bounds(0, 5_218, because="A hundred years."),
    "months": Bounds(0, 1_200, because="A hundred years."),
    "hours": Bounds(0, 100_000_000, because="Ten thousand people in a hundred years."),
    "hours per working day": Bounds(0, 1_000_000, because="More than everybody in the chain works together."),
    "eur": Bounds(-1e12, 1e12, because="More than the budget of the state, up or down."),
}
"""The units of the record, with what can be true of each."""

YEAR = Bounds(2000, 2100, counted=True, because="The years that steering speaks of.")
ORDER = Bounds(0, 10_000, counted=True, because="A place in a list.")
MINUTES = Bounds(0, 1_440, counted=True, because="A day has no more minutes.")
PER_YEAR = Bounds(0, 366, because="Once every day of a year.")
MONEY = Bounds(0, 1e12, counted=True, because="Nobody asks or is granted less than nothing.")
AMOUNT = Bounds(-1e12, 1e12, counted=True, because="A line may take money away, and none is larger than the state.")
SEATS = Bounds(1, 100, counted=True, because="Who has a seat has one at least.")


def bounds_of(unit: str) -> Bounds | None:
    """Give what can be true in a unit; None when the unit is not known, and then nothing can be said."""
    return UNITS.get(unit)


def problem_of(where: str, value: float, unit: str, *, observed: bool = False) -> Problem | None:
    """Say what is wrong with a value in a unit; None when it can be true."""
    bounds = bounds_of(unit)
    if bounds is None:
        return UNIT_UNKNOWN.at(where, unit=unit, units=list(UNITS))
    if bounds.hold(value, observed=observed):
        return None
    guess = bounds.guess(value)
    said = {"value": value, "unit": unit, "low": bounds.low, "high": bounds.high}
    return MEANT_OTHERWISE.at(where, guess=guess, **said) if guess is not None else OUT_OF_BOUNDS.at(where, **said)


def out_of_order(moments: Mapping[str, Any]) -> tuple[str, str] | None:
    """Give the names of the first two days, months or years that stand the wrong way round; None when none do."""
    known = [(name, moment) for name, moment in moments.items() if moment not in (None, "")]
    for (earlier, first), (later, second) in zip(known, known[1:], strict=False):
        if second < first:
            return earlier, later
    return None
