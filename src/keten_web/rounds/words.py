# SPDX-License-Identifier: EUPL-1.2
"""How the round of a month is told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from keten.whatif.month import Because

CAUSES = {
    Because.INFLOW: _("Inflow"),
    Because.PRODUCTION: _("Production: handled otherwise than expected"),
    Because.RULES: _("Rules"),
    Because.CORRECTIONS: _("Corrected figures"),
    Because.MODEL: _("Model"),
    Because.REST: _("Not explained: chance and coincidence"),
}
STATES = {
    "done": ("on_course", _("done")),
    "busy": ("attention", _("busy")),
    "open": ("unknown", _("not yet")),
    "failed": ("signal", _("failed")),
    "waiting": ("attention", _("still open")),
}
"""State of a step -> its shape and its word."""
