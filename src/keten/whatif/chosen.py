# SPDX-License-Identifier: EUPL-1.2
"""Choices on top of a base: how its levers stand, and choices written as a scenario, in words and as a file.

The choices become an ordinary scenario whose every value says who wants it and why. So `keten study run` with the same
scenario, seed and number of replications gives the same figures, to the last digit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import ceil
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from keten.domain.errors import Problem, ScenarioError
from keten.domain.language import Words
from keten.domain.words import Reading
from keten.parameters.load import load_chain
from keten.parameters.values import Quantity, at
from keten.scenario.model import Scenario
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Choice, Choices, Document, Writer
from keten.whatif.levers import INFLOW, LEVERS, Lever
from keten.whatif.routes import appealed, simplified, write_appeals, write_simplified

TRACK_4 = "decision_officers_track_4"
COURTS_READING_KNOWN_ON = date(2025, 7, 1)
"""A day on which the judgment of 8 May 2025 (C-662/23) was known: https://eur-lex.europa.eu/eli/C/2025/3380/oj/eng."""


def levers_of(base: Inputs) -> tuple[Lever, ...]:
    """List the levers of a base: inflow of every calendar year it speaks of, then the others."""
    years = range(base.span.day(0).year, base.span.horizon.year + 1)
    inflow = (
        replace(
            INFLOW,
            id=f"{INFLOW.id}_{year}",
            words=Words(nl=INFLOW.words.nl.format(year), en=INFLOW.words.en.format(year)),
            low=_least_inflow(base, year),
        )
        for year in years
    )
    return (*inflow, *LEVERS)


def _least_inflow(base: Inputs, year: int) -> float:
    """Give the lower bound of the inflow of a year; what came in already is in it, also at the low end of a range."""
    plan = base.plan.year(year)
    lowest = plan.total.bounds[0]
    if not plan.observed or not lowest:
        return INFLOW.low
    steps = ceil(plan.observed * plan.total.central / lowest / INFLOW.step)
    return min(max(INFLOW.low, steps * INFLOW.step), plan.total.central)


@lru_cache(maxsize=8)
def in_base(base: Inputs) -> Mapping[str, Choice]:
    """Say how every lever stands in a base."""
    return MappingProxyType({lever.id: _stands(lever, base) for lever in levers_of(base)})


def _stands(lever: Lever, base: Inputs) -> Choice:
    first, policy = base.span.day(0), base.rules.get(TRACK_4)
    if lever.id.startswith(INFLOW.id):
        return base.plan.year(_year_of(lever)).total.central
    found: dict[str, Callable[[], Choice]] = {
        "baa": lambda: _percentage(base, "baa_officers"),
        "hires_track_4": lambda: _hired(base, "own"),
        "external_track_4": lambda: _hired(base, "external"),
        "court_hours": lambda: _percentage(base, "court_sessions"),
        "order": lambda: policy.order if policy else "lodged",
        "overdue_share": lambda: 100 * (policy.overdue_share or 0.0) if policy else 0.0,
        "first": lambda: policy.first[0] if policy and policy.first else "none",
        "horizon": lambda: float(policy.horizon) if policy else 0.0,
        "no_show": lambda: 100 * _central(_missed_interviews(base), first),
        "simplified": lambda: simplified(base),
        "appeals": lambda: appealed(base),
        "extension": lambda: "in_force" if base.reading is Reading.AUTHORITY else "struck_down",
        "regular_places": lambda: _central(base.regular_places, first),
        "homes": lambda: _central(base.chain.resource("municipal_homes").capacity, first),
    }
    return found[lever.id]()


def _missed_interviews(base: Inputs) -> Sequence[Quantity]:
    """Share of the detailed interviews that is missed; none when the chain does not say."""
    return base.chain.stage("detailed_interview").no_show or ()


def _central(quantities: Sequence[Quantity], day: date) -> float:
    return at(quantities, day, name="the lever").central


def _percentage(base: Inputs, resource: str) -> float:
    """Work out the hours of a resource until the horizon as a whole percentage of those in the chain tables."""
    there, planned = (
        sum(_central(chain.resource(resource).capacity, day) for day in base.span.dates)
        for chain in (base.chain, load_chain())
    )
    return float(round(100 * there / planned))


def _hired(base: Inputs, kind: str) -> float:
    return sum(row.fte for row in base.staff.hires if (row.resource, row.kind) == (TRACK_4, kind))


def _year_of(lever: Lever) -> int:
    return int(lever.id.removeprefix(f"{INFLOW.id}_"))


# Choices become a scenario -------------------------------------------------------------------------------------------


def changed_choices(base: Inputs, choices: Choices) -> dict[str, Choice]:
    """Keep the choices that differ from how the levers stand in the base."""
    standing = in_base(base)
    return {name: choice for name, choice in choices.items() if choice != standing.get(name)}


