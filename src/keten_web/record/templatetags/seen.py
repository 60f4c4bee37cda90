# SPDX-License-Identifier: EUPL-1.2
"""Figures of a row as who asks may see them."""

from __future__ import annotations

from typing import Any

from django import template

from keten_web.record import values
from keten_web.record.models import Record

register = template.Library()


@register.filter
def as_seen(record: Record, name: str) -> Any:
    """Give a value of a row; of a small count only that it is small."""
    return values.value_of(record, name)
