# SPDX-License-Identifier: EUPL-1.2
"""What a lever is, and the list of all of them: one file per lever in `levers`, each with one `LEVER`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from keten.domain.errors import ParameterError, Problem
from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif import levers as folder
from keten.whatif.account import Choice, Choices, Document, Writer

Section = Literal["inflow", "people", "order", "routes", "law", "places"]
SECTIONS: tuple[Section, ...] = get_args(Section)
"""The parts of the page, in its order."""


@dataclass(frozen=True)
class Option:
    """One of the values of a lever that chooses."""

    value: str
    words: Words


@dataclass(frozen=True)
class Condition:
    """What other levers must say before a lever means anything.

    Parameters
    ----------
    holds
        Tells from how all levers stand whether it means something.
    fault, remedy
        What is wrong with choosing it all the same, and what to do then.
    without
        Takes its value out of a scenario in which it means nothing.
    """

    holds: Callable[[Choices], bool]
    fault: Words
    remedy: Words
    without: Callable[[Document], None]


@dataclass(frozen=True, kw_only=True)
class Lever:
    """Something that can be turned.

    Parameters
    ----------
    id
        The name of its file.
    rank
        Place within its section, the lowest first.
    low, high, step
        Bounds and the step of a number; not used by a lever that chooses between `options`.
    reason
        Why nothing outside the bounds is possible.
    source
        Public address the bounds rest on; empty when they are an assumption, and then the reason says so.
    stands
        Tells how it stands in a base.
    write
        Writes a choice into a scenario.
    needs
        What other levers must say first.
    spread
        Makes the levers of a base out of this one, such as one for every year; none for a lever that is one.
    """

    id: str
    section: Section
    rank: int
    words: Words
    unit: Words
    reason: Words
    stands: Callable[[Inputs], Choice]
    write: Writer
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    options: tuple[Option, ...] = ()
    source: str = ""
    needs: Condition | None = None
    spread: Callable[[Lever, Inputs], Iterable[Lever]] | None = None

    @property
    def chooses(self) -> bool:
        """True when the lever chooses between options instead of taking a number."""
        return bool(self.options)


@cache
def levers() -> tuple[Lever, ...]:
    """Give every lever, in the order of the page.

    Raises
    ------
    ParameterError
        When a file of the folder holds no lever, or one of another name.
    """
    found: list[Lever] = []
    problems: list[Problem] = []
    for module in pkgutil.iter_modules(folder.__path__):
        lever = getattr(importlib.import_module(f"{folder.__name__}.{module.name}"), "LEVER", None)
        where = f"{module.name}.py"
        if not isinstance(lever, Lever):
            problems.append(Problem(where, "holds no lever.", "Write LEVER = Lever(...), as the files beside it do."))
        elif lever.id != module.name:
            problems.append(Problem(where, f"holds the lever {lever.id}.", f"Name the file {lever.id}.py."))
        else:
            found.append(lever)
    if problems:
        raise ParameterError("the levers", problems)
    return tuple(sorted(found, key=lambda lever: (SECTIONS.index(lever.section), lever.rank, lever.id)))


def levers_by_id() -> Mapping[str, Lever]:
    """Give every lever by its identifier."""
    return {lever.id: lever for lever in levers()}


def levers_of(base: Inputs) -> tuple[Lever, ...]:
    """List the levers of a base: those of every calendar year it speaks of among them."""
    return tuple(_spread(base))


def _spread(base: Inputs) -> Iterator[Lever]:
    for lever in levers():
        if lever.spread:
            yield from lever.spread(lever, base)
        else:
            yield lever
