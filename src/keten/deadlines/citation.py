# SPDX-License-Identifier: EUPL-1.2
"""How lawyers write an article, and where its text stands on the day that counts.

The law files name an article once, in a compact form: `Vw 2000, art. 42(4)(b)`. From that come the Dutch form
(artikel 42, vierde lid, onder b, van de Vw 2000) and the dated address of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlsplit

from keten.deadlines.wording import Text
from keten.parameters.law import Act, Law, Sourced

OFFICIAL = (
    "wetten.overheid.nl",
    "eur-lex.europa.eu",
    "zoek.officielebekendmakingen.nl",
    "uitspraken.rechtspraak.nl",
    "www.raadvanstate.nl",
)
"""Sites of the text itself: acts, the Official Journal, the Government Gazette, rulings."""

_ORDINALS = (
    "", "eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende", "elfde",
    "twaalfde", "dertiende", "veertiende", "vijftiende",
)  # fmt: skip
_ARTICLE = re.compile(r"(?P<number>\d+[a-z]*(?::\d+[a-z]*)?)(?P<parts>(?:\([0-9a-z]+\))*)")
_RULING = re.compile(r"(?<![:\w])(?:ECLI:NL:)?((?:RVS|RB[A-Z]{3}|GH[A-Z]{3}|HR|CRVB):\d{4}:\d+)")
_EU_RULING = re.compile(r"(?<![:\w])(?:ECLI:)?(EU:C:\d{4}:\d+)")


@dataclass(frozen=True)
class Citation:
    """An article in both languages, and the address of its text; empty where none is known."""

    text: Text
    address: str


def _act_of(reference: str, law: Law) -> tuple[Act | None, str]:
    """Split a reference into its act and what follows it."""
    acts = [act for act in law.acts if reference == act.id or reference.startswith(f"{act.id},")]
    act = max(acts, key=lambda each: len(each.id), default=None)
    return (None, reference) if act is None else (act, reference[len(act.id) :].lstrip(", "))


def _in_dutch(number: str, parts: str) -> str:
    """Write 42(4)(b) as: 42, vierde lid, onder b."""
    words = [number]
    for part in re.findall(r"\(([0-9a-z]+)\)", parts):
        words.append(f"{_ORDINALS[int(part)]} lid" if part.isdigit() else f"onder {part}")
    return ", ".join(words)


def _one(reference: str, day: date, law: Law) -> Citation:
    act, rest = _act_of(reference, law)
    if act is None:
        return Citation(Text(reference, reference), "")
    found = list(_ARTICLE.finditer(rest.removeprefix("art. "))) if rest.startswith("art. ") else []
    number = found[0]["number"] if found else ""
    address = act.address.replace("{date}", day.isoformat()).replace("{article}", quote(number, safe=":"))
    address = address if number or "#" not in address else address.partition("#")[0]
    if not found:
        return Citation(
            Text(f"{act.en}{', ' + rest if rest else ''}", act.nl.removeprefix("de ").removeprefix("het ")), address
        )
    written = [_in_dutch(each["number"], each["parts"]) for each in found]
    several = len(written) > 1
    # artikelen 4:17, derde lid, en 6:12, tweede lid; but artikelen 76 en 69, eerste lid
    parted = [f"{part}," if "," in part else part for part in written[:-1]]
    whole = f"{' '.join(parted)} en {written[-1]}" if several else written[0]
    # A comma closes what stands between the article and its act: artikel 42, vierde lid, van de Vw 2000.
    closing = "," if "," in written[-1] else ""
    of = f"{'artikelen' if several else 'artikel'} {whole}{closing} van {act.nl}"
    return Citation(Text(f"{act.en}, {rest}", of), address)


def citation(article: str, day: date, law: Law) -> Citation:
    """Write a reference as lawyers do, with the address of the first act as it read on `day`."""
    each = [_one(part.strip(), day, law) for part in article.split(";")]
    text = Text("; ".join(one.text.en for one in each), " en ".join(one.text.nl for one in each))
    return Citation(text, next((one.address for one in each if one.address), ""))


def dutch_name(law: Law, instrument: str) -> str:
    """Name an instrument in Dutch."""
    return next((row.nl for row in law.instruments if row.id == instrument), in_full(instrument))


def _is_act(law: Law, instrument: str) -> bool:
    return instrument in _FULL_NAMES or instrument in {act.id for act in law.acts}


_FULL_NAMES = {
    "Vreemdelingenwet 2000",
    "Vreemdelingenbesluit 2000",
    "Vreemdelingencirculaire 2000",
    "Algemene wet bestuursrecht",
    "Rijkswet op het Nederlanderschap",
    "Asylum Procedures Regulation",
    "Asylum and Migration Management Regulation",
    "Screening Regulation",
    "Procedures Directive",
    "Dublin III",
}
"""Instruments that the article names already."""


def cited_as(row: Sourced, law: Law) -> Text:
    """Write where a rule stands within a sentence: the article, and the decree that gave it effect if there is one."""
    where = citation(row.article, date.max, law).text
    if _is_act(law, row.instrument):
        return where
    return Text(f"{where.en}; {in_full(row.instrument)}", f"{where.nl}; {dutch_name(law, row.instrument)}")


def in_full(text: str) -> str:
    """Write the rulings in a text with their whole identifier: RVS:2025:3082 as ECLI:NL:RVS:2025:3082."""
    return _EU_RULING.sub(r"ECLI:\1", _RULING.sub(r"ECLI:NL:\1", text))


def ruling_address(ecli: str) -> str:
    """Address of a ruling at the courts' own site; empty where the text is no identifier of a ruling."""
    if found := _RULING.search(ecli):
        return f"https://uitspraken.rechtspraak.nl/details?id=ECLI:NL:{found[1]}"
    if found := _EU_RULING.search(ecli):
        return f"https://eur-lex.europa.eu/legal-content/NL/TXT/?uri=ecli:ECLI:{found[1]}"
    return ""


def address_of(row: Sourced, day: date, law: Law) -> str:
    """Address of the text on which a rule rests: its decree or ruling, else the article as it read on `day`."""
    instrument = next((each.address for each in law.instruments if each.id == row.instrument and each.address), "")
    if row.gazette:
        return f"https://zoek.officielebekendmakingen.nl/{row.gazette}.html"
    if ruling := ruling_address(row.instrument):
        return ruling
    if instrument and not _is_act(law, row.instrument):
        return instrument
    return citation(row.article, day, law).address or instrument or row.source


def is_official(address: str) -> bool:
    """Whether an address is that of a text itself and not of a page about it."""
    return urlsplit(address).hostname in OFFICIAL
