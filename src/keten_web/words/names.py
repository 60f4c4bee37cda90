# SPDX-License-Identifier: EUPL-1.2
"""What things are called on the screen. Names of stages, classes and partners come from the chain tables."""

from __future__ import annotations

import textwrap
from datetime import date

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from keten.domain.words import ChainGoal, CoreProcess
from keten.parameters.chain import Chain, EarlierName, Named
from keten.parameters.load import load_chain
from keten_web.config.today import today


def own_name(row: Named | EarlierName) -> str:
    """Give the name that a row carries, in the language of the page."""
    return row.en if get_language() == "en" else row.nl


def goal(which: ChainGoal) -> str:
    return {
        ChainGoal.PROCEDURE: _("Procedure"),
        ChainGoal.INFORMATION: _("Information"),
        ChainGoal.RECEPTION: _("Reception"),
        ChainGoal.SAFETY: _("Safety"),
    }[which]


def goal_sentence(which: ChainGoal) -> str:
    """Say the goal itself, in short; the letter of 13 July 2023 has the full text."""
    return {
        ChainGoal.PROCEDURE: _("A careful and just procedure, within the periods that hold for it."),
        ChainGoal.INFORMATION: _("Clear information on procedure, reception, stay and departure."),
        ChainGoal.RECEPTION: _("Humane and safe reception for everyone who has a right to it."),
        ChainGoal.SAFETY: _("A safe society; less unlawful stay and less irregular migration."),
    }[which]


def core_process(which: CoreProcess) -> str:
    return {
        CoreProcess.ENTRY: _("Entry"),
        CoreProcess.ADMISSION: _("Admission"),
        CoreProcess.SUPERVISION: _("Supervision"),
        CoreProcess.RETURN: _("Return"),
        CoreProcess.RECEPTION: _("Reception"),
        CoreProcess.DETENTION: _("Detention"),
    }[which]


def partner(code: str, on: date | None = None) -> str:
    """Give the full name of an organisation as it was on a day, else as it is on the day the site speaks of."""
    return own_name(load_chain().partner(code).named_on(on or today()))


ANSWERABLE = {
    "Minister of Justice": gettext_lazy("Minister of Justice"),
    "Minister and State Secretary of Justice": gettext_lazy("Minister and State Secretary of Justice"),
    "Minister of Justice and Security": gettext_lazy("Minister of Justice and Security"),
    "Minister of Asylum and Migration": gettext_lazy("Minister of Asylum and Migration"),
    "Minister of Defence": gettext_lazy("Minister of Defence"),
    "Minister of the Interior": gettext_lazy("Minister of the Interior"),
    "Minister of Foreign Affairs": gettext_lazy("Minister of Foreign Affairs"),
    "International organisation": gettext_lazy("International organisation"),
    "Private organisation": gettext_lazy("Private organisation"),
    "Judiciary": gettext_lazy("Judiciary"),
    "High Council of State": gettext_lazy("High Council of State"),
    "Local government": gettext_lazy("Local government"),
}
"""Who answers for a partner, as the tables of the chain write it."""


def partner_short(code: str) -> str:
    """Give what everyone in the chain calls an organisation; most codes are that already."""
    return {
        "DTV": "DT&V",
        "KMAR": "KMar",
        "DVO": "DV&O",
        "NIDOS": "Nidos",
        "POLICE": _("Police"),
        "COURTS": _("Courts"),
        "COUNCIL_OF_STATE": _("Council of State"),
        "MUNICIPALITIES": _("Municipalities"),
        "SAFETY_REGIONS": _("Safety regions"),
        "COMENSHA": "CoMensha",
        "MINISTRY": _("Ministry"),
        "BZ": _("Foreign Affairs"),
        "VWN": "VluchtelingenWerk",
        "ZHP": _("Seaport police"),
        "RVR": _("Legal Aid Council"),
    }.get(code, code)


def approver(name: str) -> str:
    """Name who must consent: a partner, or the minister who answers for one."""
    return str(ANSWERABLE.get(name, partner_short(name)))


def is_partner(code: str) -> bool:
    """Tell whether a word is the code of a chain partner."""
    return any(row.id == code for row in load_chain().partners)


def stage(identifier: str, chain: Chain) -> str:
    return own_name(chain.stage(identifier))


def opening_group(identifier: str) -> str:
    """Name a group of the opening stock."""
    return {
        "track_1": _("Track 1"),
        "track_2": _("Track 2"),
        "track_4": _("Track 4"),
        "subsequent": _("Subsequent applications"),
        "family_reunification": _("Family reunification"),
        "appeal": _("Appeals"),
        "onward_appeal": _("Onward appeals"),
        "permit_holders": _("Permit holders in reception"),
        "dublin_transfer": _("Waiting for transfer"),
        "departure_period": _("In the departure period"),
        "return_file": _("Return files"),
        "detention": _("Immigration detention"),
    }.get(identifier, identifier)


def reception_group(identifier: str, chain: Chain) -> str:
    found = next((row for row in chain.reception_groups if row.id == identifier), None)
    return own_name(found) if found else identifier


def measure(name: str) -> str:
    return {
        "stock.track_1": _("Stock of track 1"),
        "stock.track_2": _("Stock of track 2"),
        "stock.track_4": _("Stock of track 4"),
        "overdue.track_4": _("past the decision deadline"),
        "stock.family_reunification": _("Stock of family reunification"),
        "stock.appeal": _("Stock of appeals"),
    }[name]


def measure_definition(name: str) -> str:
    return {
        "stock.track_1": _("Cases. Undecided first applications for which another member state may be responsible."),
        "stock.track_2": _(
            "Cases. Undecided first applications of people from a safe country or with protection elsewhere."
        ),
        "stock.track_4": _("Cases. Undecided first applications and lateral inflow in the general procedure."),
        "stock.family_reunification": _(
            "Cases. Undecided applications for family reunification; the families are not in the Netherlands yet."
        ),
        "stock.appeal": _("Cases. Appeals at the court and onward appeals at the Council of State without judgment."),
    }[name]


def wrapped(name: str) -> tuple[str, ...]:
    """Break a name into lines that fit a column of the map; what stands in brackets is in the table."""
    return tuple(textwrap.wrap(name.split(" (")[0], width=16, break_long_words=False))
