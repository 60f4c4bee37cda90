# SPDX-License-Identifier: EUPL-1.2
"""Signal values stand in the file of their indicator, each with its source or the reason it was assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from keten.domain.errors import Problem
from keten.parameters.values import Dated, DatedValues, Quantity


@dataclass(frozen=True)
class Level:
    """A number in the unit of its indicator, from a day until a day, with its source or the reason it was assumed."""

    value: float
    source: str | None = None
    assumption: str | None = None
    note: str | None = None
    since: date = date.min
    until: date = date.max

    def in_unit(self, unit: str) -> dict[str, Any]:
        """Give it as the row of a parameter table."""
        row = asdict(self) | {"unit": unit, "from": self.since}
        del row["since"]
        return row


@dataclass(frozen=True)
class Signal:
    """When an indicator raises a signal, as its file says it; unit and definition are those of the indicator.

    A public norm has a source. The signal values of the dashboard of 2023 are not public: where no public norm is
    known, a level stands here with the reason it was chosen.

    Parameters
    ----------
    values
        The signal value through time.
    attention_band
        How far before the signal value attention begins.
    dead_band
        How far an indicator must come back over a line before its state improves.
    """

    values: tuple[Level, ...]
    attention_band: Level
    dead_band: Level


class SignalRule(DatedValues):
    """When an indicator raises a signal.

    Parameters
    ----------
    counts
        The definition of what the signal value counts; it is that of the indicator.
    signal_value
        The value through time beyond which the indicator signals; the value itself still meets the norm.
    attention_band
        How far before the signal value attention begins, in the unit of the indicator.
    dead_band
        How far an indicator must come back over a line before its state improves, in the same unit. It keeps a value
        that hovers around a line from switching every month.
    """

    counts: str
    signal_value: Dated
    attention_band: Quantity
    dead_band: Quantity

    def at(self, on: date) -> Quantity | None:
        """Give the signal value that holds on a day; None when none does."""
        return next((row for row in self.signal_value if row.valid_from <= on < row.valid_until), None)


def shipped_rule(signal: Signal, *, unit: str, counts: str) -> SignalRule:
    """Give the signal values that ship with an indicator: the first rows of what the chain agrees later.

    Raises
    ------
    pydantic.ValidationError
        When a number has no origin, or two hold on one day.
    """
    return SignalRule.model_validate(
        {
            "counts": counts,
            "signal_value": [level.in_unit(unit) for level in signal.values],
            "attention_band": signal.attention_band.in_unit(unit),
            "dead_band": signal.dead_band.in_unit(unit),
        }
    )


def signal_problems(identifier: str, error: ValidationError) -> Iterator[Problem]:
    """Say what is wrong with the signal values of an indicator, each with its place."""
    for row in error.errors():
        where = ".".join((identifier, *map(str, row["loc"])))
        yield Problem(where, f"{row['msg'].rstrip('.')}.", "Correct it in the file of the indicator.")
