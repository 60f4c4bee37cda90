# SPDX-License-Identifier: EUPL-1.2
"""One figure of one month reads the same on every page, or the page says how it was got otherwise.

Every level is marked by `keten_web.words.marks`; what is compared here are the marks of all pages that show a
study. So a page that is added later is compared as soon as it writes a level, and the pages themselves are found by
what the study holds: every indicator, every partner, every date of the map.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from keten.domain.figures import Range
from keten.indicators.registry import indicators
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.interval import Interval
from keten.study.results import Results, read_results
from keten.study.run import Settings, run_study
from keten_web.accounts.models import User
from keten_web.dashboard import queries
from keten_web.studies.models import KeptScenario, Run, State
from keten_web.tower import figures, overview, quick
from keten_web.tower.inquiries import FIGURES
from keten_web.words import marks, wording

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
RUNS = quick.REPLICATIONS + 3
"""More than the quick look has, so that its figures would differ from those of the study."""

MARK = re.compile(
    r'<data value="(?P<value>[^"]*)" data-figure="(?P<figure>[^"]*)" data-month="(?P<month>[^"]*)"'
    r'(?: data-way="(?P<way>[^"]*)")?>(?P<text>[^<]*)</data>'
)


@dataclass(frozen=True)
class Seen:
    """A marked figure on a page."""

    page: str
    figure: str
    month: str
    way: str
    value: str
    middle: str
    band: str


def seen_on(page: str, body: str) -> Iterator[Seen]:
    about, _bar, _rest = wording._("about %(figure)s").partition("%")
    for found in MARK.finditer(body):
        middle, _bracket, band = unescape(found["text"]).partition(" (80%: ")
        yield Seen(
            page,
            found["figure"],
            found["month"],
            found["way"] or "",
            found["value"],
            middle.removeprefix(about),
            band.removesuffix(")"),
        )


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A real study of two months, with more replications than a quick look."""
    folder = tmp_path_factory.mktemp("one-figure") / "whole"
    scenario = read_scenario(LETTER).model_copy(update={"horizon": date(2023, 6, 30)})
    run_study(prepare(scenario), Settings(seed=7, replications=RUNS), folder)
    return read_results(folder)


@pytest.fixture
def shown(settings, study: Results) -> Results:
    settings.STUDIES = study.folder.parent
    settings.FIRST_STUDY = study.name
    return study


def addresses(results: Results) -> Iterator[str]:
    """Give every page that shows figures of a study."""
    yield from (reverse(name) for name in ("overview", "stock", "tower", "promise"))
    yield from (f"{reverse('chain-map')}?on={on}" for on in queries.map_dates(results))
    yield from (reverse("indicator", kwargs={"identifier": row.id}) for row in indicators())
    for partner in overview.tower(results).partners:
        yield reverse("tower-partner", kwargs={"code": partner.code})
    yield reverse("what-if") + "?baa=0"
    for figure in (*(measure for measure, _kind in FIGURES), "held.IND", "stage.appeal", *(r.id for r in indicators())):
        for on in results.month_ends:
            yield f"{reverse('figure-receipt')}?figure={figure}&on={on}"


@pytest.fixture
def compared(cast, settings, shown: Results, tmp_path: Path) -> str:
    """The page that puts scenarios side by side, with a run of the same scenario, so with the same figures."""
    settings.RUNS = tmp_path / "runs"
    author = User.objects.get(username="partner_reader")
    kept = KeptScenario.objects.create(title="De studie zelf", reason="Vergelijken", base=shown.name, document={},
                                       author=author)  # fmt: skip
    run = Run.objects.create(scenario=kept, asked_by=author, replications=RUNS, state=State.DONE)
    shutil.copytree(shown.folder, settings.RUNS / f"run-{run.pk}")
    return f"{reverse('scenario-compare')}?with={kept.pk}"


def test_one_figure_of_one_month_reads_the_same_on_every_page(reader, shown, compared):
    seen: list[Seen] = []
    pages = [*addresses(shown), compared]
    for address in pages:
        response = reader.get(address)
        if response.status_code == 404 and address.startswith(reverse("figure-receipt")):
            continue  # the study does not have that figure in that month
        assert response.status_code == 200, address
        seen += seen_on(address, response.content.decode())
    by_figure, by_value = defaultdict(set), defaultdict(set)
    for row in seen:
        by_figure[row.figure, row.month, row.way].add((row.value, row.middle))
        if len(row.value) > 3 and not row.way:  # an indicator and the measure it is made of
            by_value[row.value, row.month].add(row.middle)
    assert {key: found for key, found in by_figure.items() if len(found) > 1} == {}
    assert {key: found for key, found in by_value.items() if len(found) > 1} == {}
    bands = defaultdict(set)
    for row in seen:
        if row.band:
            bands[row.figure, row.month].add(row.band)
    assert {key: found for key, found in bands.items() if len(found) > 1} == {}
    on_pages = {row.page.partition("?")[0] for row in seen if row.figure == "stock.track_4" and row.month == "2023-06"}
    wanted = {
        reverse(name) for name in ("stock", "tower", "chain-map", "what-if", "figure-receipt", "scenario-compare")
    }
    assert on_pages >= wanted
    occupied = {row.page.partition("?")[0] for row in seen if row.figure.replace("_", ".") == "reception.occupancy"}
    assert occupied >= {reverse(name) for name in ("overview", "chain-map", "what-if", "figure-receipt")}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ("Snelle blik, 4 herhalingen", "De basis is het cijfer van de studie zelf, uit 7 herhalingen")),
        ("en", ("Quick look, 4 replications", "The base is the figure of the study itself, from its 7 replications")),
    ],
)
def test_fewer_runs_than_the_study_has_are_told_at_the_figure(language, words, reader, shown):
    reader.cookies["django_language"] = language
    page = reader.get(reverse("what-if") + "?baa=0").content.decode()
    for said in words:
        assert said in page


def test_the_title_of_a_chart_writes_its_last_month_as_the_table_does(shown):
    with translation.override("nl"):
        for chart in queries.stocks(shown):
            spread = shown.measures[chart.id].at(shown.horizon)
            assert spread is not None
            written = (wording.about(spread, "cases"), wording.band(spread, "cases"))
            assert any(text in chart.title for text in written)
            assert wording.forecast(spread, "cases") in chart.summary


def test_the_load_of_the_tower_is_the_measure_over_the_same_months(shown):
    with translation.override("nl"):
        rows = [row for row in overview.tower(shown).capacities if row.load]
        assert rows
        for row in rows:
            months = list(shown.measures[row.figure].months.values())[: overview.YEAR]
            assert row.load == wording.exact(sum(spread.p50 for spread in months) / len(months), "ratio")


LEVEL = Range(56_501, 64_222, 72_587, 64_566)


def test_a_base_is_written_by_its_own_band_and_the_difference_by_its_own():
    on = date(2024, 12, 31)
    with translation.override("nl"):
        own = figures.Own("stock.track_4", on, LEVEL)
        line = figures.line(64_800.0, Interval(-120.0, -130.0, -110.0), "cases", own=own, runs=4)
        assert line.base == marks.middle("stock.track_4", on, LEVEL, "cases")
        assert ">64.000<" in line.base
        assert (line.variant, line.difference) == ("64.000", "\N{MINUS SIGN}120")


def test_a_base_that_the_study_does_not_have_says_how_many_runs_it_comes_from():
    with translation.override("nl"):
        line = figures.line(64_812.0, Interval(-120.0, -130.0, -110.0), "cases", runs=4)
        assert line.base == "64.800 (4 herhalingen)"
