# SPDX-License-Identifier: EUPL-1.2
"""What can be true of any row: numbers within bounds, days in their order, and nothing held before it happened.

A model says it once, in its class: `limits`, `in_order`, `happened`, `may_lie_ahead`. The action that writes asks here,
so that a form, a file and the API refuse the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from keten.domain.bounds import YEAR, Bounds, out_of_order
from keten_web.record import values
from keten_web.record.models import Record
from keten_web.words import wording

LONGEST_WRITTEN = 1e15
"""A larger number is written with its power of ten: nobody counts three hundred digits."""

Said = Iterator[tuple[str, str]]
"""A field, and what is wrong with it."""


def problems_of(row: Record, *, on: date, leaving_out: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Find every number that cannot be, every pair of days in the wrong order, and what was not yet on a day.

    Fields in `leaving_out` could not be read, so that nothing can be said of them.
    """
    found: dict[str, list[str]] = {}
    for field, what in (*_numbers(row, leaving_out), *_orders(row, leaving_out), *_not_yet(row, on, leaving_out)):
        found.setdefault(field, []).append(what)
    return found


def _numbers(row: Record, leaving_out: frozenset[str]) -> Said:
    for name, limit in row.limits.items():
        if name in leaving_out:
            continue
        for number in _each(getattr(row, name)):
            bounds = limit.of(row)
            if bounds is None:
                yield name, _("A number needs a unit; say in which unit it is.")
            elif not bounds.hold(number, observed=limit.observed):
                yield name, _outside(number, bounds, limit.unit_of(row), limit.observed)


def _each(value: Any) -> list[float]:
    """Give the number, or the numbers of a series in time."""
    if isinstance(value, list):
        return [part["value"] for part in value if isinstance(part, dict)]
    return [] if value is None or isinstance(value, str) else [value]


def _outside(number: float, bounds: Bounds, unit: str, observed: bool) -> str:
    written = _year if bounds is YEAR else values.text
    said = {
        "value": written(number) if abs(number) < LONGEST_WRITTEN else f"{number:g}",
        "low": written(bounds.low),
        "high": written(bounds.high),
        "unit": wording.unit_beside(unit) if unit else "",
    }
    if bounds.low <= number <= bounds.high and observed and bounds.counted:
        what = _("%(value)s is no whole number; this is counted in whole numbers.") % said
    else:
        what = _("%(value)s cannot be: write a number from %(low)s up to and including %(high)s %(unit)s") % said
        what = what.rstrip() + "."
    guess = bounds.guess(number)
    return what if guess is None else f"{what} " + _("Did you mean %(guess)s?") % {"guess": values.text(guess)}


def _year(number: float) -> str:
    """Write a year: it has no thousands."""
    return f"{number:.0f}"


def _orders(row: Record, leaving_out: frozenset[str]) -> Said:
    for names in row.in_order:
        wrong = out_of_order({name: getattr(row, name) for name in names if name not in leaving_out})
        if wrong is not None:
            earlier, later = wrong
            yield (
                later,
                _("This lies before “%(earlier)s”; correct one of the two.") % {"earlier": values.label(row, earlier)},
            )


def _not_yet(row: Record, on: date, leaving_out: frozenset[str]) -> Said:
    for name in row.days_that_happened():
        day = None if name in leaving_out else getattr(row, name)
        if day is not None and day > on:
            yield (
                name,
                _("This day is still to come; today is %(today)s. Write it down once it has happened.")
                % {"today": wording.day(on)},
            )
