# SPDX-License-Identifier: EUPL-1.2
"""Countries and nationalities by their code of three capitals, with their names in both languages."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files

from keten.domain.language import Words

EVERYONE, THE_REST = "ALL", "OTHER"
"""Not countries: all nationalities together, and those that a list does not name."""

_AS_STATISTICS_WRITE = {"EL": "GRC", "UK": "GBR", "STLS": "XXA", "STA": "XXA", "UNK": "XXX", "TOTAL": EVERYONE}
"""Codes of Eurostat and UNHCR that are not those of ISO 3166."""


@dataclass(frozen=True)
class Country:
    """A country: its codes and its name."""

    alpha3: str
    alpha2: str
    name: Words


@lru_cache
def countries() -> dict[str, Country]:
    """Every country by its code of three capitals."""
    text = files("keten.domain").joinpath("countries.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["alpha3"]: Country(row["alpha3"], row["alpha2"], Words(en=row["en"], nl=row["nl"])) for row in rows}


@lru_cache
def _by_every_name() -> dict[str, str]:
    names = {EVERYONE.lower(): EVERYONE, THE_REST.lower(): THE_REST, "totaal": EVERYONE, "overig": THE_REST}
    names |= {code.lower(): known for code, known in _AS_STATISTICS_WRITE.items()}
    for code, country in countries().items():
        names |= dict.fromkeys((_plain(country.name.en), _plain(country.name.nl), country.alpha2.lower()), code)
    return {name: code for name, code in names.items() if name} | {code.lower(): code for code in countries()}


def _plain(name: str) -> str:
    return re.sub(r"\s+", " ", name.strip().lower())


def code_of(text: str) -> str | None:
    """Give the code of a nationality by a code of two or three letters or its name; None when there is none such."""
    return _by_every_name().get(_plain(text))


def is_code(code: str) -> bool:
    """Whether this is a code of three capitals that exists, or ALL or OTHER."""
    return code in countries() or code in {EVERYONE, THE_REST}


def nearest(text: str, most: int = 3) -> tuple[str, ...]:
    """Name the codes that look most like a text: by their letters, or by the name of the country."""
    wanted = _plain(text)

    def likeness(country: Country) -> float:
        names = (country.alpha3.lower(), _plain(country.name.en), _plain(country.name.nl))
        return max(SequenceMatcher(None, wanted, name).ratio() for name in names)

    ranked = sorted(countries().values(), key=lambda country: (-likeness(country), country.alpha3))
    return tuple(country.alpha3 for country in ranked[:most])
