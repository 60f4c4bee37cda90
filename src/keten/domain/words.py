# SPDX-License-Identifier: EUPL-1.2
"""The fixed words of the chain: closed lists that code may branch on. Everything else is a row in a table."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class CoreProcess(StrEnum):
    """The six core processes of the steering model of 2007, in the order in which a case may meet them."""

    ENTRY = "ENTRY"
    ADMISSION = "ADMISSION"
    SUPERVISION = "SUPERVISION"
    RETURN = "RETURN"
    RECEPTION = "RECEPTION"
    DETENTION = "DETENTION"


class ChainGoal(StrEnum):
    """The four chain goals of 2023."""

    PROCEDURE = "PROCEDURE"
    INFORMATION = "INFORMATION"
    RECEPTION = "RECEPTION"
    SAFETY = "SAFETY"


class ApplicationType(StrEnum):
    """What a person asks for; it selects the decision period."""

    FIRST = "first"
    SUBSEQUENT = "subsequent"
    LATERAL = "lateral"
    FAMILY_REUNIFICATION = "family_reunification"
    DUBLIN_REQUEST = "dublin_request"


class Track(IntEnum):
    """Asylum tracks. The number is the name: labels differ between publications."""

    TRACK_1 = 1
    TRACK_2 = 2
    TRACK_4 = 4


class Prospects(StrEnum):
    """A planning label for a group of cases, never a legal outcome and never about one person."""

    GOOD = "GOOD"
    POOR = "POOR"
    MIXED = "MIXED"


class Reading(StrEnum):
    """Whose reading of a contested rule is applied."""

    AUTHORITY = "authority"
    COURTS = "courts"


class Direction(StrEnum):
    """Which way an indicator should move."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"


class SignalState(StrEnum):
    """What an indicator says of itself; missing data are never on course."""

    ON_COURSE = "on_course"
    ATTENTION = "attention"
    SIGNAL = "signal"
    UNKNOWN = "unknown"
