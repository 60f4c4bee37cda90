# SPDX-License-Identifier: EUPL-1.2
"""Roles are groups; a role is a name and what it permits."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What one may do."""

    VIEW_DASHBOARD = "dashboard.view_dashboard"
    VIEW_RECORD = "record.view_record"
    VIEW_EXACT_COUNTS = "record.view_exact_counts"
    """Counts of people and cases below ten, and the files in which they are delivered."""
    WRITE_OWN = "record.write_own"
    STEER_CHAIN = "record.steer_chain"
    APPROVE = "record.approve"
    VIEW_AUDIT = "record.view_audit"
    MANAGE_USERS = "record.manage_users"


_LOOK = (Permission.VIEW_DASHBOARD, Permission.VIEW_RECORD)
_WORK = (*_LOOK, Permission.VIEW_EXACT_COUNTS)
ROLES = {
    "chain_director": (_("Chain director"), (*_WORK, Permission.WRITE_OWN, Permission.STEER_CHAIN)),
    "partner_planner": (_("Planner of a partner"), (*_WORK, Permission.WRITE_OWN)),
    "partner_reader": (_("Reader of a partner"), _LOOK),
    "board_member": (_("Board member of a partner"), (*_WORK, Permission.APPROVE)),
    "auditor": (_("Auditor"), (*_WORK, Permission.VIEW_AUDIT)),
    "administrator": (_("Administrator of users"), (*_LOOK, Permission.MANAGE_USERS)),
}
"""Name of the group -> its name on the screen and its permissions."""
