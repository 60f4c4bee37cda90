# SPDX-License-Identifier: EUPL-1.2
"""Every table of observations with its columns, and every definition of inflow."""

from __future__ import annotations

from keten.observations.reference import reference

PAGE = "docs/observations.md"


def render() -> str:
    """Write one section per table, definition and conversion."""
    return reference()
