# SPDX-License-Identifier: EUPL-1.2
"""The choices of a scenario in words, in both languages: what is chosen, and which value it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from keten.deadlines.wording import dutch, english
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
class Words:
    """The same sentence in both languages."""

    nl: str
    en: str


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
_AS_IN_TABLES = Words("zoals in de tabellen", "as in the tables")
_ORDERS = {
    "lodged": Words("oudste aanvraag eerst", "oldest application first"),
    "deadline": Words("vroegste uiterste beslisdatum eerst", "earliest decision deadline first"),
    "entered": Words("volgorde van binnenkomst in de stap", "order of arrival in the stage"),
    "unpredictable": Words("onvoorspelbaar", "unpredictable"),
}
_YES_NO = {"True": Words("ja", "yes"), "False": Words("nee", "no")}
_ROUTES = {
    "simplified": Words(
        "Algerijnen en Moldaven naar de vereenvoudigde procedure", "Algerians and Moldovans to the simplified procedure"
    ),
    "appeals": Words("Beroepen na een afwijzing", "Appeals after a rejection"),
}
"""Names of the reroutes that the what-if page makes; others are called as in the scenario."""
_READINGS = {
    "authority": Words("die van de IND", "that of the IND"),
    "courts": Words("die van de rechter", "that of the courts"),
}
_FORECASTS = {
    "minimum": Words("minimum", "minimum"),
    "medium": Words("medium", "medium"),
    "maximum": Words("maximum", "maximum"),
    "most_likely": Words("meest waarschijnlijk", "most likely"),
}


def change_in_words(path: tuple[str, ...], old: Any, new: Any, chain: Chain) -> Words:
    """Name a change as a sentence a director understands."""
    subject, tell = _subject(path, chain)
    before, after = tell(old), tell(new)
    return Words(f"{subject.nl}: {before.nl} → {after.nl}", f"{subject.en}: {before.en} → {after.en}")


def _subject(path: tuple[str, ...], chain: Chain) -> tuple[Words, Tell]:
    for section, last, words, tell in _subjects(chain, path):
        if path[0] == section and last in (path[-1], _ANY) and len(path) > 1:
            name = _name(path[-1] if section == "inflow" else path[1], chain)
            return Words(words.nl.format(name.nl), words.en.format(name.en)), tell
    return Words(".".join(path), ".".join(path)), _plain


def _subjects(chain: Chain, path: tuple[str, ...]) -> Iterator[tuple[str, str, Words, Tell]]:
    """Give section and last part of a choice, how to name it (with the resource or year), how to tell its value."""
    yield "law", "known_on", Words("Recht zoals bekend op", "Law as known on"), _on_day
    yield "law", "figures_known_on", Words("Cijfers zoals bekend op", "Figures as known on"), _on_day
    yield "law", "reading", Words("Lezing van omstreden regels", "Reading of contested rules"), _named(_READINGS)
    yield "inflow", "forecast", Words("Instroomscenario", "Inflow scenario"), _named(_FORECASTS)
    yield "inflow", _ANY, Words("Instroom in {}", "Inflow in {}"), _number
    yield "policies", "order", Words("Volgorde van werk van {}", "Order of work of {}"), _named(_ORDERS)
    yield "policies", "first", Words("Voorrang bij {}", "Priority with {}"), _class_names(chain)
    share = Words("Deel van de uren van {} voor zaken buiten de termijn", "Share of the hours of {} for overdue cases")
    yield "policies", "overdue_share", share, _division
    horizon = Words("Planningshorizon van de voorranggroep bij {}", "Planning horizon of the priority group with {}")
    yield "policies", "horizon", horizon, _with_unit(_number, Words("dagen", "days"), Words("geen", "none"))
    court = Words("Zaken met een termijn van de rechter eerst bij {}", "Cases with a term set by a court first with {}")
    yield "policies", "court_first", court, _named(_YES_NO)
    yield "no_show", _ANY, Words("Niet verschenen bij {}", "Not appeared at {}"), _dated(_percentage)
    yield "reception", "regular_places", Words("Reguliere opvangplaatsen", "Regular reception places"), _dated(_number)
    yield "routes", _ANY, Words("Andere route: {}", "Other route: {}"), _ways(chain)
    carried = Words("Beroepen van vóór de eerste dag meegeteld", "Appeals of before the first day counted")
    yield "late_decisions", "carry_over", carried, _named(_YES_NO)
    notices = Words("Aandeel dat de IND in gebreke stelt", "Share that gives notice of default")
    yield "late_decisions", "notice_share", notices, _share
    appeals = Words("Aandeel dat in beroep gaat wegens niet tijdig beslissen", "Share that appeals for lateness")
    yield "late_decisions", "appeal_share", appeals, _share
    yield "staff", "hires", Words("Werving en inhuur", "Recruitment and hire"), _rows(chain)
    yield "staff", "projects", Words("Projecten", "Projects"), _rows(chain)
    yield "staff", "locations", Words("Locaties", "Locations"), _rows(chain)
    yield "staff", "leave", Words("Extra verlof", "Extra leave"), _rows(chain)
    capacity = _with_unit(_number, unit_of_capacity(chain, path[-1]), _AS_IN_TABLES)
    yield "capacity", _ANY, Words("Capaciteit van {}", "Capacity of {}"), _dated(capacity)


_UNITS_OF_CAPACITY = {
    ("hours", "working_day"): Words("uur per werkdag", "hours per working day"),
    ("hours", "calendar_day"): Words("uur per dag", "hours per day"),
    ("persons", "working_day"): Words("personen per werkdag", "persons per working day"),
    ("persons", "calendar_day"): Words("personen", "persons"),
}
"""In what a capacity is counted. Persons of whom there are as many every day are places, and those are no rate."""


def unit_of_capacity(chain: Chain, resource: str) -> Words:
    """Say in what the capacity of a resource is counted; nothing for a resource that the chain does not have."""
    found = (_UNITS_OF_CAPACITY[row.unit, row.rhythm] for row in chain.resources if row.id == resource)
    return next(found, Words("", ""))


def _name(identifier: str, chain: Chain) -> Words:
    found = [row for row in (*chain.resources, *chain.stages) if row.id == identifier]
    if found:
        return Words(_lower(found[0].nl), _lower(found[0].en))
    return _ROUTES.get(identifier, Words(identifier, identifier))


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _plain(value: Any) -> Words:
    if value is None:
        return _AS_IN_TABLES
    said = str(value["value"] if isinstance(value, Mapping) and "value" in value else value)
    return Words(said, said)


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
    return Words(said.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",").replace("\N{NO-BREAK SPACE}", "."), said)


def _share(value: Any) -> Words:
    return _AS_IN_TABLES if value is None else _percentage(value)


def _division(value: Any) -> Words:
    taken_away = value is not None and value.get("value") == "none"
    return Words("geen verdeling", "no division") if value is None or taken_away else _percentage(value)


def _amounts(value: Mapping[str, Any]) -> str:
    """Write a number, or the middle of a range with its ends; of a large number no decimals."""
    parts = [value[name] for name in _PARTS if value.get(name) is not None]
    said = [f"{part:,.0f}" if abs(part) >= _LARGE else f"{part:,.4g}" for part in parts]
    return f"{said[1]} ({said[0]}\N{EN DASH}{said[2]})" if len(said) == _OF_A_RANGE else " / ".join(said)


def _class_names(chain: Chain) -> Tell:
    def tell(value: Any) -> Words:
        if value is None:
            return Words("geen", "none")
        rows = [row for row in chain.case_classes if matches(row.id, value["value"])]
        return Words(", ".join(row.nl for row in rows), ", ".join(row.en for row in rows))

    return tell


_DAYS = {
    "requested_on": Words("gevraagd op", "requested on"),
    "from": Words("vanaf", "from"),
    "until": Words("tot", "until"),
}
_UNITS_OF_STAFF = {
    "fte": Words("fte", "FTE"),
    "hours_per_day": Words("uur per werkdag", "hours per working day"),
    "share": Words("van de uren", "of the hours"),
}
_KINDS = {"own": Words("eigen medewerkers", "own staff"), "external": Words("ingehuurd", "hired from outside")}


def _rows(chain: Chain) -> Tell:
    """Tell rows of staff in their own fields: who, how much and when."""

    def told(value: Any) -> Words:
        if value is None:
            return Words("geen", "none")
        rows = [[_field(name, part, chain) for name, part in row.items()] for row in value]
        return Words(
            "; ".join(", ".join(part.nl for part in row) for row in rows),
            "; ".join(", ".join(part.en for part in row) for row in rows),
        )

    return told


def _field(name: str, part: Any, chain: Chain) -> Words:
    """Tell one field of a row of staff: a day, an amount with its unit, a resource, or a name as it stands."""
    if name in _DAYS:
        said = _day(part)
        return Words(f"{_DAYS[name].nl} {said.nl}", f"{_DAYS[name].en} {said.en}")
    if name in _UNITS_OF_STAFF:
        tell = _percentage if name == "share" else _number
        return _with_unit(tell, _UNITS_OF_STAFF[name], _AS_IN_TABLES)({"value": part})
    return _KINDS.get(str(part)) or _name(str(part), chain)


def _percentage(value: Any) -> Words:
    """Tell a share as a percentage, with its range when it has one."""
    parts = {name: 100 * value[name] for name in _PARTS if value.get(name) is not None}
    said = _number(parts)
    return Words(f"{said.nl}%", f"{said.en}%")


def _with_unit(tell: Tell, unit: Words, absent: Words) -> Tell:
    def told(value: Any) -> Words:
        if value is None:
            return absent
        said = tell(value)
        return Words(f"{said.nl} {unit.nl}", f"{said.en} {unit.en}")

    return told


def _dated(tell: Tell) -> Tell:
    """Tell a value with the day on which it starts, and again wherever it changes."""

    def told(value: Any) -> Words:
        if value is None:
            return _AS_IN_TABLES
        same = groupby(((tell(period), period["from"]) for period in value), key=lambda said: said[0])
        starts = [(said, _day(next(periods)[1])) for said, periods in same]
        return Words(
            ", ".join(f"{said.nl} vanaf {start.nl}" for said, start in starts) + _end(value[-1]).nl,
            ", ".join(f"{said.en} from {start.en}" for said, start in starts) + _end(value[-1]).en,
        )

    return told


def _end(period: Mapping[str, Any]) -> Words:
    """Tell when a period ends; nothing when it lasts."""
    if "until" not in period:
        return Words("", "")
    day = _day(period["until"])
    return Words(f" tot {day.nl}", f" until {day.en}")


def _day(written: Any) -> Words:
    """Write the day of a document as people do."""
    day = date.fromisoformat(str(written))
    return Words(dutch(day), english(day))


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
        return Words(nl, en)

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
        f"uit {listed(row['stages'], 'nl')} ({listed(row['case_classes'], 'nl')}): {nl}, vanaf {start.nl}{end.nl}",
        f"from {listed(row['stages'], 'en')} ({listed(row['case_classes'], 'en')}): {en}, from {start.en}{end.en}",
    )
