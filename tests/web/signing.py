# SPDX-License-Identifier: EUPL-1.2
"""What every site has before anybody logs in, put in as the site does it: signed in the audit trail."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection

from keten_web.accounts import actions as accounts
from keten_web.accounts.models import PartnerOrganisation
from keten_web.audit import actions as audit
from keten_web.deliveries import actions as deliveries
from keten_web.deliveries.models import DeliveredFigure, Delivery


def no_figures() -> None:
    """Take away the published figures that the session of tests put in; nobody signed them."""
    tables = ", ".join(
        model._meta.db_table for model in (DeliveredFigure, Delivery, apps.get_model("deliveries", "DeliveryEvent"))
    )
    with connection.cursor() as cursor:  # rows that no program may take away one by one
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def nothing_unsigned() -> None:
    """Take away the partners, roles and figures that the session of tests made; nobody signed them."""
    no_figures()
    Group.objects.all().delete()
    PartnerOrganisation.objects.all().delete()


def figures() -> None:
    """Put in the published figures as a site does, with the event that signs them."""
    no_figures()
    with audit.written("synchronise", lambda: "published figures", request=None, by=None):
        deliveries.seed()


def partners_and_roles() -> None:
    """Put in partners, roles and published figures, with the events that sign them."""
    nothing_unsigned()
    with audit.changing() as changes:
        accounts.synchronise_partners()
        accounts.synchronise_roles()
        changes.sign("synchronise", "chain tables", request=None, by=None)
    figures()
