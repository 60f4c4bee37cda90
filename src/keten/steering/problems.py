# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong here, said once in both languages."""

from __future__ import annotations

from keten.domain.errors import ProblemKind
from keten.domain.language import Words

PARTNER_TWICE = ProblemKind(
    code="partner_twice",
    what=Words(
        nl="een partner is twee keer genoemd.",
        en="a partner is named twice.",
    ),
    remedy=Words(
        nl="Noem elke partner één keer.",
        en="Name each partner once.",
    ),
)
NOT_TWO_PARTNERS = ProblemKind(
    code="not_two_partners",
    what=Words(
        nl="een bilaterale afspraak heeft twee partners, deze heeft er {count}.",
        en="a bilateral agreement has two partners, this one has {count}.",
    ),
    remedy=Words(
        nl="Verbeter de partners, of maak er een gezamenlijke afspraak van.",
        en="Correct the partners, or make it joint.",
    ),
)
TOO_FEW_PARTNERS = ProblemKind(
    code="too_few_partners",
    what=Words(
        nl="een gezamenlijke afspraak heeft meer dan één partner, deze heeft er {count}.",
        en="a joint agreement has several partners, this one has {count}.",
    ),
    remedy=Words(
        nl="Voeg de andere partners toe.",
        en="Add the other partners.",
    ),
)
NO_DUTY = ProblemKind(
    code="no_duty",
    what=Words(
        nl="{partner} heeft geen plicht.",
        en="{partner} has no duty.",
    ),
    remedy=Words(
        nl="Schrijf op wat deze partij moet doen, of laat de partner weg.",
        en="Write what this side must do, or leave the partner out.",
    ),
)
DUTY_WITHOUT_PARTY = ProblemKind(
    code="duty_without_party",
    what=Words(
        nl="{partner} heeft een plicht maar is geen partij.",
        en="{partner} has a duty but did not agree.",
    ),
    remedy=Words(
        nl="Voeg de partner toe, of haal de plicht weg.",
        en="Add the partner, or remove the duty.",
    ),
)
NORM_OR_REASON = ProblemKind(
    code="norm_or_reason",
    what=Words(
        nl="heeft een norm, of een reden waarom die nog moet worden afgesproken; een van de twee.",
        en="has a norm or a reason why it is still to be agreed, one of the two.",
    ),
    remedy=Words(
        nl="Voeg het ene toe, of haal het andere weg.",
        en="Add the one, or remove the other.",
    ),
)
NORM_OF_QUALITATIVE = ProblemKind(
    code="norm_of_qualitative",
    what=Words(
        nl="een kwalitatieve afspraak heeft geen norm in cijfers.",
        en="a qualitative agreement has no norm in numbers.",
    ),
    remedy=Words(
        nl="Haal de norm weg, of maak de afspraak kwantitatief.",
        en="Remove the norm, or make it quantitative.",
    ),
)
NORM_WITHOUT_UNIT = ProblemKind(
    code="norm_without_unit",
    what=Words(
        nl="de norm heeft geen eenheid.",
        en="the norm has no unit.",
    ),
    remedy=Words(
        nl="Zeg in welke eenheid de norm is.",
        en="Say in which unit it is.",
    ),
)
TERM_BACKWARD = ProblemKind(
    code="term_backward",
    what=Words(
        nl="de looptijd eindigt voordat zij begint.",
        en="its term ends before it begins.",
    ),
    remedy=Words(
        nl="Verbeter een van de dagen.",
        en="Correct one of the days.",
    ),
)
BUDGET_NO_SHARE = ProblemKind(
    code="budget_no_share",
    what=Words(
        nl="een foutbudget van {share} is geen aandeel van 0 tot 1.",
        en="an error budget of {share} is not a share from 0 up to 1.",
    ),
    remedy=Words(
        nl="Geef het aandeel dat mag missen.",
        en="Give the share that may miss.",
    ),
)
BUDGET_OF_TOTAL = ProblemKind(
    code="budget_of_total",
    what=Words(
        nl="wat over een jaar optelt, wordt op het totaal beoordeeld.",
        en="what adds up over a year is judged on its total.",
    ),
    remedy=Words(
        nl="Haal het foutbudget weg, of beoordeel elke periode apart.",
        en="Remove the error budget, or judge each period.",
    ),
)
VALUE_OF_QUALITATIVE = ProblemKind(
    code="value_of_qualitative",
    what=Words(
        nl="een kwalitatieve afspraak is nagekomen of niet; zij heeft geen waarde.",
        en="a qualitative agreement is kept or not, it has no value.",
    ),
    remedy=Words(
        nl="Zeg of de afspraak is nagekomen.",
        en="Say whether it was kept.",
    ),
)
KEPT_OF_QUANTITATIVE = ProblemKind(
    code="kept_of_quantitative",
    what=Words(
        nl="een kwantitatieve afspraak wordt op haar waarde beoordeeld.",
        en="a quantitative agreement is judged on its value.",
    ),
    remedy=Words(
        nl="Geef de waarde, en laat “nagekomen” leeg.",
        en="Give the value, and leave “kept” empty.",
    ),
)
MISSED_OF_UNKNOWN = ProblemKind(
    code="missed_of_unknown",
    what=Words(
        nl="het is niet gezegd van hoeveel zaken deze de norm misten.",
        en="of how many cases these missed is not said.",
    ),
    remedy=Words(
        nl="Geef het aantal getelde zaken.",
        en="Give the cases counted.",
    ),
)
MORE_THAN_WHOLE = ProblemKind(
    code="more_than_whole",
    what=Words(
        nl="{missed} van {cases} zaken misten de norm.",
        en="{missed} missed of {cases} cases.",
    ),
    remedy=Words(
        nl="Een deel is niet meer dan het geheel; verbeter een van de twee.",
        en="A part is no more than the whole; correct one of them.",
    ),
)
OUTSIDE_TERM = ProblemKind(
    code="outside_term",
    what=Words(
        nl="de afspraak loopt van {a} tot en met {b}.",
        en="the agreement runs from {a} up to {b}.",
    ),
    remedy=Words(
        nl="Geef een cijfer binnen die tijd.",
        en="Give a figure within it.",
    ),
)
PERIOD_NOT_WHOLE = ProblemKind(
    code="period_not_whole",
    what=Words(
        nl="wat optelt, wordt over hele maanden geteld.",
        en="what adds up is counted over whole months.",
    ),
    remedy=Words(
        nl="Laat de periode met een maand beginnen en eindigen.",
        en="Let the period begin and end with a month.",
    ),
)
KNOWN_TOO_EARLY = ProblemKind(
    code="known_too_early",
    what=Words(
        nl="het was bekend voordat de periode voorbij was.",
        en="it was known before the period was over.",
    ),
    remedy=Words(
        nl="Geef de dag waarop de hele periode bekend was.",
        en="Give the day on which the whole period was known.",
    ),
)
NORM_NO_VALUE = ProblemKind(
    code="norm_no_value",
    what=Words(
        nl="de norm vanaf {valid_from} is geen waarde in een periode.",
        en="the norm from {valid_from} is not a value in a period.",
    ),
    remedy=Words(
        nl="Verbeter de waarde of de datums.",
        en="Correct its value or its dates.",
    ),
)
TWO_NORMS = ProblemKind(
    code="two_norms",
    what=Words(
        nl="op {valid_from} gelden twee normen.",
        en="two norms hold on {valid_from}.",
    ),
    remedy=Words(
        nl="Laat de eerste eindigen waar de tweede begint.",
        en="End the earlier one where the later one starts.",
    ),
)
TERM_NOT_WHOLE = ProblemKind(
    code="term_not_whole",
    what=Words(
        nl="wat optelt, wordt over hele maanden afgesproken.",
        en="what adds up is agreed over whole months.",
    ),
    remedy=Words(
        nl="Laat de looptijd met een maand beginnen en eindigen.",
        en="Let the term begin and end with a month.",
    ),
)
OTHER_PERIOD = ProblemKind(
    code="other_period",
    what=Words(
        nl="de rij die wordt verbeterd gaat over {first} tot en met {last}.",
        en="the row it corrects is about {first} up to {last}.",
    ),
    remedy=Words(
        nl="Een verbetering heeft dezelfde periode.",
        en="A correction has the same period.",
    ),
)
ACTUAL_TWICE = ProblemKind(
    code="actual_twice",
    what=Words(
        nl="er is al een realisatie van {period_start} tot en met {period_end}.",
        en="there is an actual of {period_start} up to {period_end} already.",
    ),
    remedy=Words(
        nl="Verander die, of voeg een verbetering toe die haar noemt: een maand telt één keer.",
        en="Change that one, or add a correction that names it: a month counts once.",
    ),
)
NORM_NOT_WHOLE = ProblemKind(
    code="norm_not_whole",
    what=Words(
        nl="de norm vanaf {valid_from} is niet over hele maanden verdeeld.",
        en="the norm from {valid_from} is not spread over whole months.",
    ),
    remedy=Words(
        nl="Laat de norm met een maand beginnen.",
        en="Let it begin with a month.",
    ),
)
NO_RELATION = ProblemKind(
    code="no_relation",
    what=Words(
        nl="op {on} is geen sturingsrelatie vastgelegd.",
        en="no steering relation is recorded on {on}.",
    ),
    remedy=Words(
        nl="Voeg de relatie met haar bron toe aan de partners.",
        en="Add it to the partners with its source.",
    ),
)
NO_DIRECTOR = ProblemKind(
    code="no_director",
    what=Words(
        nl="op die dag stuurt geen partner de keten.",
        en="no partner directs the chain on that day.",
    ),
    remedy=Words(
        nl="Voeg de relatie met haar bron toe.",
        en="Add the relation with its source.",
    ),
)
NO_PARTNER = ProblemKind(
    code="no_partner",
    what=Words(
        nl="is geen ketenpartner.",
        en="is not a chain partner.",
    ),
    remedy=Words(
        nl="Kies een van deze: {known}.",
        en="Choose one of: {known}.",
    ),
)
NOT_MARKED = ProblemKind(
    code="not_marked",
    what=Words(
        nl="de naam zegt niet dat het een oefening is.",
        en="its name does not say that it is an exercise.",
    ),
    remedy=Words(
        nl="Begin met {marks}.",
        en="Begin with {marks}.",
    ),
)
NO_SUCH_MOVE = ProblemKind(
    code="no_such_move",
    what=Words(
        nl="kan niet van {state} naar {to}.",
        en="cannot go from {state} to {to}.",
    ),
    remedy=Words(
        nl="Van hier gaat het naar {allowed}.",
        en="From here it goes to {allowed}.",
    ),
)
NOT_AGREED = ProblemKind(
    code="not_agreed",
    what=Words(
        nl="{name} heeft niet ingestemd.",
        en="{name} has not agreed.",
    ),
    remedy=Words(
        nl="Vraag deze partner, of laat de partner buiten het kader.",
        en="Ask this partner, or leave it out of the framework.",
    ),
)
NOT_APPROVED = ProblemKind(
    code="not_approved",
    what=Words(
        nl="{name} heeft niet goedgekeurd.",
        en="{name} has not approved.",
    ),
    remedy=Words(
        nl="Leg het kader aan deze minister voor.",
        en="Present the framework to this minister.",
    ),
)
NO_END_VERDICT = ProblemKind(
    code="no_end_verdict",
    what=Words(
        nl="afspraak {name} heeft geen eindoordeel.",
        en="agreement {name} has no end verdict.",
    ),
    remedy=Words(
        nl="Geef eerst een oordeel.",
        en="Judge it first.",
    ),
)
SIGNAL_UNANSWERED = ProblemKind(
    code="signal_unanswered",
    what=Words(
        nl="signaal {name} heeft geen antwoord.",
        en="signal {name} has no answer.",
    ),
    remedy=Words(
        nl="Geef eerst een antwoord.",
        en="Answer it first.",
    ),
)
LINES_UNDECIDED = ProblemKind(
    code="lines_undecided",
    what=Words(
        nl="over deze regels is nog niet beslist: {names}.",
        en="lines are not decided: {names}.",
    ),
    remedy=Words(
        nl="Neem elke regel over, of laat haar vallen.",
        en="Take each over, or drop it.",
    ),
)
SIDES_MISSING = ProblemKind(
    code="sides_missing",
    what=Words(
        nl="niet elke partij stemde in met: {names}.",
        en="not every side consented to: {names}.",
    ),
    remedy=Words(
        nl="Vraag de partijen, of haal de afspraak uit het kader.",
        en="Ask the sides, or take it out of the framework.",
    ),
)
YEAR_NOT_OVER = ProblemKind(
    code="year_not_over",
    what=Words(
        nl="het jaar {year} is nog niet voorbij.",
        en="the year {year} is not over.",
    ),
    remedy=Words(
        nl="Sluit het kader na de laatste dag van het jaar.",
        en="Close it after the last day of the year.",
    ),
)
NO_LIST = ProblemKind(
    code="no_list",
    what=Words(
        nl="een bestand is een lijst van regels.",
        en="a file is a list of lines.",
    ),
    remedy=Words(
        nl="Begin elke regel met een streepje.",
        en="Start each line with a dash.",
    ),
)
ID_TWICE = ProblemKind(
    code="id_twice",
    what=Words(
        nl="deze naam wordt {count} keer gebruikt.",
        en="this identifier is used {count} times.",
    ),
    remedy=Words(
        nl="Geef elke regel een eigen naam.",
        en="Give each line its own.",
    ),
)
PARTLY_SPREAD = ProblemKind(
    code="partly_spread",
    what=Words(
        nl="een deel van de normen is verdeeld en een ander deel niet.",
        en="some of its norms are spread and others are not.",
    ),
    remedy=Words(
        nl="Verdeel alle normen, of geen.",
        en="Spread all of them, or none.",
    ),
)
HOME_UNKNOWN = ProblemKind(
    code="home_unknown",
    what=Words(
        nl="de plaats {home} is niet bekend.",
        en="its home {home} is not known.",
    ),
    remedy=Words(
        nl="Verbeter de plaats.",
        en="Correct the home.",
    ),
)
RESTATED_AS_NOTHING = ProblemKind(
    code="restated_as_nothing",
    what=Words(
        nl="is herhaald, maar als wat?",
        en="is restated, but as what?",
    ),
    remedy=Words(
        nl="Noem wat ervoor in de plaats kwam.",
        en="Name what took its place.",
    ),
)
UNREADABLE = ProblemKind(
    code="unreadable",
    what=Words(
        nl="het kan niet worden gelezen: {reason}.",
        en="it cannot be read: {reason}.",
    ),
    remedy=Words(
        nl="Verbeter het bestand en laad het opnieuw.",
        en="Correct the file and load again.",
    ),
)
REFERENCE_UNKNOWN = ProblemKind(
    code="reference_unknown",
    what=Words(
        nl="{field} noemt {name}, en dat is niet bekend{c}.",
        en="{field} names {name}, which is not known{c}.",
    ),
    remedy=Words(
        nl="Verbeter het.",
        en="Correct it.",
    ),
)
OF_OTHER_GOAL = ProblemKind(
    code="of_other_goal",
    what=Words(
        nl="indicator {name} hoort bij {b}.",
        en="indicator {name} belongs to {b}.",
    ),
    remedy=Words(
        nl="Verplaats de indicator naar dat doel.",
        en="Move it to that goal.",
    ),
)
NO_HOME = ProblemKind(
    code="no_home",
    what=Words(
        nl="het rapport is gesloten en er is geen plaats meer voor.",
        en="its report is closed and it has no home.",
    ),
    remedy=Words(
        nl="Zeg wie het verder draagt.",
        en="Say who carries it on.",
    ),
)
HOME_CLOSED = ProblemKind(
    code="home_closed",
    what=Words(
        nl="de plaats {name} staat in een rapport dat ook gesloten is.",
        en="its home {name} stands in a report that is closed too.",
    ),
    remedy=Words(
        nl="Zoek een plaats die open is.",
        en="Find an open home.",
    ),
)
NO_REASON = ProblemKind(
    code="no_reason",
    what=Words(
        nl="geeft geen reden.",
        en="gives no reason.",
    ),
    remedy=Words(
        nl="Zeg waarom; een lezer van later heeft niets anders.",
        en="Say why; a reader years later has nothing else.",
    ),
)
BEFORE_SIGNAL = ProblemKind(
    code="before_signal",
    what=Words(
        nl="van {on} ligt voor het signaal van {raised_on}.",
        en="of {on} lies before the signal of {raised_on}.",
    ),
    remedy=Words(
        nl="Verbeter de datum.",
        en="Correct the date.",
    ),
)
BEFORE_LAST = ProblemKind(
    code="before_last",
    what=Words(
        nl="van {on} ligt voor het vorige antwoord.",
        en="of {on} lies before the last outcome.",
    ),
    remedy=Words(
        nl="Verbeter de datum.",
        en="Correct the date.",
    ),
)
ANSWERED_ALREADY = ProblemKind(
    code="answered_already",
    what=Words(
        nl="komt nadat het signaal al beantwoord was.",
        en="comes after the signal was answered.",
    ),
    remedy=Words(
        nl="Open een nieuw signaal, of verbeter de beslissing zelf.",
        en="Open a new signal, or correct the decision itself.",
    ),
)
NO_BODY = ProblemKind(
    code="no_body",
    what=Words(
        nl="noemt {body}, en dat is geen overleggremium.",
        en="names {body}, which is no governance body.",
    ),
    remedy=Words(
        nl="Kies een gremium van de sturing.",
        en="Choose a body of the governance.",
    ),
)
LIES_ELSEWHERE = ProblemKind(
    code="lies_elsewhere",
    what=Words(
        nl="het signaal ligt bij {escalated_to}, niet bij {id}.",
        en="the signal lies with {escalated_to}, not with {id}.",
    ),
    remedy=Words(
        nl="Laat dat gremium antwoorden.",
        en="Let that body answer it.",
    ),
)
NO_MANDATE = ProblemKind(
    code="no_mandate",
    what=Words(
        nl="{id} heeft geen mandaat om dit te doen: {needs}.",
        en="{id} has no mandate for {needs}.",
    ),
    remedy=Words(
        nl="Escaleer naar een gremium dat het mandaat heeft.",
        en="Escalate to a body that has it.",
    ),
)
NO_STEERING_DECISION = ProblemKind(
    code="no_steering_decision",
    what=Words(
        nl="een beslissing noemt geen besturingsbeslissing.",
        en="a decision names no steering decision.",
    ),
    remedy=Words(
        nl="Leg de beslissing vast en verwijs ernaar.",
        en="Record the decision and refer to it.",
    ),
)
ESCALATED_NOWHERE = ProblemKind(
    code="escalated_nowhere",
    what=Words(
        nl="een escalatie gaat naar een overleggremium.",
        en="an escalation goes to a governance body.",
    ),
    remedy=Words(
        nl="Noem het gremium dat het mandaat heeft.",
        en="Name the body that has the mandate.",
    ),
)
NOT_ABOVE = ProblemKind(
    code="not_above",
    what=Words(
        nl="{id} staat niet boven {b}.",
        en="{id} does not stand above {b}.",
    ),
    remedy=Words(
        nl="Escaleer naar een hoger niveau.",
        en="Escalate to a higher level.",
    ),
)

COUNTED_TWICE = ProblemKind(
    code="counted_twice",
    what=Words(
        nl="deze telt {counts} in dezelfde tijd als {other}, zodat één cijfer twee keer zou tellen.",
        en="it counts {counts} in the same time as {other}, so one figure would count twice.",
    ),
    remedy=Words(
        nl="Geef elk een eigen definitie van wat wordt geteld.",
        en="Give each its own definition of what is counted.",
    ),
)
COUNTS_ANOTHER = ProblemKind(
    code="counts_another",
    what=Words(
        nl="de afspraak telt {counts}, haar indicator {indicator}.",
        en="it counts {counts}, its indicator {indicator}.",
    ),
    remedy=Words(
        nl="Noem een indicator van wat wordt geteld, of leg een brug tussen de twee definities.",
        en="Name an indicator of what is counted, or bridge the two definitions.",
    ),
)
THE_NORM_OF = Words(nl="de norm van {wrong}", en="the norm of {wrong}")
CORRECT_LINE = Words(nl="Verbeter de regel.", en="Correct the line.")
THE_QUESTION = Words(nl="De vraag", en="The question")
