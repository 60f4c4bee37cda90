# SPDX-License-Identifier: EUPL-1.2
"""A case draws from the practice of courts as the law tables say, period by period, and never from a gap."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from keten.deadlines.practice import court_penalties, court_terms
from keten.domain.errors import UsageError
from keten.flow.courts import PHASES, UNKNOWN, court_penalty, court_weeks, lay_out_courts
from keten.parameters.law import load_law
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.replicate import replicate

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
KNOWN_ON = date(2023, 7, 13)
DRAWS = np.linspace(0, 1, 41, endpoint=False)


def days_around_changes(law):
    """The day before, the day of and the day after each change of practice, as far as it is known."""
    changes = {row.valid_from for row in [*law.court_terms, *law.court_penalties]}
    days = {day + timedelta(days=shift) for day in changes for shift in (-1, 0, 1)}
    return sorted(day for day in days if day <= KNOWN_ON)


def asked(practice, law, name, day):
    """What the law tables say of a day, or that they say nothing."""
    try:
        return practice(law, name, day).draw(DRAWS)
    except UsageError:
        return np.full((len(DRAWS), 2), UNKNOWN)


def test_terms_and_penalties_are_those_of_the_law_tables():
    law = load_law()
    courts = lay_out_courts(law, KNOWN_ON)
    for day in days_around_changes(law):
        for number, phase in enumerate(PHASES):
            weeks = [court_weeks(courts, number, day.toordinal(), draw) for draw in DRAWS]
            assert weeks == asked(court_terms, law, phase, day)[:, 0].tolist()
        penalties = [court_penalty(courts, day.toordinal(), draw) for draw in DRAWS]
        assert penalties == [tuple(row) for row in asked(court_penalties, law, "first", day).tolist()]


def test_what_was_the_practice_on_the_knowledge_date_holds_on():
    law = load_law()
    courts = lay_out_courts(law, KNOWN_ON)
    later = (KNOWN_ON + timedelta(days=900)).toordinal()
    weeks = [court_weeks(courts, 0, later, draw) for draw in DRAWS]
    assert weeks == court_terms(law, PHASES[0], KNOWN_ON).draw(DRAWS)[:, 0].tolist()


@pytest.mark.parametrize(("missing", "named"), [("court_terms", "court terms"), ("court_penalties", "court penalties")])
def test_a_judgment_of_which_no_practice_is_known_is_refused(missing, named):
    """It says which day and what to add, instead of counting a term of nothing."""
    known = prepare(read_scenario(LETTER).model_copy(update={"horizon": date(2024, 6, 30)}))
    law = replace(known.practice.law, **{missing: ()})
    inputs = replace(known, practice=replace(known.practice, law=law))
    with pytest.raises(UsageError, match=named) as refused:
        replicate(inputs, seed=7, replication=0)
    assert "Add it to the court practice" in str(refused.value)
