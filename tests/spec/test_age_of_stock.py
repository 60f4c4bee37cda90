# SPDX-License-Identifier: EUPL-1.2
"""How old the stock is: counted by hand on the reference date, every case once."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from keten.flow.cases import OpeningStock
from keten.questions.age import ages_of_stock
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"


@pytest.fixture(scope="module")
def base():
    return prepare(read_scenario(LETTER).model_copy(update={"horizon": date(2023, 7, 31)}))


CASES = """
stage               class                lodged
detailed_interview  first_track_4_other  2023-04-30
detailed_interview  first_track_4_other  2022-11-01
decision_va         first_track_4_other  2022-10-30
decision_va         first_track_4_other  2022-04-30
rest_and_preparation first_track_4_other 2022-01-31
rest_and_preparation first_track_4_other 2021-05-01
simplified_procedure first_track_2       2023-04-01
awaiting_housing    first_track_4_other  2020-01-01
"""


def test_every_undecided_case_is_in_one_band_and_decided_ones_in_none(base):
    rows = [line.split() for line in CASES.strip().splitlines()[1:]]
    stages = [row.id for row in base.chain.stages]
    classes = [row.id for row in base.chain.case_classes]
    stock = OpeningStock(
        np.array([stages.index(row[0]) for row in rows]),
        np.array([classes.index(row[1]) for row in rows]),
        np.array([date.fromisoformat(row[2]).toordinal() for row in rows]),
    )
    made = replace(base, opening=replace(base.opening, stock=stock), first_lodged=base.first_lodged)
    found = {row.group: row for row in ages_of_stock(made)}
    assert found["track_4"].bands == (2, 1, 2, 0, 1)
    assert found["track_2"].bands == (1, 0, 0, 0, 0)
    # Six months for who applied before 27 March 2022: both are late on 30 April 2023. Fifteen for who came later: 30
    # April 2022 passes within three months, 30 October and 1 November 2022 within twelve, 30 April 2023 after that.
    assert (found["track_4"].overdue, found["track_4"].passing) == (2, (1, 3))


def test_the_bands_of_the_real_stock_add_up_and_the_oldest_tenth_is_the_oldest(base):
    for row in ages_of_stock(base):
        assert sum(row.bands) == row.cases
        assert row.overdue + row.passing[-1] <= row.cases
        older = [start for start, count in zip((0, 6, 12, 15, 18), row.bands, strict=True) if count]
        assert row.oldest_tenth >= min(older)
