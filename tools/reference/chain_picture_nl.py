# SPDX-License-Identifier: EUPL-1.2
"""The chain as a picture, with Dutch words."""

from __future__ import annotations

from keten.parameters.load import load_chain
from keten.report.chain_picture import chain_picture

PAGE = "docs/chain.nl.svg"


def render() -> str:
    """Draw the chain."""
    return chain_picture(load_chain(), "nl")
