# SPDX-License-Identifier: EUPL-1.2
"""Tell the rooms above that other figures are known from now on, inside the same transaction."""

from django.dispatch import Signal

figures_changed = Signal()
"""Sent with `delivery`, after it was accepted, left out or withdrawn."""
