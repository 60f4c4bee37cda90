# SPDX-License-Identifier: EUPL-1.2
"""Who asks: someone who is logged in on the site, or a program with an access token."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from keten_web.accounts import bounds, tokens
from keten_web.accounts.models import User
from keten_web.accounts.roles import Permission
from keten_web.api import problems

READ, WRITE = "lezen", "schrijven"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SCHEMES = {
    "sessie": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Ingelogd in de browser."},
    "token": {"type": "http", "scheme": "bearer", "description": "Toegangstoken met de scope lezen of schrijven."},
}


class SessionOrToken(AuthBase):
    """Gives the user, with the rights that both the user and the token have."""

    openapi_type = "http"

    def __call__(self, request: HttpRequest) -> User:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        user = self._by_token(request, token.strip()) if scheme.lower() == "bearer" else self._by_session(request)
        request.user = user
        if seconds := bounds.API.wait(f"user:{user.pk}"):
            detail = _("This was too much in a minute. Try again in %(seconds)s seconds.") % {"seconds": seconds}
            raise problems.Refusal(429, detail, Retry_After=str(seconds))
        if not user.has_perm(Permission.VIEW_RECORD):
            raise problems.Refusal(403, problems.ordinary(403))
        return user

    def _by_token(self, request: HttpRequest, token: str) -> User:
        found = tokens.read(token)
        if found is None:
            raise problems.Refusal(401, problems.ordinary(401), WWW_Authenticate='Bearer error="invalid_token"')
        needed = READ if request.method in SAFE else WRITE
        if needed not in found.scopes:
            detail = _("This access token may not do this; it needs the scope “%(scope)s”.") % {"scope": needed}
            raise problems.Refusal(403, detail, WWW_Authenticate=f'Bearer error="insufficient_scope", scope="{needed}"')
        return found.user

    def _by_session(self, request: HttpRequest) -> User:
        if not request.user.is_authenticated:
            raise problems.Refusal(401, problems.ordinary(401), WWW_Authenticate="Bearer")
        if request.method not in SAFE and check_csrf(request) is not None:
            raise problems.Refusal(403, _("Send the token against forged requests (X-CSRFToken) with this session."))
        return request.user
