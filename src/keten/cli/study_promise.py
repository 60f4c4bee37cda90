# SPDX-License-Identifier: EUPL-1.2
"""`keten study promise`: whether a promise about a case group can be kept, and what it takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keten.cli import group, output
from keten.cli.study import ALL_CORES, Processes
from keten.domain.errors import Problem, ScenarioError
from keten.study.workers import load_early

if TYPE_CHECKING:
    from keten.questions.price import Price
    from keten.questions.promise import PromiseAnswer

MANNERS = {
    "as_planned": "as planned",
    "more_people": "usual order, more people",
    "priority": "the group first, and people",
}


def register(app: typer.Typer) -> None:
    """Add the promise to the commands of `keten study`."""
    group(app, "study", about="Run a scenario and look at what it does.").command("promise")(promise)


def promise(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML) in which the promise is made.")],
    case_class: Annotated[str, typer.Option("--group", help="Case class that the promise is about.")],
    weeks: Annotated[float, typer.Option(help="Weeks within which the group is decided.")],
    by: Annotated[str, typer.Option(help="Month from which the promise holds, as 2024-06.")],
    as_fast_as: Annotated[
        str | None, typer.Option(help="Case class whose fastest lawful way is laid beside that of the group.")
    ] = None,
    replications: Annotated[
        int, typer.Option(callback=output.FEW_REPLICATIONS, help="Replications of every run.")
    ] = 20,
    seed: output.Seed = 7,
    workers: Processes = ALL_CORES,
    as_json: output.Json = False,
) -> None:
    """Say whether a promise can be kept: the law, the people it takes, and what it does to other groups.

    Example: `keten study promise examples/letter-2023/most-likely.toml --group first_track_4_other --weeks 8
    --by 2024-06 --as-fast-as first_track_2`
    """
    load_early(workers, replications, None)
    from keten.questions.price import Commitment, document_of, price_of, runs_at_most
    from keten.questions.promise import as_fast_as as compare
    from keten.study.inputs import read_inputs
    from keten.study.workers import workers_for

    inputs = read_inputs(scenario)
    law = compare(inputs.chain, case_class, as_fast_as or case_class, inputs.span.day(0))
    commitment = Commitment(case_class, weeks, _month_end(by))
    runs = replications * runs_at_most()
    with (
        workers_for(workers, replications, None) as hands,
        output.progress_bar("The promise", runs, quiet=as_json) as progress,
    ):
        price = price_of(inputs, commitment, replications=replications, seed=seed, workers=hands, progress=progress)
    if as_json:
        reasons = [
            {"kind": row.kind, "nl": row.words.nl, "en": row.words.en, "source": row.source} for row in law.reasons
        ]
        output.print_json(
            {**document_of(price), "as_fast_as": as_fast_as, "reasons": reasons, "replications": replications}
        )
    else:
        _print(law, price, replications)


def _month_end(month: str) -> date:
    from keten.study.results import month_end

    try:
        return month_end(month)
    except ValueError:
        problem = Problem("--by", f"{month!r} is not a month.", "Write it as 2024-06.")
        raise ScenarioError("The promise", [problem]) from None


def _print(law: PromiseAnswer, price: Price, replications: int) -> None:
    names = " → ".join(step.stage.en for step in price.way.steps)
    print(f"Fastest lawful way: {names}; at least {price.way.least_days:g} days of waiting.")
    for reason in law.reasons:
        print(f"Slower than {law.other.case_class}: {reason.words.en} ({reason.source})")
    output.print_table(
        f"{price.commitment.weeks:g} weeks by {price.commitment.by:%Y-%m}: {replications} replications per run",
        ["way to keep it", "kept", f"extra FTE at {price.resource}", "cost until then (EUR)", "weeks of the group"],
        (
            [
                MANNERS[row.manner],
                "yes" if row.is_kept else "no",
                f"{row.fte:,.0f}",
                f"{row.cost_eur:,.0f}",
                f"{row.weeks.p50:,.0f}",
            ]
            for row in price.keepings
        ),
        figures_from=2,
    )
    output.print_table(
        "Undecided stock of every group in that month: base, and the change",
        ["group", "base", *(MANNERS[row.manner] for row in price.keepings[1:])],
        (
            [effect.case_class, f"{effect.stock_base:,.0f}", *_changes(price, number)]
            for number, effect in enumerate(price.keepings[0].groups)
        ),
    )
    print(
        f"Now about {price.present_fte:,.0f} FTE at {price.resource}. "
        f"Who is asked for on the first day decides without help from {price.independent_on}."
    )


def _changes(price: Price, number: int) -> list[Any]:
    return [f"{row.groups[number].stock.mean:+,.0f}" for row in price.keepings[1:]]
