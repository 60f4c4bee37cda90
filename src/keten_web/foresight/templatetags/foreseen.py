# SPDX-License-Identifier: EUPL-1.2
"""Signals ahead for the pages that show signals; they need no code of their own for it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from keten_web.foresight import queries
from keten_web.record.permissions import steers

register = template.Library()


@register.simple_tag
def foreseen_signals() -> list[queries.ForecastLine]:
    """Give the signals ahead that are open."""
    return queries.foreseen()


@register.simple_tag(takes_context=True)
def may_look_ahead(context: Context) -> bool:
    """Say whether the reader steers the chain, and so may raise what a study foresees."""
    return bool(steers.test(context["request"].user, None))


@register.simple_tag
def foreseen_of(signal: Any) -> queries.ForecastLine | None:
    """Give what was foreseen of one signal; None when it was raised on published figures."""
    return queries.foreseen_of(signal)
