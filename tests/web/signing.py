# SPDX-License-Identifier: EUPL-1.2
"""What every site has before anybody logs in, put in as the site does it: signed in the audit trail."""

from __future__ import annotations

from django.contrib.auth.models import Group

from keten_web.accounts import actions as accounts
from keten_web.accounts.models import PartnerOrganisation
from keten_web.audit import actions as audit


def nothing_unsigned() -> None:
    """Take away the partners and roles that the session of tests made; nobody signed them."""
    Group.objects.all().delete()
    PartnerOrganisation.objects.all().delete()


def partners_and_roles() -> None:
    """Put in partners and roles, with the event that signs them."""
    nothing_unsigned()
    with audit.changing() as changes:
        accounts.synchronise_partners()
        accounts.synchronise_roles()
        changes.sign("synchronise", "chain tables", request=None, by=None)
