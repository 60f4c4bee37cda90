# SPDX-License-Identifier: EUPL-1.2
"""Choices on top of a base: how its levers stand, and choices written as a scenario, in words and as a file.

The choices become an ordinary scenario whose every value says who wants it and why. So `keten study run` with the same
scenario, seed and number of replications gives the same figures, to the last digit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from keten.domain.errors import Problem, ScenarioError
from keten.domain.language import Words
from keten.scenario.model import Scenario
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Choice, Choices, Document
from keten.whatif.lever import Lever, levers_of


@lru_cache(maxsize=8)
def in_base(base: Inputs) -> Mapping[str, Choice]:
    """Say how every lever stands in a base."""
    return MappingProxyType({lever.id: lever.stands(base) for lever in levers_of(base)})


# Choices become a scenario -------------------------------------------------------------------------------------------


def changed_choices(base: Inputs, choices: Choices) -> dict[str, Choice]:
    """Keep the choices that differ from how the levers stand in the base."""
    standing = in_base(base)
    return {name: choice for name, choice in choices.items() if choice != standing.get(name)}


def problems_of(base: Inputs, choices: Choices) -> list[Problem]:
    """Say everything that is wrong with a set of choices, each with what to do."""
    known = {lever.id: lever for lever in levers_of(base)}
    return [
        *_each_alone(known, choices),
        *_together(base, {**in_base(base), **choices}, changed_choices(base, choices)),
    ]


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


def _together(base: Inputs, all_choices: Choices, chosen: Choices) -> Iterator[Problem]:
    for lever in levers_of(base):
        if lever.needs and chosen.get(lever.id, 0) and not lever.needs.holds(all_choices):
            yield Problem(lever.id, lever.needs.fault, lever.needs.remedy)


def _take_away(base: Inputs, document: Document, all_choices: Choices) -> None:
    """Take away what the other choices leave without meaning, such as a division of hours by deadline."""
    for lever in levers_of(base):
        if lever.needs and not lever.needs.holds(all_choices):
            lever.needs.without(document)


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
            lever.write(document, base, chosen[lever.id], account)
    if chosen:
        _take_away(base, document, {**in_base(base), **chosen})
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