def problems_of(base: Inputs, choices: Choices) -> list[Problem]:
    """Say everything that is wrong with a set of choices, each with what to do."""
    known = {lever.id: lever for lever in levers_of(base)}
    return [*_each_alone(known, choices), *_together({**in_base(base), **choices}, changed_choices(base, choices))]


def _each_alone(known: Mapping[str, Lever], choices: Choices) -> Iterator[Problem]:
    for name, choice in choices.items():
        lever = known.get(name)
        if lever is None:
            yield Problem(name, "there is no such lever.", f"Choose from: {', '.join(known)}.")
        elif lever.chooses:
            options = [option.value for option in lever.options]
            if choice not in options:
                yield Problem(name, f"{choice!r} is no option.", f"Choose from: {', '.join(options)}.")
        elif isinstance(choice, str):
            yield Problem(name, f"{choice!r} is not a number.", f"Give a number from {lever.low:g} to {lever.high:g}.")
        elif not lever.low <= choice <= lever.high:
            yield Problem(
                name,
                f"{choice:,.10g} lies outside {lever.low:,.10g} to {lever.high:,.10g}.",
                f"{lever.reason.en}",
            )


def _together(all_choices: Mapping[str, Choice], chosen: Choices) -> Iterator[Problem]:
    if chosen.get("overdue_share", 0) and all_choices["order"] != "deadline":
        yield Problem(
            "overdue_share",
            "the hours are divided by deadline, and the order of work is another.",
            "Choose the order “earliest decision deadline first”, or leave the division at 0.",
        )
    if chosen.get("horizon", 0) and all_choices["first"] == "none":
        yield Problem("horizon", "no group has priority.", "Choose a group, or leave the horizon at 0.")


def scenario_with(base: Inputs, choices: Choices, account: Account, *, name: str | None = None) -> Scenario:
    """Write choices as a scenario on top of a base.

    Choices that do not differ from the base leave it as it is.

    Parameters
    ----------
    name
        Name of the scenario: small letters, digits and hyphens; by default that of the base with `-what-if`.

    Raises
    ------
    ScenarioError
        When a choice is impossible, or choices do not go together; every problem is listed.
    """
    problems = problems_of(base, choices)
    if problems:
        raise ScenarioError("The what-if question", problems)
    document = base.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    chosen = changed_choices(base, choices)
    for lever in levers_of(base):
        if lever.id in chosen:
            _writer(lever)(document, base, lever, chosen[lever.id], account)
    if chosen:
        _tidy(document, {**in_base(base), **chosen})
        document["name"] = name or f"{base.scenario.name}-what-if"
        document["title"] = {"nl": f"{base.scenario.title.nl}, wat als", "en": f"{base.scenario.title.en}, what if"}
        document.pop("description", None)
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        raise ScenarioError(
            "The what-if question",
            [
                Problem(".".join(map(str, row["loc"])), f"{row['msg'].rstrip('.')}.", "Choose another value.")
                for row in error.errors()
            ],
        ) from None


def _writer(lever: Lever) -> Writer:
    if lever.id.startswith(INFLOW.id):
        return _write_inflow
    return _WRITERS[lever.id]


def _tidy(document: Document, choices: Choices) -> None:
    """Take away a division of hours or a horizon that the chosen order or groups leave without meaning."""
    policy = document.get("policies", {}).get(TRACK_4, {})
    if choices["order"] != "deadline":
        policy.pop("overdue_share", None)
    if choices["first"] == "none":
        policy.pop("first", None)
        policy.pop("horizon", None)


def _scaled(quantity: Quantity, factor: float) -> dict[str, float]:
    """Multiply a number and its range, so that both draw the same luck."""
    parts = (("value", quantity.value), ("low", quantity.low), ("mode", quantity.mode), ("high", quantity.high))
    return {name: round(part * factor, 9) for name, part in parts if part is not None}


def _periods(quantities: Sequence[Quantity], base: Inputs, factor: float, account: Account) -> list[dict[str, Any]]:
    """Scale the periods of a dated value that lie after the reference date."""
    first = base.span.day(0)
    return [
        account.beside(_scaled(row, factor))
        | {"from": max(row.valid_from, first).isoformat()}
        | ({} if row.valid_until == date.max else {"until": row.valid_until.isoformat()})
        for row in quantities
        if row.valid_until > first
    ]


def _write_inflow(document: Document, base: Inputs, lever: Lever, choice: float, account: Account) -> None:
    year = _year_of(lever)
    total = base.plan.year(year).total
    years = document["inflow"].setdefault("years", {})
    years[str(year)] = account.beside(_scaled(total, choice / total.central))


def _write_percentage(resource: str) -> Writer:
    def write(document: Document, base: Inputs, _lever: Lever, choice: float, account: Account) -> None:
        planned = load_chain().resource(resource).capacity
        document.setdefault("capacity", {})[resource] = _periods(planned, base, choice / 100, account)

    return write


