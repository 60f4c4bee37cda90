# SPDX-License-Identifier: EUPL-1.2
"""Whether the extension of the decision period holds."""

from __future__ import annotations

from datetime import date

from keten.domain.language import Words
from keten.domain.words import Reading
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever, Option

COURTS_READING_KNOWN_ON = date(2025, 7, 1)
"""A day on which the judgment of 8 May 2025 (C-662/23) was known: https://eur-lex.europa.eu/eli/C/2025/3380/oj/eng."""


def _stands(base: Inputs) -> str:
    return "in_force" if base.reading is Reading.AUTHORITY else "struck_down"


def _write(document: Document, base: Inputs, choice: str, account: Account) -> None:
    law, figures = document["law"], base.scenario.law.figures_date
    struck = choice == "struck_down"
    known_on = COURTS_READING_KNOWN_ON if struck else figures
    law["known_on"] = account.beside({"value": known_on.isoformat()})
    law["reading"] = account.beside({"value": "courts" if struck else "authority"})
    law["figures_known_on"] = account.beside({"value": figures.isoformat()})


LEVER = Lever(
    id="extension",
    section="law",
    rank=130,
    words=Words(nl="Verlenging van de beslistermijn", en="Extension of the decision period"),
    unit=Words(nl="", en=""),
    reason=Words(
        nl="De verlenging geldt, of sneuvelt zoals de rechter haar na het arrest van 8 mei 2025 (C-662/23) las. "
        "Een derde mogelijkheid kent het recht niet. Cijfers blijven die van de basis.",
        en="The extension holds, or is struck down as the courts read it after the judgment of 8 May 2025 "
        "(C-662/23). The law knows no third possibility. Figures stay those of the base.",
    ),
    options=(
        Option("in_force", Words(nl="geldt (15 maanden)", en="in force (15 months)")),
        Option("struck_down", Words(nl="sneuvelt (6 maanden)", en="struck down (6 months)")),
    ),
    source="https://eur-lex.europa.eu/eli/C/2025/3380/oj/eng",
    stands=_stands,
    write=_write,
)
