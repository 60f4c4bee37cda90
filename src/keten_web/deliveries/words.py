# SPDX-License-Identifier: EUPL-1.2
"""What tables and columns of figures are called on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TABLES = {
    "inflow": _("Inflow"),
    "stock": _("Stock"),
    "decisions": _("Applications handled"),
    "throughput": _("Throughput times"),
    "staff": _("Staff"),
    "reception": _("Reception"),
    "departures": _("Departures"),
    "return_files": _("Return files"),
    "detention": _("Aliens detention"),
    "penalties": _("Penalties and notices of default"),
    "forecasts": _("Forecasts"),
    "plans": _("Agreed production"),
    "unit_costs": _("Unit costs"),
    "budgets": _("Budgets"),
    "key_figures": _("Other key figures"),
    "distributions": _("Forecasts with their quantiles"),
}
STATES = {
    "final": _("final"),
    "provisional": _("provisional"),
    "suppressed": _("suppressed"),
    "unknown": _("not known yet"),
}


def table(name: str) -> str:
    """Name a table."""
    return str(TABLES.get(name, name))
