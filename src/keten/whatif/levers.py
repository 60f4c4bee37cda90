# SPDX-License-Identifier: EUPL-1.2
"""What a director can turn on the what-if page: names, bounds that are possible in reality, and the reason of each.

A table without formulas; what a lever does to a scenario stands in `keten.whatif.chosen`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from keten.domain.language import Words

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
    Words(nl="Asielinstroom in {}", en="Asylum inflow in {}"),
    Words(nl="mensen", en="persons"),
    Words(
        nl="De prognose van 2023 loopt van 49.000 tot 77.000; de grenzen zijn de helft van het minimum en "
        "anderhalf keer het "
        "maximum. Dat de aandelen per groep zo ver nog gelden, is een aanname; verder zeker niet.",
        en="The forecast of 2023 runs from 49,000 to 77,000; the bounds are half the minimum and one and a half "
        "times the "
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
        Words(nl="Project BAA (Bespoediging Afdoening Asiel)", en="Project BAA (faster asylum decisions)"),
        Words(nl="% van het plan", en="% of the plan"),
        Words(
            nl="0 is zonder het project. Het plan is 13.000 extra zaken in het eerste jaar, en de werving liep in "
            "juli 2023 "
            "nog; meer dan anderhalf keer zo veel mensen is er in die tijd niet. Dat laatste is een aanname.",
            en="0 is without the project. The plan is 13,000 extra cases in the first year, and staff was still being "
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
        Words(
            nl="Extra eigen medewerkers spoor 4, vanaf nu geworven", en="Extra own staff track 4, recruited from now"
        ),
        Words(nl="fte", en="FTE"),
        Words(
            nl="Werven duurt maanden en opleiden negen maanden, en opleiders beslissen zelf ook. Meer dan 300 "
            "tegelijk is "
            "ruim twee keer de huidige uren van spoor 4; dat kan niemand opleiden. Dat is een aanname.",
            en="Recruiting takes months and training nine months, and trainers decide cases too. More than 300 at "
            "once is "
            "over twice the present hours of track 4; nobody can train that. That is an assumption.",
        ),
        high=300,
        step=10,
        source="https://ind.nl/nl/nieuws/aantal-asielaanvragen-neemt-ook-in-2023-toe",
    ),
    Lever(
        "external_track_4",
        "people",
        Words(nl="Ingehuurde medewerkers spoor 4, vanaf nu", en="Staff hired from outside for track 4, from now"),
        Words(nl="fte", en="FTE"),
        Words(
            nl="Inhuur begint sneller en beslist minder per uur. Boven 200 wordt meer dan de helft van spoor 4 "
            "ingehuurd en "
            "is er te weinig eigen begeleiding. Dat is een aanname.",
            en="Hire starts sooner and decides less per hour. Above 200 more than half of track 4 would be hired "
            "and there "
            "is too little guidance by own staff. That is an assumption.",
        ),
        high=200,
        step=10,
    ),
    Lever(
        "court_hours",
        "people",
        Words(nl="Zittingscapaciteit van de rechtbanken", en="Session capacity of the courts"),
        Words(nl="% van nu", en="% of now"),
        Words(
            nl="Rechters opleiden duurt jaren; binnen twee jaar is een kwart erbij al veel, en een vijfde eraf het "
            "gevolg "
            "van ander werk dat voorgaat. Dat is een aanname.",
            en="Training judges takes years; a quarter more within two years is much, and a fifth less is what other "
            "work "
            "with priority does. That is an assumption.",
        ),
        low=80,
        high=125,
        step=5,
    ),
    Lever(
        "order",
        "order",
        Words(nl="Volgorde van werk in spoor 4", en="Order of work in track 4"),
        Words(nl="", en=""),
        Words(
            nl="De volgordes die een planning kan aanhouden. Een verdeling van de uren over te laat en op tijd kan "
            "alleen bij "
            "‘vroegste uiterste beslisdatum eerst’.",
            en="The orders that planning can keep. A division of the hours between late and in time goes only with "
            "“earliest "
            "decision deadline first”.",
        ),
        options=(
            Option("lodged", Words(nl="oudste aanvraag eerst", en="oldest application first")),
            Option("deadline", Words(nl="vroegste uiterste beslisdatum eerst", en="earliest decision deadline first")),
            Option("entered", Words(nl="volgorde van binnenkomst in de stap", en="order of arrival in the stage")),
            Option("unpredictable", Words(nl="onvoorspelbaar", en="unpredictable")),
        ),
    ),
    Lever(
        "overdue_share",
        "order",
        Words(nl="Deel van de uren voor zaken buiten de termijn", en="Share of the hours for overdue cases"),
        Words(nl="%", en="%"),
        Words(
            nl="Een deel ligt tussen niets en alles; de dwangsomprognose van 2023 rekende met 70.",
            en="A share lies between nothing and all; the penalty forecast of 2023 reckoned with 70.",
        ),
        high=100,
        step=5,
        source=LETTER,
    ),
    Lever(
        "first",
        "order",
        Words(nl="Voorrang in spoor 4", en="Priority in track 4"),
        Words(nl="", en=""),
        Words(
            nl="Groepen die de keten apart telt. De brief van 13 juli 2023 plant Algerijnen en Moldaven met voorrang.",
            en="Groups that the chain counts apart. The letter of 13 July 2023 plans Algerians and Moldovans with "
            "priority.",
        ),
        options=(
            Option("none", Words(nl="geen groep", en="no group")),
            Option("first_track_4_dza_mda", Words(nl="Algerijnen en Moldaven", en="Algerians and Moldovans")),
            Option("first_track_4_syr_yem", Words(nl="Syriërs en Jemenieten", en="Syrians and Yemenis")),
            Option("first_track_4_other", Words(nl="overige nationaliteiten", en="other nationalities")),
        ),
        source=LETTER,
    ),
    Lever(
        "horizon",
        "order",
        Words(nl="Planningshorizon van de voorranggroep", en="Planning horizon of the priority group"),
        Words(nl="dagen", en="days"),
        Words(
            nl="0 is meteen. De brief plant op vier weken (28); langer dan de algemene beslistermijn van een half "
            "jaar is geen "
            "voorrang meer.",
            en="0 is at once. The letter plans at four weeks (28); longer than the general decision period of half "
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
        Words(nl="Niet verschenen bij het nader gehoor", en="Not appeared at the detailed interview"),
        Words(nl="% van de gehoren", en="% of the interviews"),
        Words(
            nl="Geen percentage is gepubliceerd; nu wordt 8 aangenomen. Onder 2 blijft ziekte over, boven 25 zou "
            "een op de "
            "vier gehoren vervallen. Dat zijn aannames.",
            en="No percentage was published; 8 is assumed now. Below 2 illness remains, above 25 one in four "
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
            nl="Algerijnen en Moldaven naar de vereenvoudigde procedure (spoor 2)",
            en="Algerians and Moldovans to the simplified procedure (track 2)",
        ),
        Words(nl="% van wie na aanmelding verdergaat", en="% of those who go on after registration"),
        Words(
            nl="0 is zoals nu: zij gaan naar spoor 4, met voorrang in de planning. Meer dan alles is er niet. Dat hun "
            "zaken dan verlopen als die van spoor 2, is een aanname, en het recht laat spoor 2 alleen toe waar een "
            "land veilig is verklaard of een ander EU-land bescherming gaf.",
            en="0 is as now: they go to track 4, planned with priority. There is no more than all. That their cases "
            "then "
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
        Words(nl="Beroepen na een afwijzing", en="Appeals after a rejection"),
        Words(nl="% van nu", en="% of now"),
        Words(
            nl="Minder door filteren: zaken waarin een tweede besluit of een schikking een beroep overbodig maakt. "
            "Onder "
            "de helft is nergens gemeten, en boven 120 zou vrijwel elke afwijzing worden aangevochten. Dat zijn "
            "aannames.",
            en="Fewer by filtering: cases in which a second decision or a settlement makes an appeal needless. Less "
            "than "
            "half was measured nowhere, and above 120 nearly every rejection would be fought. Those are assumptions.",
        ),
        low=50,
        high=120,
        step=5,
    ),
    Lever(
        "extension",
        "law",
        Words(nl="Verlenging van de beslistermijn", en="Extension of the decision period"),
        Words(nl="", en=""),
        Words(
            nl="De verlenging geldt, of sneuvelt zoals de rechter haar na het arrest van 8 mei 2025 (C-662/23) las. "
            "Een derde "
            "mogelijkheid kent het recht niet. Cijfers blijven die van de basis.",
            en="The extension holds, or is struck down as the courts read it after the judgment of 8 May 2025 "
            "(C-662/23). The "
            "law knows no third possibility. Figures stay those of the base.",
        ),
        options=(
            Option("in_force", Words(nl="geldt (15 maanden)", en="in force (15 months)")),
            Option("struck_down", Words(nl="sneuvelt (6 maanden)", en="struck down (6 months)")),
        ),
        source="https://eur-lex.europa.eu/eli/C/2025/3380/oj/eng",
    ),
    Lever(
        "regular_places",
        "places",
        Words(nl="Reguliere opvangplaatsen", en="Regular reception places"),
        Words(nl="plaatsen", en="places"),
        Words(
            nl="Begin 2023 woonden er 30.053 mensen op een reguliere plaats. Een derde sluiten of verdubbelen "
            "binnen twee jaar "
            "is het uiterste dat gemeenten en bouw toelaten; dat is een aanname.",
            en="Early in 2023 some 30,053 people lived in a regular place. Closing a third or doubling within two "
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
        Words(nl="Huisvesting van vergunninghouders", en="Housing of permit holders"),
        Words(nl="personen per werkdag", en="persons per working day"),
        Words(
            nl="Nu ongeveer 80. De taakstelling van de eerste helft van 2023 (21.200) is 170 per werkdag; onder 40 "
            "zou de "
            "huisvesting halveren.",
            en="Now about 80. The target of the first half of 2023 (21,200) is 170 per working day; below 40 "
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
