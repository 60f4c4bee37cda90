# SPDX-License-Identifier: EUPL-1.2
"""Signals ahead for the pages that show signals; they need no code of their own for it."""

from __future__ import annotations

from typing import Any

from django import template

from keten_web.foresight import queries

register = template.Library()


@register.simple_tag
def foreseen_signals() -> list[queries.ForecastLine]:
    """Give the signals ahead that are open."""
    return queries.foreseen()


@register.simple_tag
def foreseen_of(signal: Any) -> queries.ForecastLine | None:
    """Give what was foreseen of one signal; None when it was raised on published figures."""
    return queries.foreseen_of(signal)
