# SPDX-License-Identifier: EUPL-1.2
"""Every indicator with its definition, its signal values and their source."""

from __future__ import annotations

from keten.indicators.reference import reference

PAGE = "docs/indicators.md"


def render() -> str:
    """Write one section per indicator."""
    return reference()
