# SPDX-License-Identifier: EUPL-1.2
"""Disclosure control: a small count can point at a person, so it is not given to whom has no need of it.

The threshold is a proposal, in line with the practice of Statistics Netherlands and of letters to parliament.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import nan

from keten.domain.bounds import Bounds

SMALLEST_SHOWN = 10
"""A count from 1 up to this is told as fewer than this."""


class NotShown(float):
    """Stands where a number stands and is none: it compares with nothing, and whoever writes it writes why.

    Two of them exist, `FEWER` and `WITHHELD`; ask with `is`.
    """


FEWER = NotShown(nan)
"""A count from 1 to 9."""

WITHHELD = NotShown(nan)
"""A figure from which a count from 1 to 9 could be worked out."""


def is_small(count: float | None, bounds: Bounds | None) -> bool:
    """Tell whether a figure is a count from 1 to 9; nought points at nobody, and a share or an amount is no count."""
    return count is not None and bounds is not None and bounds.counted and 0 < count < SMALLEST_SHOWN


def protected(figures: Mapping[str, float | None], bounds: Mapping[str, Bounds | None]) -> dict[str, float | None]:
    """Protect figures that belong together, for instance how many missed a norm, of how many, and the share.

    When one of them is a small count, the others are withheld: together they would tell it.
    """
    small = {name for name, value in figures.items() if is_small(value, bounds.get(name))}
    if not small:
        return dict(figures)
    return {name: FEWER if name in small else None if value is None else WITHHELD for name, value in figures.items()}
