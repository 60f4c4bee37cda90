# SPDX-License-Identifier: EUPL-1.2
"""What each measure of a study is called, what it counts, and how a period of several months has one value of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from keten.domain.language import Words
from keten.parameters.load import load_chain

LOAD = "load."
"""Measures of which there is one for each resource start so."""


class OverPeriod(StrEnum):
    """How months become one value: a flow adds up, a stock is that of the last month, a rate is a mean."""

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"


@dataclass(frozen=True)
class MeasureWords:
    """A measure in words.

    `weight` names the measure by which the months of a mean count, so that the mean is the share of the whole period;
    empty when every month counts alike.
    """

    name: Words
    definition: Words
    over_period: OverPeriod
    weight: str = ""


def words_of(measure: str) -> MeasureWords:
    """Give the words of a measure.

    Raises
    ------
    KeyError
        When there is no such measure.
    """
    if measure.startswith(LOAD):
        resource = next(row for row in load_chain().resources if row.id == measure.removeprefix(LOAD))
        name = Words(nl=f"Belasting: {resource.nl}", en=f"Load: {resource.en}")
        return MeasureWords(name, _LOAD_DEFINITION, OverPeriod.MEAN)
    return MEASURE_WORDS[measure]


_LOAD_DEFINITION = Words(
    nl="De uren of plaatsen die het werk van de maand vraagt, gedeeld door die er zijn. Boven 1 hoopt "
    "het werk zich op.",
    en="The hours or places that the work of the month takes over those that there are; above 1 the work piles up.",
)


def _flow(name_nl: str, name_en: str, nl: str, en: str) -> MeasureWords:
    return MeasureWords(Words(nl=name_nl, en=name_en), Words(nl=nl, en=en), OverPeriod.SUM)


def _stock(name_nl: str, name_en: str, nl: str, en: str) -> MeasureWords:
    return MeasureWords(Words(nl=name_nl, en=name_en), Words(nl=nl, en=en), OverPeriod.LAST)


def _rate(name_nl: str, name_en: str, nl: str, en: str, weight: str) -> MeasureWords:
    return MeasureWords(Words(nl=name_nl, en=name_en), Words(nl=nl, en=en), OverPeriod.MEAN, weight)


MEASURE_WORDS: Mapping[str, MeasureWords] = {
    "inflow.total": _flow(
        "Instroom samen", "Inflow together",
        "Eerste en herhaalde aanvragen, hervestigden en nareizigers die in de maand kwamen.",
        "First and subsequent applications, resettled people and following family members in the month.",
    ),
    "inflow.first": _flow(
        "Eerste aanvragen", "First applications",
        "Eerste asielaanvragen in de maand, alle sporen samen.",
        "First asylum applications in the month, all tracks together.",
    ),
    "stock.track_1": _stock(
        "Voorraad spoor 1", "Stock of track 1",
        "Eerste aanvragen zonder besluit waarvoor mogelijk een andere lidstaat verantwoordelijk is, aan "
        "het eind van de maand.",
        "Undecided first applications for which another member state may be responsible, at the end of the month.",
    ),
    "stock.track_2": _stock(
        "Voorraad spoor 2", "Stock of track 2",
        "Eerste aanvragen zonder besluit van mensen uit een veilig land of met bescherming elders, aan "
        "het eind van de maand.",
        "Undecided first applications of people from a safe country or with protection elsewhere, at "
        "the end of the month.",
    ),
    "stock.track_4": _stock(
        "Voorraad spoor 4", "Stock of track 4",
        "Eerste aanvragen en zijinstroom zonder besluit in de algemene procedure, aan het eind van de maand.",
        "Undecided first applications and lateral inflow in the general procedure, at the end of the month.",
    ),
    "stock.asylum": _stock(
        "Voorraad asiel", "Stock of asylum",
        "Asielaanvragen zonder besluit, eerste en herhaalde, alle sporen samen, zonder nareis.",
        "Undecided asylum applications, first and subsequent, all tracks together, without family reunification.",
    ),
    "stock.family_reunification": _stock(
        "Voorraad nareis", "Stock of family reunification",
        "Nareisaanvragen zonder besluit, aan het eind van de maand.",
        "Undecided applications for family reunification, at the end of the month.",
    ),
    "stock.appeal": _stock(
        "Voorraad beroepen", "Stock of appeals",
        "Beroepen bij de rechtbank en hoger beroepen bij de Raad van State zonder uitspraak, aan het "
        "eind van de maand.",
        "Appeals at the court and onward appeals at the Council of State without judgment, at the end of the month.",
    ),
    "overdue.track_4": _stock(
        "Voorraad spoor 4 buiten de beslistermijn", "Stock of track 4 past the decision deadline",
        "Van de voorraad van spoor 4: geen besluit, terwijl de beslistermijn voorbij is.",
        "Of the stock of track 4: not decided while the decision deadline has passed.",
    ),
    "over_15_months": _stock(
        "Langer dan 15 maanden zonder besluit", "Undecided for more than 15 months",
        "Zaken van spoor 4 zonder besluit die minstens 65 weken geleden zijn aangevraagd (15 maanden is 65,2 weken).",
        "Undecided cases of track 4 that were lodged at least 65 weeks ago (15 months are 65.2 weeks).",
    ),
    "oldest_tenth.track_4": _stock(
        "Weken dat het oudste tiende van spoor 4 wacht", "Weeks that the oldest tenth of track 4 has waited",
        "Een tiende van de zaken van spoor 4 zonder besluit is minstens zoveel weken geleden aangevraagd.",
        "A tenth of the track-4 cases without a decision was lodged so many weeks ago or longer, to the week.",
    ),
    "production.track_4": _flow(
        "Besluiten in spoor 4", "Decisions in track 4",
        "Eerste besluiten van spoor 4 in de maand; ingetrokken aanvragen tellen niet mee.",
        "First-instance decisions of track 4 in the month; withdrawn applications do not count.",
    ),
    "decisions.asylum": _flow(
        "Besluiten asiel", "Asylum decisions",
        "Eerste besluiten op eerste en herhaalde asielaanvragen in de maand, inwilligingen en "
        "afwijzingen, zonder spoor 1.",
        "First-instance decisions on first and subsequent asylum applications in the month, grants and rejections, "
        "track 1 left out.",
    ),
    "handled.asylum": _flow(
        "Afgehandelde asielaanvragen", "Asylum applications handled",
        "Besluiten asiel en aanvragen die zonder besluit zijn ingetrokken of gesloten, zonder spoor 1.",
        "Asylum decisions and applications that were withdrawn or closed without one, track 1 left out.",
    ),
    "grants.asylum": _flow(
        "Inwilligingen asiel", "Asylum grants",
        "Van de besluiten asiel: de aanvraag is ingewilligd. Inwilligingen na beroep tellen niet mee.",
        "Of the asylum decisions: the application was granted. Grants after appeal do not count.",
    ),
    "grant_rate.decisions": _rate(
        "Inwilligingen per besluit", "Grants per decision",
        "Inwilligingen asiel gedeeld door besluiten asiel.",
        "Asylum grants divided by asylum decisions.", "decisions.asylum",
    ),
    "grant_rate.handled": _rate(
        "Inwilligingen per afgehandelde aanvraag", "Grants per application handled",
        "Inwilligingen asiel gedeeld door afgehandelde asielaanvragen; lager, omdat ook intrekkingen meetellen.",
        "Asylum grants divided by asylum applications handled; lower, because withdrawals count as well.",
        "handled.asylum",
    ),
    "withdrawn.track_4": _flow(
        "Ingetrokken in spoor 4", "Withdrawn in track 4",
        "Aanvragen van spoor 4 die in de maand zijn ingetrokken, voor een besluit.",
        "Applications of track 4 that were withdrawn in the month, before a decision.",
    ),
    "remitted": _flow(
        "Opnieuw te beslissen na beroep", "To be decided again after appeal",
        "Zaken waarin de IND na beroep of hoger beroep opnieuw moet beslissen, in de maand.",
        "Cases in which the IND has to decide again after appeal or onward appeal, in the month.",
    ),
    "lead_time.track_4": _rate(
        "Doorlooptijd van spoor 4", "Lead time of track 4",
        "Gemiddelde tijd van aanvraag tot besluit van de besluiten in spoor 4.",
        "Mean time from application to decision of the decisions in track 4.", "production.track_4",
    ),
    "lead_time.asylum": _rate(
        "Doorlooptijd asiel", "Lead time of asylum",
        "Gemiddelde tijd van aanvraag tot besluit van de besluiten asiel, zonder spoor 1.",
        "Mean time from application to decision of the asylum decisions, track 1 left out.", "decisions.asylum",
    ),
    "share_in_time.track_4": _rate(
        "Aandeel van spoor 4 op tijd beslist", "Share of track 4 decided in time",
        "Besluiten in spoor 4 op of voor het eind van de beslistermijn, gedeeld door alle besluiten in spoor 4.",
        "Decisions of track 4 on or before the decision deadline over all decisions of track 4.", "production.track_4",
    ),
    "notices": _flow(
        "Ingebrekestellingen", "Notices of default",
        "Ingebrekestellingen die in de maand binnenkwamen, asiel en nareis.",
        "Notices of default received in the month, asylum and family reunification.",
    ),
    "notices.asylum": _flow(
        "Ingebrekestellingen asiel", "Notices of default, asylum",
        "Van de ingebrekestellingen: op een asielaanvraag.",
        "Of the notices of default: on an asylum application.",
    ),
    "notices.family_reunification": _flow(
        "Ingebrekestellingen nareis", "Notices of default, family reunification",
        "Van de ingebrekestellingen: op een nareisaanvraag.",
        "Of the notices of default: on an application for family reunification.",
    ),
    "late_decision_appeals": _flow(
        "Beroepen niet tijdig beslissen", "Appeals for late decision",
        "Beroepen tegen niet tijdig beslissen die in de maand zijn ingesteld.",
        "Appeals against not deciding in time that are lodged in the month.",
    ),
    "penalties.accrued": _flow(
        "Opgelopen dwangsommen", "Penalties accrued",
        "Dwangsommen die in de maand zijn opgelopen, alle zaken samen.",
        "Penalty payments that accrued in the month, all cases together.",
    ),
    "penalties.paid": _flow(
        "Betaalde dwangsommen", "Penalties paid",
        "Dwangsommen wegens te late besluiten die in de maand zijn betaald, alle zaken samen.",
        "Penalty payments for late decisions that are paid in the month, all cases together.",
    ),
    "penalties.paid.asylum": _flow(
        "Betaalde dwangsommen asiel", "Penalties paid, asylum",
        "Van de betaalde dwangsommen: wegens een asielaanvraag.",
        "Of the penalties paid: for an asylum application.",
    ),
    "penalties.paid.family_reunification": _flow(
        "Betaalde dwangsommen nareis", "Penalties paid, family reunification",
        "Van de betaalde dwangsommen: wegens een nareisaanvraag.",
        "Of the penalties paid: for an application for family reunification.",
    ),
    "family.applications": _flow(
        "Nareisaanvragen", "Family reunification applications",
        "Nareisaanvragen die in de maand zijn ingediend, per persoon die wil komen.",
        "Applications for family reunification filed in the month, one for each person who wants to come.",
    ),
    "family.decisions": _flow(
        "Besluiten nareis", "Family reunification decisions",
        "Besluiten op nareisaanvragen in de maand, inwilligingen en afwijzingen.",
        "Decisions on applications for family reunification in the month, grants and rejections.",
    ),
    "family.arrivals": _flow(
        "Nareizigers die aankwamen", "Following family members who arrived",
        "Gezinsleden die in de maand met een besluit op een nareisaanvraag aankwamen.",
        "Family members who arrived in the month with a decision on family reunification.",
    ),
    "reception.occupancy": _stock(
        "Mensen in de opvang", "People in reception",
        "Mensen die aan het eind van de maand in de opvang wonen, vergunninghouders meegeteld.",
        "People who live in reception at the end of the month, permit holders included.",
    ),
    "reception.regular": _stock(
        "Mensen op reguliere plekken", "People in regular places",
        "Mensen in de opvang voor wie er een reguliere plek is, aan het eind van de maand.",
        "People in reception for whom there is a regular place, at the end of the month.",
    ),
    "reception.emergency": _stock(
        "Mensen op noodopvangplekken", "People in emergency places",
        "Mensen in de opvang voor wie er geen reguliere plek is, aan het eind van de maand.",
        "People in reception for whom there is no regular place, at the end of the month.",
    ),
    "permit_holders_waiting": _stock(
        "Vergunninghouders die op een woning wachten", "Permit holders waiting for a home",
        "Vergunninghouders in de opvang voor wie er nog geen woning is, aan het eind van de maand.",
        "Permit holders in reception for whom there is no home yet, at the end of the month.",
    ),
    "homes.permit_holders": _flow(
        "Vergunninghouders die een woning kregen", "Permit holders housed",
        "Mensen met een vergunning die in de maand in een gemeente gingen wonen, nareizigers en "
        "hervestigden meegeteld.",
        "People with a permit who moved to a municipality in the month, following family members and resettled people "
        "included.",
    ),
    "no_shows": _flow(
        "Gehoren waar de aanvrager niet kwam", "Interviews that the applicant did not attend",
        "Afspraken voor een gehoor in de maand waar de aanvrager niet verscheen.",
        "Appointments for an interview in the month at which the applicant did not appear.",
    ),
    "no_shows.interpreter_hours": _flow(
        "Uren van tolken die daardoor verloren gingen", "Hours of interpreters lost by it",
        "Uren van tolken voor gehoren waar de aanvrager niet kwam.",
        "Hours of interpreters for interviews that the applicant did not attend.",
    ),
    "no_shows.officer_hours": _flow(
        "Uren van medewerkers die daardoor verloren gingen", "Hours of officers lost by it",
        "Uren van medewerkers voor gehoren waar de aanvrager niet kwam.",
        "Hours of officers for interviews that the applicant did not attend.",
    ),
    "departures.independent": _flow(
        "Zelfstandig vertrek", "Independent departure",
        "Mensen zonder rechtmatig verblijf die in de maand zelfstandig en aantoonbaar vertrokken.",
        "People without lawful stay who left independently and demonstrably in the month.",
    ),
    "departures.forced": _flow(
        "Gedwongen vertrek", "Forced departure",
        "Mensen zonder rechtmatig verblijf die in de maand zijn uitgezet.",
        "People without lawful stay who were removed in the month.",
    ),
    "departures.unsupervised": _flow(
        "Vertrek zonder toezicht", "Departure without supervision",
        "Mensen die in de maand uit beeld raakten: waarheen zij gingen, is niet bekend.",
        "People who left the view of the authorities in the month; where they went is not known.",
    ),
    "departures.demonstrable": _flow(
        "Aantoonbaar vertrek", "Demonstrable departure",
        "Zelfstandig en gedwongen vertrek samen.",
        "Independent and forced departure together.",
    ),
    "cost.total": _flow(
        "Kosten van alle partners", "Costs of all partners",
        "Wat de keten in de maand kost, tegen kostprijzen.",
        "What the chain costs in the month, at unit costs.",
    ),
}  # fmt: skip
"""The measures that are not of a resource, by name."""
