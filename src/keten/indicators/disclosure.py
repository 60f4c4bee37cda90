# SPDX-License-Identifier: EUPL-1.2
"""Disclosure control: the only way a count of people leaves the core for a public page, file or API.

Small groups can point at people. A published count is therefore rounded, and a count below ten is not given. The
thresholds are a proposal, in line with the practice of Statistics Netherlands and of letters to parliament.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import floor


class DisclosureProfile(StrEnum):
    """For whom is published, which decides how counts are rounded."""

    PARLIAMENT = "parliament"
    STATISTICS = "statistics"


ROUNDED_TO = {DisclosureProfile.PARLIAMENT: 10, DisclosureProfile.STATISTICS: 5}
"""Published counts are multiples of this."""

SMALLEST_SHOWN = 10
"""A count from 1 up to this is shown as `<10`."""

SMALLEST_BASE = 50
"""A percentage of fewer cases than this is withheld."""


@dataclass(frozen=True)
class PublicCount:
    """A count that may be published; it cannot hold an unprotected one.

    `value` is None for a count from 1 to 9, which is shown as `<10`.

    Raises
    ------
    ValueError
        When the value is not a multiple the profile allows: make one with `publish_count`.
    """

    value: int | None
    profile: DisclosureProfile

    def __post_init__(self) -> None:
        if self.value is None or self.value == 0:
            return
        if self.value < SMALLEST_SHOWN or self.value % ROUNDED_TO[self.profile]:
            raise ValueError(f"{self.value} is not protected; make a public count with publish_count.")

    def __str__(self) -> str:
        return f"<{SMALLEST_SHOWN}" if self.value is None else str(self.value)


@dataclass(frozen=True)
class PublicShare:
    """A share that may be published; `value` is None when it is withheld."""

    value: float | None

    @property
    def withheld(self) -> bool:
        """Whether the base was too small to publish a share of it."""
        return self.value is None


def publish_count(count: int, profile: DisclosureProfile) -> PublicCount:
    """Protect a count: a multiple of 10 (parliament) or 5 (statistics), 1-9 as `<10`, 0 stays 0.

    Halves are rounded up. Round a total from its unrounded terms, never by adding public counts.

    Raises
    ------
    ValueError
        When the count is negative.
    """
    if count < 0:
        raise ValueError(f"{count} is not a count of cases or people; it is negative.")
    if 0 < count < SMALLEST_SHOWN:
        return PublicCount(None, profile)
    step = ROUNDED_TO[profile]
    return PublicCount(step * floor((count + step / 2) / step), profile)


def publish_share(part: int, base: int, profile: DisclosureProfile) -> PublicShare:
    """Protect a share: withheld when the base is below 50, or when the part is shown as `<10`.

    The share is that of the published counts, so that it tells nothing more than they do.

    Raises
    ------
    ValueError
        When a count is negative or the part exceeds the base.
    """
    if part > base:
        raise ValueError(f"{part} of {base} is not a share; the part is larger than the base.")
    published_part, published_base = publish_count(part, profile), publish_count(base, profile)
    if base < SMALLEST_BASE or published_part.value is None or not published_base.value:
        return PublicShare(None)
    return PublicShare(published_part.value / published_base.value)
