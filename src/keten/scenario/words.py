# SPDX-License-Identifier: EUPL-1.2
"""The choices of a scenario in words, in both languages: what is chosen, and which value it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from keten.deadlines.wording import dutch, english
from keten.domain.language import Words
from keten.parameters.chain import Chain, matches
from keten.scenario.model import Scenario

Choices = dict[tuple[str, ...], Any]
"""The choices of a scenario by their place in it: a value with its account, or all periods of one."""
Tell = Callable[[Any], "Words"]
"""Tells the value of a choice in words."""

_NAMES_ONLY = ("name", "title", "description")
_ACCOUNT = ("owner", "reason", "source")
_PARTS = ("value", "low", "mode", "high")
_LARGE, _OF_A_RANGE = 1000, 3


@dataclass(frozen=True)
class ChoiceInWords:
    """What is chosen, the value it is given, and who stands for it, why, and from which source."""

    subject: Words
    value: Words
    owner: str
    reason: str
    source: str


def choices_of(scenario: Scenario) -> Choices:
    """Flatten a scenario to its choices; names and descriptions are none."""
    document: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return _flat({name: part for name, part in document.items() if name not in _NAMES_ONLY})


def _flat(document: Mapping[str, Any], path: tuple[str, ...] = ()) -> Choices:
    found: Choices = {}
    for name, part in document.items():
        if isinstance(part, Mapping) and "owner" not in part:
            found |= _flat(part, (*path, str(name)))
        else:
            found[*path, str(name)] = part
    return found


def value_of(choice: Any) -> Any:
    """Give a choice without its account: the same value for another reason is no other choice."""
    if isinstance(choice, Mapping):
        return {name: value_of(part) for name, part in choice.items() if name not in _ACCOUNT}
    if isinstance(choice, list):
        return [value_of(part) for part in choice]
    return choice


def in_words(scenario: Scenario, chain: Chain) -> Iterator[ChoiceInWords]:
    """Tell every choice of a scenario; periods or rows for which somebody gives the same reason are told together."""
    for path, choice in choices_of(scenario).items():
        subject, tell = _subject(path, chain)
        if isinstance(choice, list):
            for account, parts in groupby(choice, key=_account):
                yield ChoiceInWords(subject, tell(value_of(list(parts))), *account)
        elif isinstance(choice, Mapping) and "owner" in choice:
            yield ChoiceInWords(subject, tell(value_of(choice)), *_account(choice))


def _account(part: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(part["owner"]), str(part["reason"]), str(part["source"])


_ANY = "*"
_AS_IN_TABLES = Words(nl="zoals in de tabellen", en="as in the tables")
_ORDERS = {
    "lodged": Words(nl="oudste aanvraag eerst", en="oldest application first"),
    "deadline": Words(nl="vroegste uiterste beslisdatum eerst", en="earliest decision deadline first"),
    "entered": Words(nl="volgorde van binnenkomst in de stap", en="order of arrival in the stage"),
    "unpredictable": Words(nl="onvoorspelbaar", en="unpredictable"),
}
_YES_NO = {"True": Words(nl="ja", en="yes"), "False": Words(nl="nee", en="no")}
_ROUTES = {
    "simplified": Words(
        nl="Algerijnen en Moldaven naar de vereenvoudigde procedure",
        en="Algerians and Moldovans to the simplified procedure",
    ),
    "appeals": Words(nl="Beroepen na een afwijzing", en="Appeals after a rejection"),
}
"""Names of the reroutes that the what-if page makes; others are called as in the scenario."""
_READINGS = {
    "authority": Words(nl="die van de IND", en="that of the IND"),
    "courts": Words(nl="die van de rechter", en="that of the courts"),
}
_FORECASTS = {
    "minimum": Words(nl="minimum", en="minimum"),
    "medium": Words(nl="medium", en="medium"),
    "maximum": Words(nl="maximum", en="maximum"),
    "most_likely": Words(nl="meest waarschijnlijk", en="most likely"),
    "own_expectation": Words(nl="eigen verwachting van Keten", en="Keten's own expectation"),
}


def change_in_words(path: tuple[str, ...], old: Any, new: Any, chain: Chain) -> Words:
    """Name a change as a sentence a director understands."""
    subject, tell = _subject(path, chain)
    before, after = tell(old), tell(new)
    return Words(nl=f"{subject.nl}: {before.nl} → {after.nl}", en=f"{subject.en}: {before.en} → {after.en}")


def _subject(path: tuple[str, ...], chain: Chain) -> tuple[Words, Tell]:
    for section, last, words, tell in _subjects(chain, path):
        if path[0] == section and last in (path[-1], _ANY) and len(path) > 1:
            name = _name(path[-1] if section == "inflow" else path[1], chain)
            return Words(nl=words.nl.format(name.nl), en=words.en.format(name.en)), tell
    return Words(nl=".".join(path), en=".".join(path)), _plain


def _subjects(chain: Chain, path: tuple[str, ...]) -> Iterator[tuple[str, str, Words, Tell]]:
    """Give section and last part of a choice, how to name it (with the resource or year), how to tell its value."""
    yield "law", "known_on", Words(nl="Recht zoals bekend op", en="Law as known on"), _on_day
    yield "law", "figures_known_on", Words(nl="Cijfers zoals bekend op", en="Figures as known on"), _on_day
    yield "law", "reading", Words(nl="Lezing van omstreden regels", en="Reading of contested rules"), _named(_READINGS)
    yield "inflow", "forecast", Words(nl="Instroomscenario", en="Inflow scenario"), _named(_FORECASTS)
    yield "inflow", _ANY, Words(nl="Instroom in {}", en="Inflow in {}"), _number
    yield "policies", "order", Words(nl="Volgorde van werk van {}", en="Order of work of {}"), _named(_ORDERS)
    yield "policies", "first", Words(nl="Voorrang bij {}", en="Priority with {}"), _class_names(chain)
    share = Words(
        nl="Deel van de uren van {} voor zaken buiten de termijn", en="Share of the hours of {} for overdue cases"
    )
    yield "policies", "overdue_share", share, _division
    horizon = Words(
        nl="Planningshorizon van de voorranggroep bij {}", en="Planning horizon of the priority group with {}"
    )
    yield "policies", "horizon", horizon, _with_unit(_number, Words(nl="dagen", en="days"), Words(nl="geen", en="none"))
    court = Words(
        nl="Zaken met een termijn van de rechter eerst bij {}", en="Cases with a term set by a court first with {}"
    )
    yield "policies", "court_first", court, _named(_YES_NO)
    yield "no_show", _ANY, Words(nl="Niet verschenen bij {}", en="Not appeared at {}"), _dated(_percentage)
    yield (
        "reception",
        "regular_places",
        Words(nl="Reguliere opvangplaatsen", en="Regular reception places"),
        _dated(_number),
    )
    yield "routes", _ANY, Words(nl="Andere route: {}", en="Other route: {}"), _ways(chain)
    carried = Words(nl="Beroepen van vóór de eerste dag meegeteld", en="Appeals of before the first day counted")
    yield "late_decisions", "carry_over", carried, _named(_YES_NO)
    notices = Words(nl="Aandeel dat de IND in gebreke stelt", en="Share that gives notice of default")
    yield "late_decisions", "notice_share", notices, _share
    appeals = Words(nl="Aandeel dat in beroep gaat wegens niet tijdig beslissen", en="Share that appeals for lateness")
    yield "late_decisions", "appeal_share", appeals, _share
    yield "staff", "hires", Words(nl="Werving en inhuur", en="Recruitment and hire"), _rows(chain)
    yield "staff", "projects", Words(nl="Projecten", en="Projects"), _rows(chain)
    yield "staff", "locations", Words(nl="Locaties", en="Locations"), _rows(chain)
    yield "staff", "leave", Words(nl="Extra verlof", en="Extra leave"), _rows(chain)
    capacity = _with_unit(_number, unit_of_capacity(chain, path[-1]), _AS_IN_TABLES)
    yield "capacity", _ANY, Words(nl="Capaciteit van {}", en="Capacity of {}"), _dated(capacity)


_UNITS_OF_CAPACITY = {
    ("hours", "working_day"): Words(nl="uur per werkdag", en="hours per working day"),
    ("hours", "calendar_day"): Words(nl="uur per dag", en="hours per day"),
    ("persons", "working_day"): Words(nl="personen per werkdag", en="persons per working day"),
    ("persons", "calendar_day"): Words(nl="personen", en="persons"),
}
"""In what a capacity is counted. Persons of whom there are as many every day are places, and those are no rate."""


def unit_of_capacity(chain: Chain, resource: str) -> Words:
    """Say in what the capacity of a resource is counted; nothing for a resource that the chain does not have."""
    found = (_UNITS_OF_CAPACITY[row.unit, row.rhythm] for row in chain.resources if row.id == resource)
    return next(found, Words(nl="", en=""))


def _name(identifier: str, chain: Chain) -> Words:
    found = [row for row in (*chain.resources, *chain.stages) if row.id == identifier]
    if found:
        return Words(nl=_lower(found[0].nl), en=_lower(found[0].en))
    return _ROUTES.get(identifier, Words(nl=identifier, en=identifier))


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _plain(value: Any) -> Words:
    if value is None:
        return _AS_IN_TABLES
    said = str(value["value"] if isinstance(value, Mapping) and "value" in value else value)
    return Words(nl=said, en=said)


def _on_day(value: Any) -> Words:
    return _AS_IN_TABLES if value is None else _day(value["value"])


def _named(names: Mapping[str, Words]) -> Tell:
    def tell(value: Any) -> Words:
        return _AS_IN_TABLES if value is None else names.get(str(value["value"]), _plain(value))

    return tell


def _number(value: Any) -> Words:
    if value is None:
        return _AS_IN_TABLES
    said = _amounts(value)
    return Words(
        nl=said.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",").replace("\N{NO-BREAK SPACE}", "."), en=said
    )


def _share(value: Any) -> Words:
    return _AS_IN_TABLES if value is None else _percentage(value)


def _division(value: Any) -> Words:
    taken_away = value is not None and value.get("value") == "none"
    return Words(nl="geen verdeling", en="no division") if value is None or taken_away else _percentage(value)


def _amounts(value: Mapping[str, Any]) -> str:
    """Write a number, or the middle of a range with its ends; of a large number no decimals."""
    parts = [value[name] for name in _PARTS if value.get(name) is not None]
    said = [f"{part:,.0f}" if abs(part) >= _LARGE else f"{part:,.4g}" for part in parts]
    return f"{said[1]} ({said[0]}\N{EN DASH}{said[2]})" if len(said) == _OF_A_RANGE else " / ".join(said)


def _class_names(chain: Chain) -> Tell:
    def tell(value: Any) -> Words:
        if value is None:
            return Words(nl="geen", en="none")
        rows = [row for row in chain.case_classes if matches(row.id, value["value"])]
        return Words(nl=", ".join(row.nl for row in rows), en=", ".join(row.en for row in rows))

    return tell


_DAYS = {
    "requested_on": Words(nl="gevraagd op", en="requested on"),
    "from": Words(nl="vanaf", en="from"),
    "until": Words(nl="tot", en="until"),
}
_UNITS_OF_STAFF = {
    "fte": Words(nl="fte", en="FTE"),
    "hours_per_day": Words(nl="uur per werkdag", en="hours per working day"),
    "share": Words(nl="van de uren", en="of the hours"),
}
_KINDS = {
    "own": Words(nl="eigen medewerkers", en="own staff"),
    "external": Words(nl="ingehuurd", en="hired from outside"),
}


def _rows(chain: Chain) -> Tell:
    """Tell rows of staff in their own fields: who, how much and when."""

    def told(value: Any) -> Words:
        if value is None:
            return Words(nl="geen", en="none")
        rows = [[_field(name, part, chain) for name, part in row.items()] for row in value]
        return Words(
            nl="; ".join(", ".join(part.nl for part in row) for row in rows),
            en="; ".join(", ".join(part.en for part in row) for row in rows),
        )

    return told


def _field(name: str, part: Any, chain: Chain) -> Words:
    """Tell one field of a row of staff: a day, an amount with its unit, a resource, or a name as it stands."""
    if name in _DAYS:
        said = _day(part)
        return Words(nl=f"{_DAYS[name].nl} {said.nl}", en=f"{_DAYS[name].en} {said.en}")
    if name in _UNITS_OF_STAFF:
        tell = _percentage if name == "share" else _number
        return _with_unit(tell, _UNITS_OF_STAFF[name], _AS_IN_TABLES)({"value": part})
    return _KINDS.get(str(part)) or _name(str(part), chain)


def _percentage(value: Any) -> Words:
    """Tell a share as a percentage, with its range when it has one."""
    parts = {name: 100 * value[name] for name in _PARTS if value.get(name) is not None}
    said = _number(parts)
    return Words(nl=f"{said.nl}%", en=f"{said.en}%")


def _with_unit(tell: Tell, unit: Words, absent: Words) -> Tell:
    def told(value: Any) -> Words:
        if value is None:
            return absent
        said = tell(value)
        return Words(nl=f"{said.nl} {unit.nl}", en=f"{said.en} {unit.en}")

    return told


def _dated(tell: Tell) -> Tell:
    """Tell a value with the day on which it starts, and again wherever it changes."""

    def told(value: Any) -> Words:
        if value is None:
            return _AS_IN_TABLES
        same = groupby(((tell(period), period["from"]) for period in value), key=lambda said: said[0])
        starts = [(said, _day(next(periods)[1])) for said, periods in same]
        return Words(
            nl=", ".join(f"{said.nl} vanaf {start.nl}" for said, start in starts) + _end(value[-1]).nl,
            en=", ".join(f"{said.en} from {start.en}" for said, start in starts) + _end(value[-1]).en,
        )

    return told


def _end(period: Mapping[str, Any]) -> Words:
    """Tell when a period ends; nothing when it lasts."""
    if "until" not in period:
        return Words(nl="", en="")
    day = _day(period["until"])
    return Words(nl=f" tot {day.nl}", en=f" until {day.en}")


def _day(written: Any) -> Words:
    """Write the day of a document as people do."""
    day = date.fromisoformat(str(written))
    return Words(nl=dutch(day), en=english(day))


_MOST_WAYS = 2
"""Reroutes that are told in full; a measure at many stages would fill a page."""


def _ways(chain: Chain) -> Tell:
    """Tell for whom and where, and which share goes which way."""

    def told(value: Any) -> Words:
        if value is None:
            return _AS_IN_TABLES
        said = [_one_reroute(row, chain) for row in value[:_MOST_WAYS]]
        more = len(value) - len(said)
        nl = "; ".join(words.nl for words in said) + (f"; en nog {more}" if more else "")
        en = "; ".join(words.en for words in said) + (f"; and {more} more" if more else "")
        return Words(nl=nl, en=en)

    return told


def _one_reroute(row: Mapping[str, Any], chain: Chain) -> Words:
    names = {known.id: known for known in (*chain.stages, *chain.case_classes)}

    def listed(identifiers: Sequence[str], language: str) -> str:
        return ", ".join(_lower(getattr(names[name], language)) if name in names else name for name in identifiers)

    shares = [(_percentage({"value": way["share"]}), way["to"]) for way in row["ways"]]
    nl = ", ".join(f"{share.nl} naar {listed([to], 'nl')}" for share, to in shares)
    en = ", ".join(f"{share.en} to {listed([to], 'en')}" for share, to in shares)
    start, end = _day(row["from"]), _end(row)
    return Words(
        nl=f"uit {listed(row['stages'], 'nl')} ({listed(row['case_classes'], 'nl')}): {nl}, vanaf {start.nl}{end.nl}",
        en=f"from {listed(row['stages'], 'en')} ({listed(row['case_classes'], 'en')}): {en}, from {start.en}{end.en}",
    )
