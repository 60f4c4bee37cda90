# SPDX-License-Identifier: EUPL-1.2
"""The Dutch words beside the names of columns and values, and how a heading is recognised whatever its capitals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keten.domain.clean_text import invisible, visible
from keten.domain.language import Words
from keten.domain.tables import Table

DUTCH: dict[str, tuple[str, ...]] = {
    "period_start": ("periode_van", "van", "begindatum", "eerste_dag", "begin_periode", "startdatum"),
    "period_end": ("periode_tot", "periode_tot_en_met", "tot_en_met", "einddatum", "laatste_dag", "einde_periode"),
    "period_type": ("soort_periode", "periodesoort"),
    "definition": ("definitie",),
    "application_type": ("soort_aanvraag", "aanvraagsoort", "type_aanvraag"),
    "nationality": ("nationaliteit",),
    "count": ("aantal",),
    "reference_date": ("peildatum", "standdatum"),
    "group": ("groep",),
    "counted": ("wat_is_geteld", "geteld", "telling"),
    "decisions": ("beslissingen", "beschikkingen"),
    "grant_rate": ("inwilligingspercentage", "aandeel_inwilligingen"),
    "measure": ("maat", "meting", "maatstaf"),
    "value": ("waarde",),
    "unit": ("eenheid",),
    "partner": ("ketenpartner", "organisatie"),
    "persons": ("personen", "aantal_personen"),
    "scope": ("reikwijdte",),
    "kind": ("soort", "soort_vertrek"),
    "from_partner": ("van_partner", "afkomstig_van"),
    "files": ("dossiers", "aantal_dossiers"),
    "edition": ("editie",),
    "made_on": ("gemaakt_op",),
    "scenario": ("scenario",),
    "year": ("jaar",),
    "item": ("post", "kostensoort"),
    "amount_eur": ("bedrag", "bedrag_eur", "bedrag_in_euro"),
    "budget_stage": ("begrotingsfase", "fase"),
    "state": ("status",),
    "location": ("locatie", "land"),
    "target": ("doel", "doelgrootheid"),
    "target_end_date": ("einddatum_doel",),
    "output_type": ("soort_uitkomst",),
    "output_type_id": ("kwantiel_of_trekking",),
    "period": ("periode", "perioden", "maand"),
}
"""Column to its Dutch headings, the one that Keten writes first. `period` stands for the days of a whole period."""

_VALUES = {
    "maand": "month", "kwartaal": "quarter", "jaar": "year", "jaar_tot_en_met": "year_to_date", "totaal": "total",
    "eerste": "first", "opvolgend": "subsequent", "herhaald": "subsequent", "nareiziger": "following_family_member",
    "nareizigers": "following_family_member", "hervestiging": "resettlement",
    "gezinshereniging": "family_reunification",
    "spoor_1": "track_1", "spoor_2": "track_2", "spoor_4": "track_4", "asiel": "asylum", "bezetting": "occupancy",
    "zelfstandig": "independent", "gedwongen": "forced", "alle": "all", "weken": "weeks", "maanden": "months",
    "dagen": "days", "aandeel": "share", "personen": "persons", "plaatsen": "places", "euro": "eur", "zaken": "cases",
    "laag": "minimum", "midden": "medium", "hoog": "maximum", "definitief": "final", "voorlopig": "provisional",
    "onderdrukt": "suppressed", "onbekend": "unknown",
}  # fmt: skip


def plain(text: object) -> str:
    """Write a heading or a value as its name: lower case, one underscore for what stands between words."""
    return re.sub(r"[\s\-./:]+", "_", visible(str(text)).strip().lower()).strip("_")


def names_of(table: Table) -> dict[str, str]:
    """Every heading that means a column of a table, written plainly; a name of a column goes before a translation."""
    columns = (*table.column_names, "state", *(("period",) if _has_period(table) else ()))
    dutch = {heading: name for name in columns for heading in DUTCH.get(name, ())}
    return dutch | {plain(name): name for name in columns}


def _has_period(table: Table) -> bool:
    return bool({"period_start", "reference_date"} & set(table.column_names))


def invisible_in(headings: Sequence[str]) -> list[Words]:
    """Name every heading with a character that nobody sees; it is read as if the character were not there."""
    return [
        Words(en=f"The heading {visible(heading)} holds a character that cannot be seen ({', '.join(found)}); it was "
              "read "
              "without it.",
              nl=f"De kop {visible(heading)} bevat een teken dat niet te zien is ({', '.join(found)}); hij is zonder "
              "dat "
              "teken gelezen.")
        for heading in headings
        if (found := invisible(heading))
    ]  # fmt: skip


def value_of(text: str, values: tuple[str, ...]) -> str | None:
    """Recognise a value of a closed list, in capitals, with spaces or in Dutch; None when it is none of them."""
    if text in values:
        return text
    same = {plain(value): value for value in values}
    return same.get(plain(text)) or same.get(_VALUES.get(plain(text), ""))
