# SPDX-License-Identifier: EUPL-1.2
"""The name of a table of figures: `{{ delivery.table|figure_table }}`."""

from __future__ import annotations

from django import template

from keten_web.deliveries import words

register = template.Library()
register.filter("figure_table", words.table)
