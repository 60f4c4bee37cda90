# SPDX-License-Identifier: EUPL-1.2
"""The case classes that arrive, in the two groups that are never added up."""

from __future__ import annotations

COUNTED_CLASSES = (
    "first_track_1",
    "first_track_2",
    "first_track_4_syr_yem",
    "first_track_4_dza_mda",
    "first_track_4_other",
    "subsequent",
    "resettled",
    "following_family_member",
)
"""Classes inside the count of the multi-year production forecast (`mpp_inflow`, persons)."""

OTHER_CLASSES = ("lateral", "family_reunification", "supervision")
"""Classes the chain needs that are outside that count, each under its own definition."""

CASE_CLASSES = COUNTED_CLASSES + OTHER_CLASSES
"""Every class that arrives, in the order of the columns of `Arrivals.counts`."""