def _write_hires(kind: str) -> Writer:
    def write(document: Document, base: Inputs, _lever: Lever, choice: float, account: Account) -> None:
        staff = document.setdefault("staff", {})
        kept = [row for row in staff.get("hires", []) if (row["resource"], row.get("kind", "own")) != (TRACK_4, kind)]
        hire = {"resource": TRACK_4, "fte": choice, "requested_on": base.span.day(0).isoformat(), "kind": kind}
        staff["hires"] = [*kept, *([account.beside(hire)] if choice else [])]

    return write


def _write_policy(part: str, value_of: Callable[[Any], Any]) -> Writer:
    def write(document: Document, _base: Inputs, _lever: Lever, choice: Choice, account: Account) -> None:
        policy = document.setdefault("policies", {}).setdefault(TRACK_4, {})
        policy[part] = account.beside({"value": value_of(choice)})

    return write


def _write_no_show(document: Document, base: Inputs, _lever: Lever, choice: float, account: Account) -> None:
    rows = _missed_interviews(base)
    now = _central(rows, base.span.day(0))
    document.setdefault("no_show", {})["detailed_interview"] = _periods(rows, base, choice / 100 / now, account)


def _write_extension(document: Document, base: Inputs, _lever: Lever, choice: str, account: Account) -> None:
    law, figures = document["law"], base.scenario.law.figures_date
    struck = choice == "struck_down"
    known_on = COURTS_READING_KNOWN_ON if struck else figures
    law["known_on"] = account.beside({"value": known_on.isoformat()})
    law["reading"] = account.beside({"value": "courts" if struck else "authority"})
    law["figures_known_on"] = account.beside({"value": figures.isoformat()})


def _write_places(document: Document, base: Inputs, _lever: Lever, choice: float, account: Account) -> None:
    now = _central(base.regular_places, base.span.day(0))
    rows = _periods(base.regular_places, base, choice / now, account)
    document.setdefault("reception", {})["regular_places"] = rows


def _write_homes(document: Document, base: Inputs, _lever: Lever, choice: float, account: Account) -> None:
    rows = base.chain.resource("municipal_homes").capacity
    factor = choice / _central(rows, base.span.day(0))
    document.setdefault("capacity", {})["municipal_homes"] = _periods(rows, base, factor, account)


_WRITERS: Mapping[str, Writer] = {
    "simplified": write_simplified,
    "appeals": write_appeals,
    "baa": _write_percentage("baa_officers"),
    "court_hours": _write_percentage("court_sessions"),
    "hires_track_4": _write_hires("own"),
    "external_track_4": _write_hires("external"),
    "order": _write_policy("order", str),
    "overdue_share": _write_policy("overdue_share", lambda choice: choice / 100),
    "first": _write_policy("first", lambda choice: [choice]),
    "horizon": _write_policy("horizon", int),
    "no_show": _write_no_show,
    "extension": _write_extension,
    "regular_places": _write_places,
    "homes": _write_homes,
}


@dataclass(frozen=True)
class Change:
    """One choice in words: what is turned, how it stood, and how it stands now."""

    lever: Lever
    before: Words
    after: Words


def changes(base: Inputs, choices: Choices) -> tuple[Change, ...]:
    """List in words what was changed."""
    standing, chosen = in_base(base), changed_choices(base, choices)
    return tuple(
        Change(lever, value_words(lever, standing[lever.id]), value_words(lever, chosen[lever.id]))
        for lever in levers_of(base)
        if lever.id in chosen
    )


def value_words(lever: Lever, choice: Choice) -> Words:
    """Write the value of a lever with its unit."""
    if isinstance(choice, str):
        named = {option.value: option.words for option in lever.options}
        return named.get(choice, Words(nl=choice, en=choice))
    said = f"{choice:,.0f}"
    return Words(nl=f"{said.replace(',', '.')} {lever.unit.nl}".strip(), en=f"{said} {lever.unit.en}".strip())


def as_toml(scenario: Scenario) -> str:
    """Write a whole scenario as a file for `keten study run`, without a base to stand on."""
    document = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    lines = ["# SPDX-License-Identifier: EUPL-1.2", "# Made on the what-if page; opens like any other scenario."]
    return "\n".join([*lines, *(f"{name} = {_toml(part)}" for name, part in document.items())]) + "\n"


def _toml(part: Any) -> str:
    """Write a value in one line; text, numbers and truth are written in TOML as in JSON."""
    if isinstance(part, Mapping):
        return (
            "{ "
            + ", ".join(f"{json.dumps(str(name), allow_nan=False)} = {_toml(value)}" for name, value in part.items())
            + " }"
        )
    if isinstance(part, list | tuple):
        return "[" + ", ".join(map(_toml, part)) + "]"
    return json.dumps(part, ensure_ascii=False, allow_nan=False)
