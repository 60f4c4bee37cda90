# SPDX-License-Identifier: EUPL-1.2
"""Roles are groups; a role is a name and what it permits."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What one may do."""

    VIEW_DASHBOARD = "dashboard.view_dashboard"


ROLES = {
    "chain_director": (_("Chain director"), (Permission.VIEW_DASHBOARD,)),
    "partner_planner": (_("Planner of a partner"), (Permission.VIEW_DASHBOARD,)),
    "partner_reader": (_("Reader of a partner"), (Permission.VIEW_DASHBOARD,)),
}
"""Name of the group -> its name on the screen and its permissions."""
