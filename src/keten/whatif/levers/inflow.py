# SPDX-License-Identifier: EUPL-1.2
"""How many people come, per calendar year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import ceil

from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document
from keten.whatif.lever import Lever
from keten.whatif.writing import LETTER, scaled


def _every_year(lever: Lever, base: Inputs) -> Iterator[Lever]:
    """Give one lever for every calendar year of the scenario."""
    for year in range(base.span.day(0).year, base.span.horizon.year + 1):
        yield replace(
            lever,
            id=f"{lever.id}_{year}",
            words=Words(nl=lever.words.nl.format(year), en=lever.words.en.format(year)),
            low=_least(lever, base, year),
            stands=partial(_stands, year=year),
            write=partial(_write, year=year),
        )


def _least(lever: Lever, base: Inputs, year: int) -> float:
    """Give the lower bound of the inflow of a year; what came in already is in it, also at the low end of a range."""
    plan = base.plan.year(year)
    lowest = plan.total.bounds[0]
    if not plan.observed or not lowest:
        return lever.low
    steps = ceil(plan.observed * plan.total.central / lowest / lever.step)
    return min(max(lever.low, steps * lever.step), plan.total.central)


def _stands(base: Inputs, *, year: int | None = None) -> float:
    return base.plan.year(base.span.day(0).year if year is None else year).total.central


def _write(document: Document, base: Inputs, choice: float, account: Account, *, year: int | None = None) -> None:
    year = base.span.day(0).year if year is None else year
    total = base.plan.year(year).total
    years = document["inflow"].setdefault("years", {})
    years[str(year)] = account.beside(scaled(total, choice / total.central))


LEVER = Lever(
    id="inflow",
    section="inflow",
    rank=10,
    words=Words(nl="Asielinstroom in {}", en="Asylum inflow in {}"),
    unit=Words(nl="mensen", en="persons"),
    reason=Words(
        nl="De prognose van 2023 loopt van 49.000 tot 77.000; de grenzen zijn de helft van het minimum en "
        "anderhalf keer het maximum. Dat de aandelen per groep zo ver nog gelden, is een aanname; verder "
        "zeker niet.",
        en="The forecast of 2023 runs from 49,000 to 77,000; the bounds are half the minimum and one and a half "
        "times the maximum. That the shares per group still hold so far is an assumption; further they surely "
        "do not.",
    ),
    low=24_500,
    high=115_500,
    step=500,
    source=LETTER,
    stands=_stands,
    write=_write,
    spread=_every_year,
)
