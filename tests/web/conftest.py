# SPDX-License-Identifier: EUPL-1.2
"""The site on a real PostgreSQL in a temporary folder, with studies whose figures are made up."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import in_browser
import made_up_study
import psycopg
import pytest
import served_site
import sharing
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import setup_databases
from in_browser import DIRECTOR, Watched
from playwright.sync_api import Browser, BrowserContext, StorageState, expect
from pytest_django import DjangoDbBlocker
from served_site import Site

from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.results import Results, read_results
from keten.study.run import Settings, run_study
from keten_web.accounts import actions
from keten_web.accounts.models import User
from keten_web.accounts.roles import ROLES
from keten_web.config import database
from keten_web.deliveries import actions as deliveries
from keten_web.steering.letters import load_letters
from keten_web.tower import quick

HERE = Path(__file__).parent
SCENARIOS = {"low": 0.3, "likely": 1.0, "high": 1.6}
UNKNOWN = "share_decided_in_time"


@pytest.fixture(scope="session", autouse=True)
def own_home() -> Iterator[Path]:
    """A home of this process alone: others run beside it. Its path is short, because a socket stands in it."""
    folder = Path(tempfile.mkdtemp(prefix="keten-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KETEN_HOME", str(folder))
        yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(own_home: Path) -> Iterator[None]:
    """Start a copy of the database with which every site of the tests starts: migrations make the tables once a run.

    With it come the secrets of its home, as what its audit trail says is signed with one of them.
    """
    sharing.copy(served_site.home_with_a_database(), own_home)
    django_settings.AUDIT_HEAD = own_home / "audit-head"
    with database.embedded(own_home / "postgres") as url:
        told = database.settings(url)
        with psycopg.connect(url, dbname="template1", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE test_{told['NAME']} TEMPLATE {told['NAME']}")
        django_settings.DATABASES["default"].update(told, CONN_MAX_AGE=0)
        yield


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Say that the database of the tests is there already."""
    return True


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


@pytest.fixture(scope="session")
def short_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real study of three months and as many replications as a quick look has, for pages that simulate."""
    folder = tmp_path_factory.mktemp("real") / "short"
    letter = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
    scenario = read_scenario(letter).model_copy(update={"horizon": date(2023, 7, 31)})
    run_study(prepare(scenario), Settings(seed=7, replications=quick.REPLICATIONS), folder)
    return folder


@pytest.fixture(autouse=True)
def site_settings(settings, studies: Path, tmp_path: Path, own_home: Path) -> None:
    """Plain HTTP and unhashed static files: what differs from a real site is tested in `test_serving`."""
    settings.STUDIES = studies
    settings.FIRST_STUDY = "likely"
    settings.AUDIT_HEAD = tmp_path / "audit-head"
    settings.RUNS, settings.SIMULATIONS = own_home / "runs", own_home / "simulations"
    settings.SECURE_SSL_REDIRECT = False
    settings.STATIC_ROOT = tmp_path
    settings.API_REQUESTS_PER_MINUTE = settings.EXPORTS_PER_MINUTE = settings.QUESTIONS_PER_MINUTE = 0  # no bound
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Put in what every site has before anybody logs in: the partners, the roles and the published figures.

    Making the tables left a trail; it goes first, as after a test that really commits.
    """
    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):  # no test of this run asks for it by a mark
            setup_databases(verbosity=0, interactive=False, keepdb=True)
        call_command("flush", verbosity=0, interactive=False)
        _synchronise()


def _synchronise() -> None:
    actions.synchronise_partners()
    actions.synchronise_roles()
    if deliveries.seed():  # nobody signed it here, so that no test has to count with its event; see `signing`
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {apps.get_model('deliveries', 'DeliveryEvent')._meta.db_table}")


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


