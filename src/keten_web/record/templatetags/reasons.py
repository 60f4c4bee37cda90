# SPDX-License-Identifier: EUPL-1.2
"""Reasons of the data that ships, in the language of the page: `{{ record.assumption|told }}`."""

from __future__ import annotations

from django import template

from keten_web.record import reasons

register = template.Library()
register.filter("told", reasons.told)
