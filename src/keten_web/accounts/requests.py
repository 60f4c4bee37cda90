# SPDX-License-Identifier: EUPL-1.2
"""What every page may rely on: who is not logged in is sent to the log-in before a view is called."""

from __future__ import annotations

from django.http import HttpRequest

from keten_web.accounts.models import User


class UserRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User
