# SPDX-License-Identifier: EUPL-1.2
"""Reasons that stand in the data that ships with Keten, told in the language of the reader.

The core writes them in English, beside the value they belong to. The site shows them in Dutch from its catalogue, which
is checked against `of_data`, so that a new reason without a translation is noticed. What people type stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop
from pydantic import BaseModel

from keten.costs import load_unit_costs
from keten.parameters.load import load_chain
from keten.parameters.opening_stock import load_opening_stock
from keten.steering.ahead import load_remedies
from keten.steering.authority import load_authority
from keten.steering.exercise import load_exercise
from keten.steering.letters import load_record

CHAIN_TABLES = gettext_noop("Made from the chain tables, which hold from 2023; each row there has its own source.")
"""Why the reference model is what it is."""


@cache
def of_data() -> frozenset[str]:
    """Give every reason and unit in the data that a page of the record shows."""
    costs = load_unit_costs()
    points = load_chain().handover_points
    shown = {
        CHAIN_TABLES,
        *_assumptions(load_record()),
        *_assumptions(load_exercise()),
        *_assumptions(load_authority()),
        *(row.cost.assumption for row in costs),
        *(row.cost.unit for row in costs),
        *(point.note for point in points),
        *(group.count.assumption for group in load_opening_stock() if group.count is not None),
        *(capacity.assumption for capacity in load_chain().resource("decision_officers_track_4").capacity),
        *(part.assumption for remedy in load_remedies() for part in remedy.parts if part.source is None),
    }
    return frozenset(text for text in shown if text)


def _assumptions(row: Any) -> Iterator[str]:
    """Find the assumptions in a row and in everything inside it."""
    if isinstance(row, BaseModel):
        found = getattr(row, "assumption", None)
        if isinstance(found, str):
            yield found
        for name in type(row).model_fields:
            yield from _assumptions(getattr(row, name))
    elif isinstance(row, dict):
        for part in row.values():
            yield from _assumptions(part)
    elif isinstance(row, tuple | list):
        for part in row:
            yield from _assumptions(part)


def told(text: str | None) -> SafeString | str:
    """Write a reason in the language of the page; what is there in English only says so to a screen reader."""
    if not text or text not in of_data():
        return text or ""
    said = gettext(text)
    return format_html('<span lang="en">{}</span>', text) if said == text and get_language() != "en" else said
