# SPDX-License-Identifier: EUPL-1.2
"""What a director can turn on the what-if page: names, bounds that are possible in reality, and the reason of each.

A table without formulas; what a lever does to a scenario stands in `keten.whatif.chosen`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from keten.scenario.words import Words

LETTER = "https://zoek.officielebekendmakingen.nl/kst-19637-3156.html"
"""Letter to parliament of 13 July 2023 on the stock and the plans of the chain."""

Section = Literal["inflow", "people", "order", "routes", "law", "places"]


@dataclass(frozen=True)
class Option:
    """One of the values of a lever that chooses."""

    value: str
    words: Words


@dataclass(frozen=True)
class Lever:
    """Something that can be turned.

    Parameters
    ----------
    low, high, step
        Bounds and the step of a number; not used by a lever that chooses between `options`.
    reason
        Why nothing outside the bounds is possible.
    source
        Public address the bounds rest on; empty when they are an assumption, and then the reason says so.
    """

    id: str
    section: Section
    words: Words
    unit: Words
    reason: Words
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    options: tuple[Option, ...] = ()
    source: str = ""

    @property
    def chooses(self) -> bool:
        """True when the lever chooses between options instead of taking a number."""
        return bool(self.options)


INFLOW = Lever(
    "inflow",
    "inflow",
    Words("Asielinstroom in {}", "Asylum inflow in {}"),
    Words("mensen", "persons"),
    Words(
        "De prognose van 2023 loopt van 49.000 tot 77.000; de grenzen zijn de helft van het minimum en "
        "anderhalf keer het "
        "maximum. Dat de aandelen per groep zo ver nog gelden, is een aanname; verder zeker niet.",
        "The forecast of 2023 runs from 49,000 to 77,000; the bounds are half the minimum and one and a half times the "
        "maximum. That the shares per group still hold so far is an assumption; further they surely do not.",
    ),
    low=24_500,
    high=115_500,
    step=500,
    source=LETTER,
)
"""One lever for every calendar year of the scenario."""

LEVERS = (
    Lever(
        "baa",
        "people",
        Words("Project BAA (Bespoediging Afdoening Asiel)", "Project BAA (faster asylum decisions)"),
        Words("% van het plan", "% of the plan"),
        Words(
            "0 is zonder het project. Het plan is 13.000 extra zaken in het eerste jaar, en de werving liep in "
            "juli 2023 "
            "nog; meer dan anderhalf keer zo veel mensen is er in die tijd niet. Dat laatste is een aanname.",
            "0 is without the project. The plan is 13,000 extra cases in the first year, and staff was still being "
            "recruited in July 2023; more than one and a half times as many people cannot be found in that time. The "
            "latter is an assumption.",
        ),
        high=150,
        step=10,
        source=LETTER,
    ),
    Lever(
        "hires_track_4",
        "people",
        Words("Extra eigen medewerkers spoor 4, vanaf nu geworven", "Extra own staff track 4, recruited from now"),
        Words("fte", "FTE"),
        Words(
            "Werven duurt maanden en opleiden negen maanden, en opleiders beslissen zelf ook. Meer dan 300 tegelijk is "
            "ruim twee keer de huidige uren van spoor 4; dat kan niemand opleiden. Dat is een aanname.",
            "Recruiting takes months and training nine months, and trainers decide cases too. More than 300 at once is "
            "over twice the present hours of track 4; nobody can train that. That is an assumption.",
        ),
        high=300,
        step=10,
        source="https://ind.nl/nl/nieuws/aantal-asielaanvragen-neemt-ook-in-2023-toe",
    ),
    Lever(
        "external_track_4",
        "people",
        Words("Ingehuurde medewerkers spoor 4, vanaf nu", "Staff hired from outside for track 4, from now"),
        Words("fte", "FTE"),
        Words(
            "Inhuur begint sneller en beslist minder per uur. Boven 200 wordt meer dan de helft van spoor 4 "
            "ingehuurd en "
            "is er te weinig eigen begeleiding. Dat is een aanname.",
            "Hire starts sooner and decides less per hour. Above 200 more than half of track 4 would be hired "
            "and there "
            "is too little guidance by own staff. That is an assumption.",
        ),
        high=200,
        step=10,
    ),
    Lever(
        "court_hours",
        "people",
        Words("Zittingscapaciteit van de rechtbanken", "Session capacity of the courts"),
        Words("% van nu", "% of now"),
        Words(
            "Rechters opleiden duurt jaren; binnen twee jaar is een kwart erbij al veel, en een vijfde eraf het gevolg "
            "van ander werk dat voorgaat. Dat is een aanname.",
            "Training judges takes years; a quarter more within two years is much, and a fifth less is what other work "
            "with priority does. That is an assumption.",
        ),
        low=80,
        high=125,
        step=5,
    ),
    Lever(
        "order",
        "order",
        Words("Volgorde van werk in spoor 4", "Order of work in track 4"),
        Words("", ""),
        Words(
            "De volgordes die een planning kan aanhouden. Een verdeling van de uren over te laat en op tijd kan "
            "alleen bij "
            "‘vroegste uiterste beslisdatum eerst’.",
            "The orders that planning can keep. A division of the hours between late and in time goes only with "
            "“earliest "
            "decision deadline first”.",
        ),
        options=(
            Option("lodged", Words("oudste aanvraag eerst", "oldest application first")),
            Option("deadline", Words("vroegste uiterste beslisdatum eerst", "earliest decision deadline first")),
            Option("entered", Words("volgorde van binnenkomst in de stap", "order of arrival in the stage")),
            Option("unpredictable", Words("onvoorspelbaar", "unpredictable")),
        ),
    ),
    Lever(
        "overdue_share",
        "order",
        Words("Deel van de uren voor zaken buiten de termijn", "Share of the hours for overdue cases"),
        Words("%", "%"),
        Words(
            "Een deel ligt tussen niets en alles; de dwangsomprognose van 2023 rekende met 70.",
            "A share lies between nothing and all; the penalty forecast of 2023 reckoned with 70.",
        ),
        high=100,
        step=5,
        source=LETTER,
    ),
    Lever(
        "first",
        "order",
        Words("Voorrang in spoor 4", "Priority in track 4"),
        Words("", ""),
        Words(
            "Groepen die de keten apart telt. De brief van 13 juli 2023 plant Algerijnen en Moldaven met voorrang.",
            "Groups that the chain counts apart. The letter of 13 July 2023 plans Algerians and Moldovans with "
            "priority.",
        ),
        options=(
            Option("none", Words("geen groep", "no group")),
            Option("first_track_4_dza_mda", Words("Algerijnen en Moldaven", "Algerians and Moldovans")),
            Option("first_track_4_syr_yem", Words("Syriërs en Jemenieten", "Syrians and Yemenis")),
            Option("first_track_4_other", Words("overige nationaliteiten", "other nationalities")),
        ),
        source=LETTER,
    ),
    Lever(
        "horizon",
        "order",
        Words("Planningshorizon van de voorranggroep", "Planning horizon of the priority group"),
        Words("dagen", "days"),
        Words(
            "0 is meteen. De brief plant op vier weken (28); langer dan de algemene beslistermijn van een half "
            "jaar is geen "
            "voorrang meer.",
            "0 is at once. The letter plans at four weeks (28); longer than the general decision period of half "
            "a year is "
            "no priority any more.",
        ),
        high=182,
        step=7,
        source=LETTER,
    ),
    Lever(
        "no_show",
        "order",
        Words("Niet verschenen bij het nader gehoor", "Not appeared at the detailed interview"),
        Words("% van de gehoren", "% of the interviews"),
        Words(
            "Geen percentage is gepubliceerd; nu wordt 8 aangenomen. Onder 2 blijft ziekte over, boven 25 zou "
            "een op de "
            "vier gehoren vervallen. Dat zijn aannames.",
            "No percentage was published; 8 is assumed now. Below 2 illness remains, above 25 one in four "
            "interviews would "
            "be lost. Those are assumptions.",
        ),
        low=2,
        high=25,
        step=1,
    ),
    Lever(
        "simplified",
        "routes",
        Words(
            "Algerijnen en Moldaven naar de vereenvoudigde procedure (spoor 2)",
            "Algerians and Moldovans to the simplified procedure (track 2)",
        ),
        Words("% van wie na aanmelding verdergaat", "% of those who go on after registration"),
        Words(
            "0 is zoals nu: zij gaan naar spoor 4, met voorrang in de planning. Meer dan alles is er niet. Dat hun "
            "zaken dan verlopen als die van spoor 2, is een aanname, en het recht laat spoor 2 alleen toe waar een "
            "land veilig is verklaard of een ander EU-land bescherming gaf.",
            "0 is as now: they go to track 4, planned with priority. There is no more than all. That their cases then "
            "go as those of track 2 is an assumption, and the law allows track 2 only where a country was declared "
            "safe or another EU country gave protection.",
        ),
        high=100,
        step=5,
        source="https://asylumineurope.org/reports/country/netherlands/asylum-procedure/procedures/accelerated-procedure",
    ),
    Lever(
        "appeals",
        "routes",
        Words("Beroepen na een afwijzing", "Appeals after a rejection"),
        Words("% van nu", "% of now"),
        Words(
            "Minder door filteren: zaken waarin een tweede besluit of een schikking een beroep overbodig maakt. Onder "
            "de helft is nergens gemeten, en boven 120 zou vrijwel elke afwijzing worden aangevochten. Dat zijn "
            "aannames.",
            "Fewer by filtering: cases in which a second decision or a settlement makes an appeal needless. Less than "
            "half was measured nowhere, and above 120 nearly every rejection would be fought. Those are assumptions.",
        ),
        low=50,
        high=120,
        step=5,
    ),
    Lever(
        "extension",
        "law",
        Words("Verlenging van de beslistermijn", "Extension of the decision period"),
        Words("", ""),
        Words(
            "De verlenging geldt, of sneuvelt zoals de rechter haar na het arrest van 8 mei 2025 (C-662/23) las. "
            "Een derde "
            "mogelijkheid kent het recht niet. Cijfers blijven die van de basis.",
            "The extension holds, or is struck down as the courts read it after the judgment of 8 May 2025 "
            "(C-662/23). The "
            "law knows no third possibility. Figures stay those of the base.",
        ),
        options=(
            Option("in_force", Words("geldt (15 maanden)", "in force (15 months)")),
            Option("struck_down", Words("sneuvelt (6 maanden)", "struck down (6 months)")),
        ),
        source="https://eur-lex.europa.eu/eli/C/2025/3380/oj/eng",
    ),
    Lever(
        "regular_places",
        "places",
        Words("Reguliere opvangplaatsen", "Regular reception places"),
        Words("plaatsen", "places"),
        Words(
            "Begin 2023 woonden er 30.053 mensen op een reguliere plaats. Een derde sluiten of verdubbelen "
            "binnen twee jaar "
            "is het uiterste dat gemeenten en bouw toelaten; dat is een aanname.",
            "Early in 2023 some 30,053 people lived in a regular place. Closing a third or doubling within two "
            "years is the "
            "utmost that municipalities and building allow; that is an assumption.",
        ),
        low=20_000,
        high=66_000,
        step=500,
        source="https://asylumineurope.org/reports/country/netherlands/reception-conditions/housing/types-accommodation/",
    ),
    Lever(
        "homes",
        "places",
        Words("Huisvesting van vergunninghouders", "Housing of permit holders"),
        Words("personen per werkdag", "persons per working day"),
        Words(
            "Nu ongeveer 80. De taakstelling van de eerste helft van 2023 (21.200) is 170 per werkdag; onder 40 zou de "
            "huisvesting halveren.",
            "Now about 80. The target of the first half of 2023 (21,200) is 170 per working day; below 40 "
            "housing would "
            "halve.",
        ),
        low=40,
        high=170,
        step=5,
        source="https://www.nu.nl/binnenland/6227180/nog-eens-21200-statushouders-moeten-in-eerste-helft-2023-een-huis-krijgen.html",
    ),
)
"""Every lever but inflow, in the order of the page."""
