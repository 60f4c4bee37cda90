# SPDX-License-Identifier: EUPL-1.2
"""Signal values are data: read from `signal_values.yaml`, each with its source or the reason it was assumed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from keten.domain.errors import ParameterError, Problem
from keten.domain.yaml_text import parse_yaml
from keten.parameters.values import Dated, DatedValues, Quantity

PACKAGED = Path(__file__).with_name("signal_values.yaml")


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


def load_signal_rules(path: Path = PACKAGED, *, expected: frozenset[str]) -> Mapping[str, SignalRule]:
    """Read the signal values of the expected indicators.

    Raises
    ------
    ParameterError
        With all problems: rows that are wrong, indicators without a row, rows without an indicator.
    """
    raw: dict[str, Any] = parse_yaml(path.read_text(encoding="utf-8")) or {}
    problems = [
        Problem(name, "has no signal value.", "Add it with its source or the reason it is assumed.")
        for name in sorted(expected - raw.keys())
    ]
    problems += [
        Problem(name, "is not an indicator with a norm.", "Correct the name, or remove the row.")
        for name in sorted(raw.keys() - expected)
    ]
    rules: dict[str, SignalRule] = {}
    for name in sorted(raw.keys() & expected):
        try:
            rules[name] = SignalRule.model_validate(raw[name])
        except ValidationError as error:
            problems += _problems(name, error)
    if problems:
        raise ParameterError(path.name, problems)
    return rules


def _problems(name: str, error: ValidationError) -> list[Problem]:
    return [
        Problem(".".join((name, *map(str, row["loc"]))), f"{row['msg']}.", "Correct the row.") for row in error.errors()
    ]
