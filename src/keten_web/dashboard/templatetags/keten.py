# SPDX-License-Identifier: EUPL-1.2
"""Small helpers for templates; available in every template."""

from __future__ import annotations

from datetime import date
from functools import cache

from django import template
from django.conf import settings
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from keten_web.accounts import exact_counts
from keten_web.dashboard import sentences
from keten_web.sheets.writing import FORMS
from keten_web.words import names, wording

register = template.Library()
register.filter("day", wording.day)
register.filter("short_day", wording.short_day)
register.filter("month", wording.month)
register.filter("month_short", wording.short_month)
register.filter("partner_short", names.partner_short)
register.filter("approver", names.approver)
register.filter("moment", wording.moment)
register.filter("unit_words", wording.unit_words)
register.filter("state_word", sentences.state_word)
register.filter("unit_beside", wording.unit_beside)


@register.filter
def plain(value: float | None, unit: str) -> str:
    return "" if value is None else wording.plain(value, unit)


@register.filter
def exact(value: float | None, unit: str) -> str:
    return "" if value is None else wording.exact(value, unit)


@register.simple_tag
def why_not_shown() -> str:
    """Say once, below the figures of a page, why some of them are not there; empty when all are."""
    return wording.why_not_shown() if exact_counts.is_something_hidden() else ""


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Put a vendored icon in the page, without meaning of its own for a screen reader."""
    source = (settings.PACKAGE / "static" / "vendor" / "tabler-icons" / f"{name}.svg").read_text()
    return mark_safe(source.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1))  # a file of our own


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: object) -> str:
    """Give the query string of this page with some values changed; None takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value.isoformat() if isinstance(value, date) else str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.inclusion_tag("parts/downloads.html", takes_context=True)
def downloads(context: Context, name: str, title: str, **arguments: object) -> dict[str, object]:
    """Offer a table as csv, xlsx and ods, with what this page was asked."""
    query = with_query(context)
    addresses = [(form, reverse(name, kwargs={**arguments, "form": form}) + query) for form in FORMS]
    return {"addresses": addresses, "title": title}
