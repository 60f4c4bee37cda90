# SPDX-License-Identifier: EUPL-1.2
"""The door for figures that were counted: what leaves it is what this reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from keten.domain.bounds import Bounds, bounds_of
from keten.indicators.disclosure import is_small, protected
from keten.study.results import Outlook
from keten_web.accounts import exact_counts


def shown(figures: Mapping[str, float | None], bounds: Mapping[str, Bounds | None]) -> Mapping[str, float | None]:
    """Give figures that belong together as who asks may see them."""
    if exact_counts.are_shown() or not any(is_small(value, bounds.get(name)) for name, value in figures.items()):
        return figures
    exact_counts.hide()
    return protected(figures, bounds)


def figure(value: float | None, unit: str) -> float | None:
    """Give one figure that was counted as who asks may see it."""
    return shown({"": value}, {"": bounds_of(unit)})[""]


def count(value: float, unit: str) -> float:
    """Give one figure that is there."""
    found = figure(value, unit)
    return value if found is None else found


def outlook(whole: Outlook) -> Outlook:
    """Give a quantity with its counted values as who asks may see them; what is foreseen is rounded where written."""
    return replace(whole, observed=tuple(replace(row, value=count(row.value, whole.unit)) for row in whole.observed))
