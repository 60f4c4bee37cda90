# SPDX-License-Identifier: EUPL-1.2
"""A number knows what it counts. Two numbers that count different things are never compared; some can be bridged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keten.domain.errors import Problem, UsageError


@dataclass(frozen=True)
class Definition:
    """What is counted, in both languages.

    Parameters
    ----------
    bridges
        Ways in which it is the sum of other definitions, each as their identifiers. Where a figure of every part of
        one bridge is known, the whole can be made of them.
    """

    id: str
    nl: str
    en: str
    bridges: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Counted:
    """A value of a definition. Only with a value of the same definition it has a difference."""

    value: float
    definition: Definition

    def above(self, other: Counted) -> float:
        """Give how much more this is than another value of the same definition.

        Raises
        ------
        UsageError
            When the two count different things.
        """
        refuse_comparison(self.definition, other.definition)
        return self.value - other.value


def refuse_comparison(one: Definition, other: Definition) -> None:
    """Refuse to compare two definitions that are not the same.

    Raises
    ------
    UsageError
        With what each of them counts.
    """
    if one.id != other.id:
        what = f"counts {one.en}, while {other.id} counts {other.en}."
        remedy = "Compare figures that count the same, or bridge the difference."
        raise UsageError("The comparison", [Problem(one.id, what, remedy)])


def bridge(whole: Definition, parts: Iterable[Counted]) -> Counted | None:
    """Make the whole of its parts; None when no bridge has a figure of every part, and a part is never guessed."""
    known: Mapping[str, float] = {part.definition.id: part.value for part in parts}
    for names in whole.bridges:
        if all(name in known for name in names):
            return Counted(sum(known[name] for name in names), whole)
    return None


def whose_figure(figure: Definition, claims: Mapping[str, Definition]) -> str | None:
    """Say to which one of several claims a figure belongs: the one that counts exactly this; None when none does.

    A figure of the whole is not divided over claims on its parts: nobody said how. So a figure counts once, or not.

    Raises
    ------
    UsageError
        When two claims count the same, so that the figure would count twice.
    """
    same = sorted(name for name, definition in claims.items() if definition.id == figure.id)
    if len(same) > 1:
        remedy = "Give each its own definition of what is counted, or keep one of them."
        raise UsageError(
            "The figure", [Problem(figure.id, f"would count twice: for {' and for '.join(same)}.", remedy)]
        )
    return same[0] if same else None
