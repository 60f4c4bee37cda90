# SPDX-License-Identifier: EUPL-1.2
"""The register of indicators: one file per indicator in `catalogue`, each with one registered function."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

import polars as pl
from pydantic import ValidationError

from keten.domain.errors import ParameterError, Problem, UsageError
from keten.domain.words import ChainGoal, Direction
from keten.indicators import catalogue
from keten.indicators.signal_values import Signal, SignalRule, shipped_rule, signal_problems
from keten.indicators.tables import INDEX, Tables
from keten.parameters.chain import Chain

Formula = Callable[[Tables, Chain], pl.DataFrame]
"""Gives replication, period_end and value from the tables; a month without a row is unknown."""


STALE_AFTER_DAYS = 183
"""A counted figure older than half a year, the rhythm of the chain reports, is shown with its age but not judged."""


class IndicatorKind(StrEnum):
    """A performance indicator has a norm; a key figure only describes."""

    PERFORMANCE_INDICATOR = "performance_indicator"
    KEY_FIGURE = "key_figure"


@dataclass(frozen=True)
class Indicator:
    """What an indicator means, who answers for it, and how it is computed.

    `counter_indicator` is the identifier of the indicator that shows the price of steering on this one alone;
    `more_twins` names others that do. `is_production` tells that it counts what is finished, or how fast: who steers on
    that alone pays somewhere else, so it is never shown without its twins.
    `signal` is the signal value and its bands as the file says them, `rule` the same as rows with unit and validity;
    both None for a key figure. `counts` names the definition of what is counted, by indicator and signal value alike. A
    figure older than `stale_after_days` is told with a warning, and not judged.
    """

    id: str
    name_nl: str
    name_en: str
    definition_nl: str
    definition_en: str
    unit: str
    goal: ChainGoal
    owner: str
    direction: Direction
    formula: Formula
    kind: IndicatorKind = IndicatorKind.PERFORMANCE_INDICATOR
    counter_indicator: str | None = None
    signal: Signal | None = None
    rule: SignalRule | None = None
    is_production: bool = False
    more_twins: tuple[str, ...] = ()
    counts: str = ""
    stale_after_days: int = STALE_AFTER_DAYS

    @property
    def twins(self) -> tuple[str, ...]:
        """The indicators that are shown beside this one, the main one first."""
        return (*([self.counter_indicator] if self.counter_indicator else []), *self.more_twins)


_DECLARED: dict[str, Indicator] = {}


def indicator(
    identifier: str,
    *,
    name: tuple[str, str],
    definition: tuple[str, str],
    unit: str,
    goal: ChainGoal,
    owner: str,
    direction: Direction,
    kind: IndicatorKind = IndicatorKind.PERFORMANCE_INDICATOR,
    counter_indicator: str | None = None,
    is_production: bool = False,
    more_twins: tuple[str, ...] = (),
    counts: str = "",
    stale_after_days: int = STALE_AFTER_DAYS,
    signal: Signal | None = None,
) -> Callable[[Formula], Formula]:
    """Register a formula as an indicator; name and definition are given in Dutch and in English.

    Everything about an indicator is said here: goal, owner, signal value, bands and what shows its price.
    """

    def register(formula: Formula) -> Formula:
        _DECLARED[identifier] = Indicator(
            id=identifier,
            name_nl=name[0],
            name_en=name[1],
            definition_nl=definition[0],
            definition_en=definition[1],
            unit=unit,
            goal=goal,
            owner=owner,
            direction=direction,
            formula=formula,
            kind=kind,
            counter_indicator=counter_indicator,
            is_production=is_production,
            more_twins=more_twins,
            counts=counts or identifier,
            stale_after_days=stale_after_days,
            signal=signal,
        )
        return formula

    return register


@cache
def indicators() -> tuple[Indicator, ...]:
    """All indicators with their signal values, ordered by chain goal and identifier.

    Raises
    ------
    ParameterError
        When a performance indicator has no signal value, a key figure has one, or a signal value is wrong.
    """
    for module in pkgutil.iter_modules(catalogue.__path__):
        importlib.import_module(f"{catalogue.__name__}.{module.name}")
    problems: list[Problem] = []
    goals = list(ChainGoal)
    ordered = sorted(_DECLARED.values(), key=lambda row: (goals.index(row.goal), row.id))
    found = tuple(replace(row, rule=_rule(row, problems)) for row in ordered)
    problems += _without_norm(found)
    if problems:
        raise ParameterError("the indicators", problems)
    return found


def _rule(row: Indicator, problems: list[Problem]) -> SignalRule | None:
    """Read the signal values of an indicator; what is wrong with them is added to the problems."""
    if row.signal is None:
        return None
    try:
        return shipped_rule(row.signal, unit=row.unit, counts=row.counts)
    except ValidationError as error:
        problems += signal_problems(row.id, error)
        return None


def _without_norm(found: Iterable[Indicator]) -> Iterator[Problem]:
    for row in found:
        has_norm = row.kind is IndicatorKind.PERFORMANCE_INDICATOR
        if has_norm and row.signal is None:
            yield Problem(row.id, "has no signal value.", "Add it with its source or the reason it is assumed.")
        if not has_norm and row.signal is not None:
            yield Problem(row.id, "is a key figure with a signal value.", "Take one of the two away.")


def by_identifier() -> Mapping[str, Indicator]:
    """All indicators by identifier."""
    return {row.id: row for row in indicators()}


def find(identifier: str) -> Indicator:
    """Look an indicator up.

    Raises
    ------
    UsageError
        When there is none of that name; the known names are listed.
    """
    known = by_identifier()
    if identifier not in known:
        raise UsageError(
            "the question", [Problem(identifier, "is not an indicator.", f"Choose one of: {', '.join(known)}.")]
        )
    return known[identifier]


def compute(chosen: Indicator, tables: Tables, chain: Chain) -> pl.DataFrame:
    """Compute one indicator: replication, period_end, value for every month the tables speak of.

    A value that cannot be computed is null, so that its signal state is unknown.
    """
    values = chosen.formula(tables, chain).select(*INDEX, "value")
    known = pl.when(pl.col("value").is_finite()).then(pl.col("value")).alias("value")
    return tables.months.join(values, on=INDEX, how="left").select(*INDEX, known)


def compute_all(tables: Tables, chain: Chain, chosen: Iterable[Indicator] | None = None) -> pl.DataFrame:
    """Compute indicators (all when None) as one frame: indicator, replication, period_end, value."""
    rows = indicators() if chosen is None else tuple(chosen)
    return pl.concat(compute(row, tables, chain).select(pl.lit(row.id).alias("indicator"), pl.all()) for row in rows)
