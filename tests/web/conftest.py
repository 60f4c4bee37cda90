# SPDX-License-Identifier: EUPL-1.2
"""The site on a real PostgreSQL in a temporary folder, with studies whose figures are made up."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import made_up_study
import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import DjangoDbBlocker

from keten.study.results import Results, read_results
from keten_web.accounts import actions
from keten_web.accounts.models import User
from keten_web.accounts.roles import ROLES
from keten_web.config import database

SCENARIOS = {"low": 0.3, "likely": 1.0, "high": 1.6}
UNKNOWN = "share_decided_in_time"


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Start the database in a folder of its own; its path is short, because a socket stands in it."""
    folder = Path(tempfile.mkdtemp(prefix="keten-"))
    with database.embedded(folder / "postgres") as url:
        django_settings.DATABASES["default"].update(database.settings(url), CONN_MAX_AGE=0)
        yield
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three studies; in each of them one indicator is unknown."""
    folder = tmp_path_factory.mktemp("studies")
    for name, growth in SCENARIOS.items():
        made_up_study.write(folder / name, scenario=name, growth=growth, unknown=frozenset({UNKNOWN}))
    return folder


@pytest.fixture(scope="session")
def likely(studies: Path) -> Results:
    return read_results(studies / "likely")


@pytest.fixture(autouse=True)
def site_settings(settings, studies: Path, tmp_path: Path) -> None:
    """Plain HTTP and unhashed static files: what differs from a real site is tested in `test_serving`."""
    settings.STUDIES = studies
    settings.FIRST_STUDY = "likely"
    settings.SECURE_SSL_REDIRECT = False
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Put in what every site has before anybody logs in: the partners and the roles."""
    with django_db_blocker.unblock():
        _synchronise()


def _synchronise() -> None:
    actions.synchronise_partners()
    actions.synchronise_roles()


class Cast(Mapping[str, Client]):
    """The standing test users: one per role, someone without a role, and nobody; each logs in when first asked for."""

    def __init__(self) -> None:
        names = (*ROLES, "outsider")
        made = User.objects.bulk_create(User(username=name, name=name, partner_id="IND") for name in names)
        self._users = {user.username: user for user in made}
        groups = {group.name: group for group in Group.objects.all()}
        memberships = [User.groups.through(user=self._users[role], group=groups[role]) for role in ROLES]
        User.groups.through.objects.bulk_create(memberships)
        self._clients = {"anonymous": Client()}

    def __getitem__(self, role: str) -> Client:
        if role not in self._clients:
            self._clients[role] = Client()
            self._clients[role].force_login(self._users[role])
        return self._clients[role]

    def __iter__(self) -> Iterator[str]:
        return iter(("anonymous", *ROLES, "outsider"))

    def __len__(self) -> int:
        return len(ROLES) + 2


@pytest.fixture
def cast(db: None) -> Cast:
    """The standing test users, in a site that knows its partners and roles."""
    if not Group.objects.exists():  # a test that really commits has emptied all tables after itself
        _synchronise()
    return Cast()


@pytest.fixture
def reader(cast: Cast) -> Client:
    return cast["partner_reader"]
