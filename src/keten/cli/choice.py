# SPDX-License-Identifier: EUPL-1.2
"""`keten choice`: what a steering choice was predicted to do, and what of the outcome was its doing."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keten.cli import group, output
from keten.domain.errors import Problem, UsageError

if TYPE_CHECKING:
    from keten.whatif.account import Choice
    from keten.whatif.ledger import Judgement, Prediction
    from keten.whatif.lever import Lever

_LARGEST = 20_000_000
ABOUT = "What a steering choice was predicted to do, and what of the outcome was its doing."
OWNER, SOURCE = "Keten", "keten choice predict"
_LEVERS = "A lever, as NAME=VALUE; may be given more than once. `keten choice levers` lists them."


def register(app: typer.Typer) -> None:
    """Add the commands of `keten choice`."""
    choice = group(app, "choice", about=ABOUT)
    choice.command("predict")(predict)
    choice.command("judge")(judge)
    choice.command("levers")(list_levers)


def predict(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML).")],
    out: Annotated[Path, typer.Option(help="File to write the prediction to (JSON).")],
    chosen: Annotated[list[str] | None, typer.Option("--with", help=f"The choice. {_LEVERS}")] = None,
    instead: Annotated[
        list[str] | None,
        typer.Option("--without", help=f"The choice is in the scenario: how its twin stands. {_LEVERS}"),
    ] = None,
    replications: Annotated[int, typer.Option(callback=output.FEW_REPLICATIONS, help="Number of replications.")] = 100,
    seed: output.Seed = 7,
    as_json: output.Json = False,
) -> None:
    """Predict what a choice does, beside its do-nothing twin.

    Example: `keten choice predict examples/letter-2023/most-likely.toml --without baa=0 --out choice.json`
    """
    from keten.study.inputs import read_inputs
    from keten.whatif import ledger as choices
    from keten.whatif.account import Account
    from keten.whatif.chosen import scenario_with

    base = read_inputs(scenario)
    account = Account(OWNER, "The choice that is predicted, or its do-nothing twin.", SOURCE)
    with_it = scenario_with(base, _levers(chosen), account)
    without = scenario_with(base, _levers(instead), account)
    with output.progress_bar("Replications", 2 * replications, quiet=as_json) as progress:
        found = choices.predict(with_it, without, replications=replications, seed=seed, progress=progress)
    _write(out, {"prediction": found.as_document()})
    if as_json:
        output.print_json(found.as_document())
    else:
        _print_prediction(found)


def judge(
    file: Annotated[Path, typer.Argument(help="A prediction, as `keten choice predict` wrote it.")],
    known_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Figures and law as known on this day.")],
    as_json: output.Json = False,
) -> None:
    """Divide what came out over inflow, staff, rules, the choice and what the model does not explain.

    The judgement is added to the file.

    Example: `keten choice judge choice.json --known-on 2023-07-13`
    """
    from keten.observations.store import figures
    from keten.whatif import ledger as choices

    kept = _read(file)
    day: date = known_on.date()
    happened = choices.Happened(figures().known_on(day), day)
    found = choices.judge(choices.prediction_of(kept["prediction"]), happened)
    _write(file, {**kept, "judgement": found.as_document()})
    if as_json:
        output.print_json(found.as_document())
    else:
        _print_judgement(found)


def list_levers(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML).")],
    as_json: output.Json = False,
) -> None:
    """List what can be turned on top of a scenario: how it stands there, and its bounds.

    Example: `keten choice levers examples/letter-2023/most-likely.toml`
    """
    from keten.study.inputs import read_inputs
    from keten.whatif.chosen import in_base
    from keten.whatif.lever import levers_of

    base = read_inputs(scenario)
    standing = in_base(base)
    if as_json:
        output.print_json([_described(lever, standing[lever.id]) for lever in levers_of(base)])
        return
    rows = [(row.id, row.words.en, _stands(standing[row.id]), _possible(row)) for row in levers_of(base)]
    output.print_table(f"Levers of {base.scenario.name}", ("id", "what", "stands", "possible"), rows, figures_from=4)


def _described(lever: Lever, stands: Choice) -> dict[str, Any]:
    return {
        "id": lever.id,
        "section": lever.section,
        "name_nl": lever.words.nl,
        "name_en": lever.words.en,
        "stands": stands,
        "unit": lever.unit.en,
        "options": [option.value for option in lever.options],
        "low": None if lever.chooses else lever.low,
        "high": None if lever.chooses else lever.high,
        "step": None if lever.chooses else lever.step,
        "reason_nl": lever.reason.nl,
        "reason_en": lever.reason.en,
        "source": lever.source or None,
    }


def _stands(choice: Choice) -> str:
    return choice if isinstance(choice, str) else f"{choice:,g}"


def _possible(lever: Lever) -> str:
    if lever.chooses:
        return ", ".join(option.value for option in lever.options)
    return f"{lever.low:,.0f} to {lever.high:,.0f} {lever.unit.en}"


def _levers(words: list[str] | None) -> dict[str, Choice]:
    found: dict[str, Choice] = {}
    for word in words or ():
        name, _, said = word.partition("=")
        try:
            found[name] = float(said)
        except ValueError:
            found[name] = said
    return found


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:  # no more than a prediction holds: a device has no end
        return file.read(_LARGEST)


def _read(file: Path) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads(_bytes(file))
        kept["prediction"]["rows"]
    except (OSError, ValueError, KeyError, TypeError):
        remedy = "Give the file that `keten choice predict ... --out` wrote."
        raise UsageError(str(file), [Problem("file", "holds no prediction.", remedy)]) from None
    return kept


def _write(file: Path, content: dict[str, Any]) -> None:
    try:
        file.write_text(
            json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8"
        )
    except OSError as error:
        problem = Problem(str(file), f"cannot be written: {error.strerror}.", "Choose another file with --out.")
        raise UsageError("keten choice predict", [problem]) from error


def _print_prediction(found: Prediction) -> None:
    last = max(row.period_end for row in found.rows)
    rows = [
        (row.measure, row.unit, f"{row.twin.mean:,.0f}", f"{row.effect:+,.0f}", f"{row.low:+,.0f} to {row.high:+,.0f}")
        for row in found.rows
        if row.period_end == last
    ]
    title = f"Effect of the choice at {last}, {found.replications} replications"
    output.print_table(title, ("measure", "unit", "without", "effect", "95% interval"), rows, figures_from=2)


def _print_judgement(found: Judgement) -> None:
    rows = [
        (f"{split.measure} {split.actual.on}", name, f"{amount:+,.0f}", interval)
        for split in found.splits
        for name, amount, interval in [
            ("without the choice", split.without, ""),
            *((part.cause.value, part.amount, f"{part.low:+,.0f} to {part.high:+,.0f}") for part in split.parts),
            (f"published ({split.verdict.value})", split.actual.value, ""),
        ]
    ]
    title = f"The outcome in parts, as known on {found.known_on}"
    output.print_table(title, ("figure", "part", "amount", "95% interval"), rows, figures_from=2)
    if found.not_yet:
        typer.echo(f"Not published yet: {', '.join(found.not_yet)}")
