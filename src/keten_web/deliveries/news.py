# SPDX-License-Identifier: EUPL-1.2
"""Tell the rooms above that other figures are known, and ask them what rests on a delivery."""

from __future__ import annotations

from dataclasses import dataclass

from django.dispatch import Signal

figures_changed = Signal()
"""Sent with `delivery`, after it was accepted, left out or withdrawn, inside the same transaction."""

resting = Signal()
"""Sent with `delivery` and `by`; who hears it answers with the list of what rests on the figures of it."""


@dataclass(frozen=True)
class Resting:
    """Something that was made on the figures of a delivery: what it is, its name and where it stands."""

    what: str
    name: str
    address: str = ""
