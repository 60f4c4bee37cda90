# SPDX-License-Identifier: EUPL-1.2
"""Twelve months through the site: five partners deliver, late, wrong and corrected; the wheel turns without a restart.

One story, as each month stands on the one before it; what is asked of it is told in one line per month.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from keten.observations import stock_on
from keten.scenario.read import read_scenario
from keten.study.folder import read_receipt
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study
from keten.whatif import apart, month
from keten_web.accounts.models import User
from keten_web.deliveries import known
from keten_web.deliveries.models import Delivery
from keten_web.deliveries.models import State as DeliveryState
from keten_web.foresight.actions import load_exercise
from keten_web.foresight.models import SteeringChoice
from keten_web.record import actions as record
from keten_web.rounds import actions, moving
from keten_web.rounds.models import Closing, MonthReport, MonthRound, RoundState
from keten_web.steering import kinds, models
from keten_web.studies.models import State

LETTER, BASE = Path("examples/letter-2023/most-likely.toml"), "likely"
START, LETTER_DAY = date(2023, 6, 30), date(2023, 7, 13)
PARTNERS = ("IND", "COA", "DTV", "DJI", "MINISTRY")
LATE = ("COA", date(2023, 9, 30))
"""Who delivers a month only after it was closed."""
WHY = {"reason": "Besproken in het ketenberaad."}


@pytest.fixture(scope="module")
def base_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real study of one replication that reaches beyond the twelve months."""
    folder = tmp_path_factory.mktemp("bases")
    scenario = read_scenario(LETTER).model_copy(update={"horizon": date(2024, 7, 31)})
    run_study(prepare(scenario), Settings(replications=1), folder / BASE)
    return folder


def months(first: date) -> Iterator[date]:
    """Give the ends of twelve months."""
    yield from itertools.islice(
        itertools.accumulate(itertools.repeat(first), lambda end, _: apart.month_after(end)), 12
    )


class Chain:
    """The people of the chain, each with a window on the site."""

    def __init__(self) -> None:
        self.director = self._window("chain_director", "MINISTRY")
        self.board = self._window("board_member", "IND")
        self.planners = {partner: self._window("partner_planner", partner) for partner in PARTNERS}

    @staticmethod
    def _window(role: str, partner: str) -> Client:
        user = User.objects.create(username=f"{role}-{partner}".lower(), name=f"{role} {partner}", partner_id=partner)
        user.groups.set(Group.objects.filter(name=role))
        client = Client()
        client.force_login(user)
        return client

    def turn(self, day: date) -> None:
        assert self.director.post(reverse("turn-day"), {"day": day.isoformat(), "next": "/"}).status_code == 302

    def deliver(self, made: apart.HandedIn, content: bytes | None = None) -> str:
        """Deliver a file by the page of its partner; gives what the page says, and accepts when nothing is wrong."""
        client = self.planners[made.partner]
        sent = {"file": SimpleUploadedFile(made.name, content or made.content), "language": "en", "table": made.table}
        answer = client.post(reverse("deliveries"), sent)
        if answer.status_code == 302:
            client.post(f"{answer.url}/stap/akkoord")
            return client.get(answer.url).content.decode()
        return answer.content.decode()

    def close(self, end: date) -> Closing:
        """Close a month by its button; the worker does it."""
        self.director.post(reverse("month-round-close", args=(f"{end:%Y-%m}",)))
        closing = Closing.objects.filter(round__month_end=end).latest("pk")
        actions.carry_out(closing.pk)
        closing.refresh_from_db()
        assert closing.state == State.DONE, closing.progress
        return closing

    @staticmethod
    def step(client: Client, row: models.Record, name: str, **more: object) -> None:
        """Take a step by its form."""
        row.refresh_from_db()
        address = f"{row.get_absolute_url()}/stap/{name}"
        answer = client.post(address, {"expected_version": row.version, **WHY, **more})
        assert answer.status_code == 302, answer.content.decode()
        row.refresh_from_db()


@pytest.fixture
def chain(letters_of_steering, db, base_study, settings, monkeypatch) -> Chain:
    settings.DEMO, settings.STUDIES, settings.FIRST_STUDY = True, base_study, BASE
    monkeypatch.setattr(month, "REPLICATIONS", 1)
    load_exercise()
    return Chain()


