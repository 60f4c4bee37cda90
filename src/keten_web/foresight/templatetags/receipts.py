# SPDX-License-Identifier: EUPL-1.2
"""The one way to the receipt behind a figure; available in every template."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.urls import reverse

from keten_web.foresight import definitions

register = template.Library()


@register.inclusion_tag("foresight/link.html", takes_context=True)
def receipt_link(context: Context, figure: str, on: date | None = None, *, choice: str = "") -> dict[str, Any]:
    """Link a figure to its receipt: of a choice, or of the study (and the choices) in the address of this page."""
    query = QueryDict(mutable=True) if choice else context["request"].GET.copy()
    query["figure"] = figure
    if on is not None:
        query["on"] = on.isoformat()
    if choice:
        query["keuze"] = choice
    return {"address": f"{reverse('figure-receipt')}?{query.urlencode()}", "name": definitions.name_of(figure)}
