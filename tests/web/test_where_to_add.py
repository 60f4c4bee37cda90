# SPDX-License-Identifier: EUPL-1.2
"""Two rows of "Where do I add": one new file, and an indicator or a lever stands on a page and in the command line."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from keten.cli import build
from keten.indicators import catalogue, definitions, registry
from keten.whatif import chosen, lever, levers
from keten_web.foresight import figures
from keten_web.record import reasons

SCENARIO = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"

INDICATOR = """
import polars as pl

from keten.domain.words import ChainGoal, Direction
from keten.indicators import sums
from keten.indicators.registry import indicator
from keten.indicators.signal_values import Level, Signal
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "reception_of_minors",
    name=("Kinderen in de opvang", "Minors in reception"),
    definition=("Aantal kinderen in de opvang.", "Number of minors in reception."),
    unit="persons",
    goal=ChainGoal.RECEPTION,
    owner="COA",
    direction=Direction.LOWER_IS_BETTER,
    counter_indicator="permit_holders_housed",
    signal=Signal(
        values=(Level(4321, assumption="An example."),),
        attention_band=Level(100, assumption="An example."),
        dead_band=Level(50, assumption="An example."),
    ),
)
def reception_of_minors(tables: Tables, _chain: Chain) -> pl.DataFrame:
    return sums.column_sum(tables, "reception", "persons", pl.col("group") == "MINORS")
"""

LEVER = """
from functools import partial

from keten.domain.language import Words
from keten.whatif.lever import Lever
from keten.whatif.writing import hours_in_percent, write_percentage

LEVER = Lever(
    id="return_hours",
    section="people",
    rank=900,
    words=Words(nl="Uren van de terugkeer", en="Hours of return"),
    unit=Words(nl="% van nu", en="% of now"),
    reason=Words(nl="Een voorbeeld; dat is een aanname.", en="An example; that is an assumption."),
    low=50,
    high=150,
    step=10,
    stands=partial(hours_in_percent, resource="return_officers"),
    write=partial(write_percentage, resource="return_officers"),
)
"""


def forget() -> None:
    """Look into the folders anew at the next question."""
    of_indicators = (registry.indicators, definitions.definitions, reasons.of_data, figures._points)
    for kept in (*of_indicators, lever.levers, chosen.in_base):
        kept.cache_clear()


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A file beside the indicators and one beside the levers, in a folder that goes again."""
    files = ((catalogue, "reception_of_minors", INDICATOR), (levers, "return_hours", LEVER))
    for package, name, text in files:
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    monkeypatch.setattr(registry, "_DECLARED", dict(registry._DECLARED))
    forget()
    yield
    for package, name, _ in files:
        sys.modules.pop(f"{package.__name__}.{name}", None)
    forget()


def told(*words: str) -> list[dict[str, object]]:
    """What a command says, as data."""
    answer = CliRunner().invoke(build(), [*words, "--json"])
    assert answer.exit_code == 0, answer.output
    return list(json.loads(answer.stdout))


@pytest.mark.usefixtures("added")
def test_an_indicator_is_one_file(reader: Client) -> None:
    (row,) = [row for row in told("indicators", "list") if row["id"] == "reception_of_minors"]
    assert row["owner"] == "COA"
    page = reader.get(reverse("overview")).content.decode()
    assert "Kinderen in de opvang" in page
    page = reader.get(reverse("indicator", args=["reception_of_minors"])).content.decode()
    assert "Aantal kinderen in de opvang." in page


@pytest.mark.usefixtures("added")
def test_a_lever_is_one_file(reader: Client, settings: Any, short_study: Path) -> None:
    settings.STUDIES, settings.FIRST_STUDY = short_study.parent, short_study.name
    (row,) = [row for row in told("choice", "levers", str(SCENARIO)) if row["id"] == "return_hours"]
    assert (row["stands"], row["low"], row["high"]) == (100, 50, 150)
    page = reader.get(reverse("what-if")).content.decode()
    assert "Uren van de terugkeer" in page
    assert 'name="return_hours"' in page


def test_what_was_added_is_gone_again(reader: Client) -> None:
    names = {row["id"] for row in (*told("indicators", "list"), *told("choice", "levers", str(SCENARIO)))}
    assert not names & {"reception_of_minors", "return_hours"}
