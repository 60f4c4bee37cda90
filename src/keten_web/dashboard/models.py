# SPDX-License-Identifier: EUPL-1.2
"""The dashboard stores nothing; it only has a permission."""

from __future__ import annotations

from django.db import models


class Dashboard(models.Model):
    """Carries the permission to see the dashboard; there is no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("view_dashboard", "Can view the dashboard")]