def test_twelve_months_through_the_site(chain, base_study):
    course = apart.draw(read_scenario(LETTER), START, LETTER_DAY, seed=11)
    waiting: list[apart.HandedIn] = []
    scored = len(SteeringChoice.objects.get().judgement["splits"])
    for number, end in enumerate(months(date(2023, 7, 31))):
        following = apart.month_after(end)
        chain.turn((end + timedelta(days=1)).replace(day=26))
        of_month = course.handed_in(end)
        for made in [*waiting, *of_month]:
            if (made.partner, end) == LATE:
                continue
            if number == 1 and made.table == "stock" and "definitief" not in made.name:
                refused = chain.deliver(made, made.content.replace(b"track_4,", b"track_4,-"))
                assert "faults--summary" in refused, "a wrong file is refused, and mended"
            assert "faults--summary" not in chain.deliver(made), made.name
        waiting = [made for made in of_month if (made.partner, end) == LATE]
        closing = chain.close(end)
        if number == 3:
            late = [row for row in closing.outcome["earlier_months"] if row["on"] == LATE[1].isoformat()]
            assert any("reception" in row["name"] for row in late), "what came late belongs to the earlier months"
        stock = stock_on(known.known_on(closing.known_on), end, "track_4").count
        folder = base_study / moving.name_of(BASE, end)
        if following < date(2024, 7, 31):
            opened = {row["name"]: row["value"] for row in read_receipt(folder)["opening_stock"]}
            assert opened["opening.track_4"] == stock, "the opening stock is the delivered count"
        handled = f"{course.months[end]['production.track_4']:,.0f}".replace(",", ".")
        page = chain.director.get("/indicatoren/production_track_4").content.decode()
        if number and end != LATE[1]:
            before = end.replace(day=1) - timedelta(days=1)
            final = f"{course.months[before]['production.track_4']:,.0f}".replace(",", ".")
            assert final in page, f"{end}: the tile shows the figure of {before} as it was corrected ({handled})"
    # agreement: the actuals of the year are the delivered ones, corrected
    agreement = models.PerformanceAgreement.objects.get(code="production_track_4_2023")
    actuals = {row.period_end: row.value for row in agreement.actuals.filter(is_withdrawn=False)}
    for end in (date(2023, 7, 31), date(2023, 11, 30)):
        assert actuals[end] == round(course.months[end]["production.track_4"])
    assert Delivery.objects.filter(state=DeliveryState.ACCEPTED).values("sender").distinct().count() == len(PARTNERS)
    assert MonthRound.objects.filter(state=RoundState.CLOSED).count() == 12
    assert MonthReport.objects.values("round").distinct().count() == 12
    # signal: raised by the figures, answered by a board with a decision of a meeting
    signal = models.Signal.objects.filter(state="raised", raised_on__gt=LETTER_DAY, ended_on=None).first()
    assert signal is not None, "a delivered figure raised a signal"
    assert signal.receipt
    body = models.GovernanceBody.objects.get(code="tactical_body")
    chain.step(chain.planners["IND"], signal, "bevestigen", body=body.pk)
    assert signal.state == "acknowledged"
    director, board = (User.objects.get(username=name) for name in ("chain_director-ministry", "board_member-ind"))
    sitting = record.create(
        kinds.MEETINGS, {"title": "Overleg van juni", "body": body, "on": date(2024, 7, 10)}, by=director
    )
    decision = record.create(
        kinds.DECISIONS,
        {"title": "Meer mensen op spoor 4", "body": body, "meeting": sitting, "indicators": ["production_track_4"]},
        by=director,
    )
    chain.step(chain.director, sitting, "houden")
    chain.step(chain.board, decision, "nemen")
    (figure,) = decision.evidence["figures"]
    assert figure["on"] == "2024-06-30", "the evidence of a decision is the newest delivered figure"
    assert board.partner_id == "IND"
    # score of a choice, next framework
    assert len(SteeringChoice.objects.get().judgement["splits"]) > scored, "a delivered figure scores a choice"
    framework = models.PolicyFramework.objects.get(year=2024)
    assert framework.state == "draft"
    assert framework.lines.filter(is_withdrawn=False).exists()
