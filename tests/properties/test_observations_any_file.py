# SPDX-License-Identifier: EUPL-1.2
"""Whatever file is delivered: it is accepted, or refused with a reason; it never breaks the reader."""

import csv
from datetime import UTC, date, datetime
from io import StringIO
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from keten.domain.errors import DeliveryError
from keten.domain.language import Language
from keten.domain.numbers import NotRead, read_count, read_number
from keten.files import read_sheets_of_ours
from keten.observations.personal import passes_eleven_test
from keten.observations.recipe import recipes
from keten.observations.store import check_file
from keten.observations.tables import STOCK_GROUPS, TABLES

RECEIVED = datetime(2023, 7, 14, tzinfo=UTC)

cells = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.sampled_from(["", "track_4", "nan", "1e400", "=1+1", '"', "2023-06-30"]),
)


def in_this_process(name, content, _limits=None, *, separator=None):
    """Read by the same rules without starting a process for every example; the process has its own tests."""
    return read_sheets_of_ours(name, content, separator=separator)


def checked(content, name, **how):
    """Check a file; give the figures, or None when it is refused with at least one problem."""
    with patch("keten.observations.store.read_sheets", in_this_process):
        try:
            made = check_file(name, content, table_name="stock", received_at=RECEIVED, **how)
        except DeliveryError as refused:
            assert refused.problems
            assert all(problem.what and problem.remedy for problem in refused.problems)
            assert refused.said("nl") != refused.said("en")
            return None
    return made.frame.drop("state")


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


ALONE = tuple(group for group in STOCK_GROUPS if group not in {"asylum", "asylum_and_family"})
"""Groups of which no other is a part, so that no rule between rows is broken."""

stock_rows = st.dictionaries(
    st.tuples(st.dates(date(2000, 1, 1), date(2023, 7, 14)), st.sampled_from(ALONE)),
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


@settings(max_examples=200)
@given(content=st.binary(max_size=300), recipe=st.sampled_from(sorted(recipes())), wide=st.booleans())
def test_any_bytes_by_any_recipe_are_accepted_or_refused(content, recipe, wide):
    begin = b"Spoor;jan-23;feb-23\n" if wide else b"reference_date;group;count\n"
    checked(begin + content, "stock.csv", recipe=recipe)


@settings(max_examples=100)
@given(rows=stock_rows)
def test_figures_in_dutch_notation_come_out_as_they_went_in(rows):
    lines = ["Peildatum;Groep;Aantal"]
    for (day, group), count in rows.items():
        lines.append(f"{day.day}-{day.month}-{day.year};{group};{count:,}".replace(",", "."))
    figures = checked("\r\n".join(lines).encode("cp1252"), "stock.csv", language=Language.NL)
    assert figures is not None
    assert figures["count"].to_list() == list(rows.values())


MARKS = {"nl": (",", "."), "en": (".", ",")}


@given(
    number=st.decimals(min_value=-(10**12), max_value=10**12, places=3),
    language=st.sampled_from(["nl", "en"]),
    group=st.sampled_from(["own", "", "\u00a0", "\u2009", "'"]),
)
def test_a_number_written_in_a_notation_is_read_back_and_never_as_another(number, language, group):
    """In its own notation it is itself; where nobody says which, it is itself or asked back."""
    decimal_mark, own = MARKS[language]
    written = f"{number:,f}".translate({ord("."): decimal_mark, ord(","): own if group == "own" else group})
    assert read_number(written, language) == number
    found = read_number(written)
    assert isinstance(found, NotRead) or found == number


@given(text=st.text(max_size=20), language=st.sampled_from(["nl", "en", None]))
def test_any_text_is_a_finite_number_or_asked_back(text, language):
    for found in (read_number(text, language, percent=True), read_count(text, language)):
        if isinstance(found, NotRead):
            assert found.what and found.remedy and found.what.nl and found.remedy.nl
        else:
            assert abs(found) < 10**18


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
