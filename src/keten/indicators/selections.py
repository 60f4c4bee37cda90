# SPDX-License-Identifier: EUPL-1.2
"""Which stages and case classes a measure speaks of, read from the chain tables.

An empty selection means that the chain tables do not know what was asked; the measure is then unknown.
"""

from __future__ import annotations

from keten.domain.words import ApplicationType, Track
from keten.parameters.chain import Chain

ARRIVED_CLASSES = ("first_track_*", "subsequent", "resettled", "following_family_member")
"""Case classes counted as inflow in the multi-year production forecast (footnote 2 of the letter of 13 July 2023)."""

APPEAL = ("appeal", "onward_appeal")
WITHDRAWN, REMITTED, HOUSED = "withdrawn", "remitted_decision", "housed"
MERITS_TRACKS = ("track_2", "track_4", "subsequent")
"""Groups of tracks in which an asylum application itself is decided upon, as they stand in the tables."""
FAMILY_TRACK, FOLLOWING_FAMILY = "family_reunification", "following_family_member"
DEMONSTRABLE = ("independent", "forced")
"""Departures of which it is known that the person left."""
DEPARTURES = {
    "independent": "departed_independent",
    "forced": "departed_forced",
    "unsupervised": "departed_unsupervised",
}


def stages(chain: Chain, *identifiers: str) -> tuple[str, ...]:
    """Give back the identifiers when the chain has all of these stages, else nothing."""
    known = {stage.id for stage in chain.stages}
    return identifiers if known.issuperset(identifiers) else ()


def undecided_stages(chain: Chain) -> tuple[str, ...]:
    """Stages in which the first-instance decision is still to be taken."""
    return tuple(stage.id for stage in chain.stages if stage.undecided)


def track_classes(chain: Chain, track: Track) -> tuple[str, ...]:
    """Case classes of a track: first applications and lateral inflow, not subsequent applications."""
    counted = (ApplicationType.FIRST, ApplicationType.LATERAL, ApplicationType.DUBLIN_REQUEST, None)
    return tuple(row.id for row in chain.case_classes if row.track == track and row.application_type in counted)


def family_reunification_classes(chain: Chain) -> tuple[str, ...]:
    """Case classes of applications for asylum family reunification."""
    return tuple(row.id for row in chain.case_classes if row.application_type == ApplicationType.FAMILY_REUNIFICATION)


def merits_classes(chain: Chain) -> tuple[str, ...]:
    """Case classes of asylum applications that are decided on the merits: subsequent ones, tracks 2 and 4."""
    subsequent = tuple(row.id for row in chain.case_classes if row.application_type == ApplicationType.SUBSEQUENT)
    return (*track_classes(chain, Track.TRACK_2), *track_classes(chain, Track.TRACK_4), *subsequent)
