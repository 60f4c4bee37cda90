# SPDX-License-Identifier: EUPL-1.2
"""The site on a real PostgreSQL in a temporary folder, with studies whose figures are made up."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import made_up_study
import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.test import Client

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


@pytest.fixture
def cast(db) -> dict[str, Client]:
    """The standing test users, one per role, and someone who may log in but has no role."""
    actions.synchronise_partners()
    actions.synchronise_roles()
    clients = {"anonymous": Client()}
    for role in (*ROLES, "outsider"):
        user = User.objects.create(username=role, name=role, partner_id="IND")
        user.groups.set(Group.objects.filter(name=role))
        clients[role] = Client()
        clients[role].force_login(user)
    return clients


@pytest.fixture
def reader(cast: dict[str, Client]) -> Client:
    return cast["partner_reader"]
