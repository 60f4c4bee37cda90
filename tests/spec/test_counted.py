# SPDX-License-Identifier: EUPL-1.2
"""A number knows what it counts: comparing two definitions is refused, a bridge is a sum, a figure counts once."""

from dataclasses import replace
from datetime import date

import pytest

from keten.domain.counted import Counted, bridge, whose_figure
from keten.domain.errors import UsageError
from keten.indicators import find, indicators, registry, signal_state
from keten.indicators.definitions import are_related, counted_by_measure, definition, definitions

DECIDED, WITHDRAWN = definition("decided.track_4"), definition("withdrawn.track_4")
OTHERWISE, HANDLED = definition("closed_otherwise.track_4"), definition("handled.track_4")
PLAN, BAA = definition("handled.track_4.annual_plan"), definition("handled.baa")


def test_two_figures_of_one_definition_have_a_difference_and_of_two_have_none():
    assert Counted(2_000, HANDLED).above(Counted(1_849, HANDLED)) == 151
    with pytest.raises(UsageError, match="first decisions in track 4"):
        Counted(600, DECIDED).above(Counted(2_932, HANDLED))


def test_handled_is_decided_and_withdrawn_and_closed_otherwise_and_no_part_is_guessed():
    parts = [Counted(600, DECIDED), Counted(60, WITHDRAWN)]
    assert bridge(HANDLED, parts) is None
    assert bridge(HANDLED, [*parts, Counted(5, OTHERWISE)]) == Counted(665, HANDLED)
    assert bridge(HANDLED, [Counted(1_500, PLAN), Counted(900, BAA)]) == Counted(2_400, HANDLED)
    assert bridge(DECIDED, parts) is None


def test_a_figure_counts_for_one_agreement_or_for_none():
    assert whose_figure(PLAN, {"plan": PLAN, "baa": BAA}) == "plan"
    assert whose_figure(HANDLED, {"plan": PLAN, "baa": BAA}) is None
    with pytest.raises(UsageError, match="count twice"):
        whose_figure(HANDLED, {"plan": HANDLED, "baa": HANDLED})


def test_every_bridge_is_made_of_definitions_and_none_of_itself():
    for row in definitions().values():
        for parts in row.bridges:
            assert set(parts) <= set(definitions()) - {row.id}, row.id
        assert row.nl
        assert row.en


@pytest.mark.parametrize("row", indicators(), ids=lambda row: row.id)
def test_every_indicator_and_its_signal_value_count_the_same(row):
    assert row.counts in definitions()
    if row.rule is not None:
        assert row.rule.counts == row.counts
        elsewhere = next(name for name in definitions() if name != row.counts)
        other = replace(row, rule=row.rule.model_copy(update={"counts": elsewhere}))
        with pytest.raises(UsageError):
            signal_state(other, 1.0, on=date(2023, 6, 30))


def test_a_signal_value_counts_what_its_indicator_counts(monkeypatch):
    """What is counted is said once, with the indicator: its signal value cannot mean something else."""
    production = find("production_track_4")
    monkeypatch.setitem(registry._DECLARED, production.id, replace(production, counts="decided.track_4"))
    named = {row.id: row for row in registry.indicators.__wrapped__()}
    assert named[production.id].rule.counts == "decided.track_4"


def test_the_measure_counts_decisions_and_the_indicator_handled_cases():
    assert counted_by_measure("production.track_4") == DECIDED
    assert find("production_track_4").counts == HANDLED.id
    assert are_related(DECIDED.id, HANDLED.id)
    assert not are_related(DECIDED.id, BAA.id)