@pytest.fixture(scope="module")
def letters_of_steering(django_db_setup: None, django_db_blocker: DjangoDbBlocker, studies: Path) -> Iterator[None]:
    """The record of the letters, put in once for all tests of a file; each test works on a savepoint inside.

    Ask for it before `cast` or `db`: what it puts in has to be there when the savepoint is made.
    """
    shown = override_settings(STUDIES=studies, FIRST_STUDY="likely")
    with shown, django_db_blocker.unblock(), transaction.atomic():
        _synchronise()
        load_letters()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def reader(cast: Cast) -> Client:
    return cast["partner_reader"]


# In a real browser ---------------------------------------------------------------------------------------------------
# One browser and one site serve a whole session; each test looks through a window of its own. Tests of a browser come
# last (see below), as the program that drives it keeps a loop running in which Django refuses to ask the database.


LONGEST = ("test_crawl", "test_backup", "test_addresses", "test_rights", "test_api_schemathesis", "test_tower_walks")
"""Files that take a minute or more: where processes share the work, they begin first, so that none is left alone."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests in a browser behind all others; side by side with others, also what takes long before the rest."""
    items.sort(key=_in_browser)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (_in_browser(item), HERE not in item.path.parents, _among_the_longest(item)))


def _in_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None


def _among_the_longest(item: pytest.Item) -> int:
    return LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """What is expected of a page may take as long as what is done to it: a busy machine is not a fault."""
    expect.set_options(timeout=in_browser.PATIENCE)
    with in_browser.launched() as launched:
        yield launched


@pytest.fixture(scope="session")
def filled_site(studies: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, its record and three made-up studies, somebody without a role, a delivery that waits."""
    folder = shutil.copytree(studies, tmp_path_factory.mktemp("served") / "studies")
    with served_site.demonstration(folder) as made:
        assert made.run("-c", served_site.MORE_THAN_THE_DEMONSTRATION).returncode == 0
        made.serve()
        yield made


@pytest.fixture(scope="session")
def site_of_a_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration with one real study of a year."""
    with served_site.with_study_until(date(2024, 4, 30), tmp_path_factory.mktemp("served")) as made:
        yield made


@pytest.fixture(scope="session")
def logged_in(browser: Browser) -> Callable[[Site, str], StorageState]:
    """Log in through the page, once per site and person; gives what a window then remembers."""

    @cache
    def state(url: str, username: str, password: str) -> StorageState:
        with contextlib.closing(in_browser.new_context(browser)) as context:
            page = context.new_page()
            page.goto(f"{url}/inloggen")
            page.fill("#id_username", username)
            page.fill("#id_password", password)
            page.click("main button[type=submit]")
            return context.storage_state()

    return lambda site, username: state(site.url, username, site.password)


@pytest.fixture
def site(filled_site: Site) -> Site:
    """The site that a page is asked of; a file of tests may name another."""
    return filled_site


def _watched(context: BrowserContext, site: Site) -> Iterator[Watched]:
    """In the end nothing may have gone wrong and nothing have left the site."""
    watched = Watched(context.new_page(), site)
    yield watched
    assert watched.complaints == []
    assert watched.elsewhere == []


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with contextlib.closing(in_browser.new_context(browser)) as made:
        yield made


@pytest.fixture
def visitor(context: BrowserContext, site: Site) -> Iterator[Watched]:
    """Someone who has not logged in."""
    yield from _watched(context, site)


@contextlib.contextmanager
def _window(browser: Browser, site: Site, state: StorageState) -> Iterator[Watched]:
    """A window of somebody who is logged in, on the first page."""
    with contextlib.closing(in_browser.new_context(browser, state)) as made:
        watching = _watched(made, site)
        watched = next(watching)
        watched.open("/")
        yield watched
        assert list(watching) == []


@pytest.fixture
def director(browser: Browser, site: Site, logged_in: Callable[[Site, str], StorageState]) -> Iterator[Watched]:
    """The director of the chain."""
    with _window(browser, site, logged_in(site, DIRECTOR)) as watched:
        yield watched


@pytest.fixture
def person(
    browser: Browser, site: Site, logged_in: Callable[[Site, str], StorageState], username: str
) -> Iterator[Watched]:
    """The one whom a test names with `username`."""
    with _window(browser, site, logged_in(site, username)) as watched:
        yield watched
