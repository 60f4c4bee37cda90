# SPDX-License-Identifier: EUPL-1.2
"""Which counts are small, and what stands in the place of them and of what would tell them."""

from indicator_tables import written

from keten.domain.bounds import UNITS
from keten.indicators.disclosure import FEWER, WITHHELD, is_small, protected


def test_a_count_from_1_to_9_is_small():
    table = """
        count | unit    | small
        0     | persons | no
        1     | persons | yes
        9     | cases   | yes
        10    | cases   | no
        3     | weeks   | no
        0.3   | share   | no
        3     | eur     | no
        3     |         | no
    """
    for row in written(table):
        assert is_small(float(row["count"]), UNITS.get(row["unit"])) == (row["small"] == "yes"), row
    assert not is_small(None, UNITS["cases"])


def test_what_would_tell_a_small_count_is_withheld_with_it():
    bounds = {"value": UNITS["share"], "cases": UNITS["cases"], "missed": UNITS["cases"]}
    exact = {"value": 0.97, "cases": 100, "missed": 3}
    found = protected(exact, bounds)
    assert found["missed"] is FEWER
    assert found["cases"] is found["value"] is WITHHELD
    assert protected({**exact, "missed": 30}, bounds) == {**exact, "missed": 30}
    assert protected({**exact, "value": None}, bounds)["value"] is None
