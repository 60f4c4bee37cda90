# SPDX-License-Identifier: EUPL-1.2
"""Deliveries hold figures, never persons: recognise columns and cells that look like personal data.

A hit refuses the whole delivery. The test errs on the side of refusing; the remedy is to deliver aggregates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from keten.domain.clean_text import visible
from keten.files import Cell

EARLIEST_PLAUSIBLE_FIGURE = date(2008, 1, 1)
"""Undeclared dates that mostly lie before this day look like dates of birth, not like periods of figures."""

_NAMES = {
    "a citizen service number (bsn)": (
        r"(bsn|burger_?service_?(nummer|number)|citizen_?service_?number|sofi_?(nummer|number))"
    ),
    "an aliens number (v-number)": r"(v_?(nummer|number|nr|no)|vreemdelingen_?(nummer|nr)|aliens?_?number)",
    "a name": (
        r"(((achter|voor|familie|roep|sur|first|last|given|family|full|client|applicant|person)_?)?(naam|names?))"
    ),
    "a date of birth": r"(geboorte_?(datum|dag|jaar)|(date|year|day)_?of_?birth|birth_?(date|day|year)|dob)",
    "a document number": (
        r"((document|paspoort|passport|id_?kaart|identity_?card|reisdocument)_?(nummer|number|nr|no))"
    ),
}
_V_NUMBER = re.compile(r"^(v[- .]?)?\d{3}[. ]\d{3}[. ]\d{4}$|^v[- .]?\d{9,10}$|^\d{10}$", re.IGNORECASE)
_DOCUMENT_NUMBER = re.compile(r"^[A-NP-Z]{2}(?=[A-NP-Z0-9]*\d)[A-NP-Z0-9]{6}\d$")
_NAME = re.compile(r"^[A-Z][a-zà-ÿ'’]+(?:[ -](?:van|de|der|den|ten|el|al|bin|ibn|ben))*(?:[ -][A-Z][a-zà-ÿ'’]+)+$")
_EIGHT_OR_NINE_DIGITS = re.compile(r"(?<![\d/.])\d{8,9}(?![\d/.])")


@dataclass(frozen=True)
class Finding:
    """Personal data suspected: what it looks like, and in which row (None when the column name says it)."""

    looks_like: str
    row_number: int | None = None


def passes_eleven_test(digits: str) -> bool:
    """Say whether eight or nine digits are a valid bsn: 9a + 8b + 7c + 6d + 5e + 4f + 3g + 2h - i is a multiple of 11.

    Eight digits are read with a leading zero, as spreadsheets drop it. Nine zeros are no number.
    """
    padded = digits.zfill(9)
    if len(padded) != 9 or not padded.isdigit() or not padded.strip("0"):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, padded, strict=True)) % 11 == 0


def column_name_finding(name: str) -> Finding | None:
    """Recognise a column by its name, in Dutch or English, whatever the capitals and hyphens."""
    plain = re.sub(r"[\s\-./]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", visible(name).strip())).lower()
    for looks_like, pattern in _NAMES.items():
        if re.fullmatch(pattern, plain):
            return Finding(looks_like)
    return None


def number_finding(value: Cell) -> str | None:
    """Recognise a number of a person in one cell: bsn, v-number or document number."""
    return _number_in(_as_text(value))


@lru_cache(maxsize=1 << 16)
def _number_in(text: str) -> str | None:
    if _V_NUMBER.match(text):
        return "an aliens number (v-number)"
    if _DOCUMENT_NUMBER.match(text):
        return "a document number"
    if any(passes_eleven_test(digits) for digits in _EIGHT_OR_NINE_DIGITS.findall(text)):
        return "a citizen service number (bsn)"
    return None


def undeclared_column_finding(cells: Sequence[Cell]) -> Finding | None:
    """Recognise a column that no table declares by the shape of most of its cells: names or dates of birth."""
    filled = [cell for cell in cells if _as_text(cell)]
    if not filled:
        return None
    if 2 * sum(bool(_NAME.match(_as_text(cell))) for cell in filled) > len(filled):
        return Finding("a name")
    if 2 * sum(_is_early_date(cell) for cell in filled) > len(filled):
        return Finding("a date of birth")
    return None


def _is_early_date(cell: Cell) -> bool:
    if isinstance(cell, date):
        return cell < EARLIEST_PLAUSIBLE_FIGURE
    text = _as_text(cell)
    if match := re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", text):
        text = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    try:
        return date.fromisoformat(text) < EARLIEST_PLAUSIBLE_FIGURE
    except ValueError:
        return False


def _as_text(cell: Cell) -> str:
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
