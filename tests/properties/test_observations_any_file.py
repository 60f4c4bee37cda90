# SPDX-License-Identifier: EUPL-1.2
"""Whatever file is delivered: it is accepted, or refused with a reason; it never breaks the reader."""

import csv
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from keten.domain.errors import DeliveryError
from keten.observations.personal import passes_eleven_test
from keten.observations.store import check_delivery
from keten.observations.tables import STOCK_GROUPS, TABLES

RECEIVED = datetime(2023, 7, 14, tzinfo=UTC)

cells = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.sampled_from(["", "track_4", "nan", "1e400", "=1+1", '"', "2023-06-30"]),
)


def checked(content, name):
    """Check a file; give the figures, or None when it is refused with at least one problem."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            return check_delivery(path, table_name="stock", received_at=RECEIVED).frame.drop("state")
        except DeliveryError as refused:
            assert refused.problems
            assert all(problem.what and problem.remedy for problem in refused.problems)
            return None


def as_csv(rows):
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


@settings(max_examples=200)
@given(content=st.binary(max_size=300), name=st.sampled_from(["stock.csv", "stock.xlsx", "stock.ods", "stock.txt"]))
def test_any_bytes_are_accepted_or_refused(content, name):
    checked(content, name)


@settings(max_examples=200)
@given(rows=st.lists(st.lists(cells, min_size=4, max_size=4), max_size=6))
def test_any_cells_under_the_right_header_are_accepted_or_refused(rows):
    figures = checked(as_csv([TABLES["stock"].column_names, *rows]), "stock.csv")
    if figures is not None:
        assert figures["count"].min() >= 0
        assert figures["group"].is_in(STOCK_GROUPS).all()


stock_rows = st.dictionaries(
    st.tuples(st.dates(date(2000, 1, 1), date(2023, 7, 14)), st.sampled_from(STOCK_GROUPS)),
    st.integers(0, 2_000_000),
    min_size=1,
    max_size=20,
)


@settings(max_examples=100)
@given(rows=stock_rows)
def test_right_figures_come_out_as_they_went_in(rows):
    lines = [(day.isoformat(), group, count, "") for (day, group), count in rows.items()]
    figures = checked(as_csv([TABLES["stock"].column_names, *lines]), "stock.csv")
    assert figures is not None
    assert figures.rows() == [(day, group, count, None) for (day, group), count in rows.items()]


@given(digits=st.integers(10_000_000, 999_999_999))
def test_a_bsn_with_one_digit_changed_is_no_bsn(digits):
    """The weights differ from zero modulo eleven, so that one wrong digit is always noticed."""
    text = str(digits).zfill(9)
    if not passes_eleven_test(text):
        return
    for position, digit in enumerate(text):
        for other in "0123456789":
            if other != digit:
                assert not passes_eleven_test(text[:position] + other + text[position + 1 :])
