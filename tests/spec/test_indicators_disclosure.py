# SPDX-License-Identifier: EUPL-1.2
"""How counts of people are protected before they are published."""

import pytest
from indicator_tables import written

from keten.indicators.disclosure import DisclosureProfile, PublicCount, publish_count, publish_share

PARLIAMENT, STATISTICS = DisclosureProfile.PARLIAMENT, DisclosureProfile.STATISTICS


def test_counts_are_rounded_and_small_ones_are_not_given():
    table = """
        count | parliament | statistics
        0     | 0          | 0
        1     | <10        | <10
        9     | <10        | <10
        10    | 10         | 10
        12    | 10         | 10
        13    | 10         | 15
        14    | 10         | 15
        15    | 20         | 15
        33555 | 33560      | 33555
    """
    for row in written(table):
        assert str(publish_count(int(row["count"]), PARLIAMENT)) == row["parliament"], row
        assert str(publish_count(int(row["count"]), STATISTICS)) == row["statistics"], row


def test_shares_of_few_cases_are_withheld():
    table = """
        part | base | share
        24   | 49   |
        25   | 50   | 0.6
        3    | 500  |
        0    | 500  | 0.0
        500  | 500  | 1.0
        333  | 1004 | 0.33
    """
    for row in written(table):
        share = publish_share(int(row["part"]), int(row["base"]), PARLIAMENT)
        assert share.withheld == (row["share"] == ""), row
        assert share.value == (float(row["share"]) if row["share"] else None), row


@pytest.mark.parametrize(("value", "profile"), [(7, STATISTICS), (5, STATISTICS), (15, PARLIAMENT), (-10, PARLIAMENT)])
def test_an_unprotected_count_cannot_be_made_public(value, profile):
    with pytest.raises(ValueError, match="not protected"):
        PublicCount(value, profile)


def test_what_is_not_a_count_or_a_share_is_refused():
    with pytest.raises(ValueError, match="negative"):
        publish_count(-1, PARLIAMENT)
    with pytest.raises(ValueError, match="larger than the base"):
        publish_share(51, 50, PARLIAMENT)
