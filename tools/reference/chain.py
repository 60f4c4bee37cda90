# SPDX-License-Identifier: EUPL-1.2
"""The chain tables with every number, its source or its reason."""

from __future__ import annotations

from keten.parameters.load import load_chain
from keten.report.chain_reference import chain_reference

PAGE = "docs/chain.md"


def render() -> str:
    """Write one section per table."""
    return chain_reference(load_chain())
