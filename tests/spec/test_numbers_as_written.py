# SPDX-License-Identifier: EUPL-1.2
"""A number is read as its writer means it, in Dutch or English notation, or asked back. Never by guess."""

import pickle
from decimal import Decimal

import pytest

from keten.domain.clean_text import LONGEST, clean_text
from keten.domain.language import Language, Words, said
from keten.domain.numbers import NotRead, read_count, read_number

READ = """
written      | nl       | en        | not known
16105        | 16105    | 16105     | 16105
16.105       | 16105    | 16.105    | ambiguous
16,105       | 16.105   | 16105     | ambiguous
16.105,5     | 16105.5  | grouping  | 16105.5
16,105.5     | grouping | 16105.5   | 16105.5
16,5         | 16.5     | grouping  | 16.5
16.5         | grouping | 16.5      | 16.5
16.10        | grouping | 16.10     | 16.1
0.86         | grouping | 0.86      | 0.86
0,86         | 0.86     | grouping  | 0.86
0.860        | grouping | 0.86      | 0.86
1.234.567    | 1234567  | grouping  | 1234567
1,234,567    | grouping | 1234567   | 1234567
1.23.4       | grouping | grouping  | grouping
1.2345       | grouping | 1.2345    | 1.2345
1234.567     | grouping | 1234.567  | 1234.567
1.234,567    | 1234.567 | grouping  | 1234.567
16 105       | 16105    | 16105     | 16105
16\u00a0105  | 16105    | 16105     | 16105
16\u202f105  | 16105    | 16105     | 16105
16\u2009105  | 16105    | 16105     | 16105
16'105       | 16105    | 16105     | 16105
16\u2019105  | 16105    | 16105     | 16105
16 105,5     | 16105.5  | grouping  | 16105.5
16 10        | grouping | grouping  | grouping
1'234 567    | grouping | grouping  | grouping
-5           | -5       | -5        | -5
\u22125      | -5       | -5        | -5
\u20135      | -5       | -5        | -5
+5           | 5        | 5         | 5
007          | 7        | 7         | 7
1e5          | 100000   | 100000    | 100000
1,5E3        | 1500     | grouping  | 1500
5*           | not_a_number | not_a_number | not_a_number
<5           | not_a_number | not_a_number | not_a_number
.            | not_a_number | not_a_number | not_a_number
1_000        | not_a_number | not_a_number | not_a_number
0x10         | not_a_number | not_a_number | not_a_number
\u0661\u0662 | not_a_number | not_a_number | not_a_number
5-           | not_a_number | not_a_number | not_a_number
86%          | percent  | percent   | percent
nan          | not_finite | not_finite | not_finite
-inf         | not_finite | not_finite | not_finite
Infinity     | not_finite | not_finite | not_finite
1e400        | too_large | too_large | too_large
1e40         | too_large | too_large | too_large
9999999999999999999 | too_large | too_large | too_large
"""


def rows():
    lines = [[cell.strip() for cell in line.split("|")] for line in READ.strip().splitlines()[1:]]
    for written, *results in lines:
        for language, result in zip(("nl", "en", None), results, strict=True):
            yield pytest.param(written, language, result, id=f"{written} {language} {result}")


@pytest.mark.parametrize(("written", "language", "result"), list(rows()))
def test_a_number_is_read_in_its_notation_or_asked_back(written, language, result):
    found = read_number(written, language)
    if isinstance(found, NotRead):
        assert found.code == result
        assert found.what and found.remedy and said(found.what, "nl") != said(found.what, "en")
    else:
        assert found == Decimal(result)


@pytest.mark.parametrize(
    ("written", "language", "result"),
    [
        ("5.120", "nl", 5120),
        ("5.120", "en", "not_whole"),
        ("5.120", None, "ambiguous"),
        ("12,5", None, "not_whole"),
        ("5,0", "nl", 5),
        ("1e5", "en", "exponent"),
        ("1,2E+05", "nl", "exponent"),
        ("86%", "nl", "percent"),
        ("", "nl", "empty"),
        ("9" * 5000, "nl", "too_large"),
        (None, "nl", "empty"),
        (5.0, None, 5),
        (5.5, None, "not_whole"),
        (1e308, None, "too_large"),
        (float("nan"), None, "not_finite"),
        (True, None, "not_a_number"),
        (-3, None, -3),
    ],
)
def test_a_count_is_a_whole_number(written, language, result):
    found = read_count(written, language)
    assert (found.code if isinstance(found, NotRead) else found) == result


def test_an_ambiguous_number_is_asked_back_with_both_readings_in_both_languages():
    found = read_number("16.105")
    assert isinstance(found, NotRead)
    assert said(found.what, "en") == "'16.105' can be 16,105 (Dutch notation) or 16.105 (English notation)."
    assert said(found.what, "nl") == "'16.105' kan 16.105 zijn (Nederlandse notatie) of 16,105 (Engelse notatie)."


def test_a_grouping_that_does_not_fit_asks_what_was_meant():
    found = read_number("16.10", "nl")
    assert isinstance(found, NotRead)
    assert said(found.remedy, "nl") == "Bedoelt u 16,1 of 1.610?"
    assert said(found.at("cell A1").remedy, Language.EN) == "Did you mean 16.1 or 1,610?"


def test_a_percentage_is_a_hundredth_where_it_is_understood():
    assert read_number("86%", "nl", percent=True) == Decimal("0.86")
    assert read_number("86,5 %", "nl", percent=True) == Decimal("0.865")
    assert isinstance(read_number("%", "nl", percent=True), NotRead)


def test_words_know_their_dutch_wherever_they_go():
    words = pickle.loads(pickle.dumps(Words(en="one", nl="een")))
    assert (str(words), said(words, "nl"), said(words, None), said("plain", "nl")) == ("one", "een", "one", "plain")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("overleg 5 juli", "overleg 5 juli"),
        ("a\tb\nc\r\nd\re", "a\tb\nc\nd\ne"),
        ("cafe\u0301", "caf\u00e9"),
        ("\ufeffkop", "kop"),
        ("x" * LONGEST, "x" * LONGEST),
        ("a\x00b", "control_character"),
        ("a\x0bb", "control_character"),
        ("a\x1bb", "control_character"),
        ("a\x85b", "control_character"),
        ("a\ud800b", "control_character"),
        ("a\uffffb", "control_character"),
        ("a\u202eb", "control_character"),
        ("x" * (LONGEST + 1), "too_long"),
        ("\U0001f600" * 16_384, "too_long"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_text_is_clean_or_refused_and_never_cut(text, kept):
    found = clean_text(text)
    assert (found.code if isinstance(found, NotRead) else found) == kept
