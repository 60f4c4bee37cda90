# SPDX-License-Identifier: EUPL-1.2
"""Governance bodies: at which level they meet, and what they have the mandate to decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class GovernanceLevel(StrEnum):
    """The three levels of the governance of the chain; a higher level takes what a lower one has no mandate for."""

    OPERATIONAL = "operational"
    TACTICAL = "tactical"
    EXECUTIVE = "executive"


class Mandate(StrEnum):
    """What a body may decide."""

    ACKNOWLEDGE_SIGNAL = "acknowledge_signal"
    CHANGE_PLANNING = "change_planning"
    MOVE_CAPACITY = "move_capacity"
    CHANGE_AGREEMENT = "change_agreement"
    CHANGE_FRAMEWORK = "change_framework"
    CLAIM_BUDGET = "claim_budget"


_ORDER = list(GovernanceLevel)


@dataclass(frozen=True)
class GovernanceBody:
    """A body that meets: who sits in it, how often, how long, and what it may decide.

    Parameters
    ----------
    seats
        Partner and number of seats, once per partner.
    meetings_per_year
        The agreed rhythm; None when none was agreed or published.
    minutes, preparation_minutes
        Length of a meeting, and what one seat spends on preparing it; None when not known.
    """

    id: str
    level: GovernanceLevel
    mandates: frozenset[Mandate] = field(default_factory=frozenset)
    seats: tuple[tuple[str, int], ...] = ()
    meetings_per_year: float | None = None
    minutes: int | None = None
    preparation_minutes: int = 0

    def may(self, mandate: Mandate) -> bool:
        """Say whether the body may decide this."""
        return mandate in self.mandates

    def is_above(self, other: GovernanceBody) -> bool:
        """Say whether the body meets at a higher level than another."""
        return _ORDER.index(self.level) > _ORDER.index(other.level)


def body_with_mandate(
    bodies: Iterable[GovernanceBody], mandate: Mandate, *, above: GovernanceBody | None = None
) -> GovernanceBody | None:
    """Find the lowest body that may decide this, above another one when asked; None when nobody may."""
    able = [body for body in bodies if body.may(mandate) and (above is None or body.is_above(above))]
    return min(able, key=lambda body: (_ORDER.index(body.level), body.id), default=None)
