# SPDX-License-Identifier: EUPL-1.2
"""Generated requests, right and wrong, against the whole API: it keeps to its own description and never breaks.

Two checks are left out. That nobody gets in without a token is tested in `test_api_access`: here every request has
one. That all that fits the description is accepted holds for reading; what is written must also point at rows that
exist, name the version that was read, and obey rules that no description can express.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from keten_web.accounts import tokens
from keten_web.accounts.actions import issue_token
from keten_web.accounts.models import User

SOME = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Leave the connection of the test open between requests, as Django's own test client does."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.fixture
def token(cast) -> str:
    """May read and write what the director of the chain may."""
    return issue_token(User.objects.get(username="chain_director"), scopes=tokens.SCOPES, days=1, by=None)


def described() -> Any:
    """The description as the site gives it, tried in this process."""
    from keten_web.api import document
    from keten_web.site.api import api

    return schemathesis.openapi.from_dict(document.openapi(api, RequestFactory().get("/", HTTP_HOST="127.0.0.1")))


SCHEMA = described()
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.mark.parametrize("label", OPERATIONS)
def test_the_api_keeps_to_its_own_description(label, token):
    site = WSGIHandler()
    operation = OPERATIONS[label]
    left_out = [ignored_auth] if label.startswith("GET ") else [ignored_auth, positive_data_acceptance]
    right, wrong = (operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))

    @SOME
    @given(right | wrong)
    def holds(case: Any) -> None:
        with transaction.atomic():
            case.call_and_validate(app=site, headers={"Authorization": f"Bearer {token}"}, excluded_checks=left_out)

    holds()
