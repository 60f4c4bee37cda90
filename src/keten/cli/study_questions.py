# SPDX-License-Identifier: EUPL-1.2
"""`keten study`: compare, explain, seek, waterbed and tornado, the questions one asks of more than one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from keten.cli import group, output
from keten.cli.study import ALL_CORES, Processes, Scheduler
from keten.domain.errors import Problem, ScenarioError, UsageError
from keten.domain.language import Words
from keten.parameters.load import load_chain
from keten.questions import charts
from keten.questions.compare import (
    Difference,
    Study,
    by_size,
    comparison_document,
    differences,
    differing_inputs,
    interval_document,
    read_studies,
)
from keten.questions.explain import Explanation, explain, pairing_of, runs_needed
from keten.questions.seek import (
    Account,
    Answer,
    Lever,
    Tried,
    as_toml,
    found_scenario,
    goal_problems,
    month_ends,
    planned_start,
    read_goal,
    read_lever,
    relative_base,
    seek,
)
from keten.questions.tornado import Tornado, matters, name_of, tornado, uncertain_parameters
from keten.questions.waterbed import (
    EXIT,
    TERMS,
    Waterbed,
    column_words,
    long_enough,
    nudges,
    question_problems,
    waterbed,
)
from keten.scenario.read import read_scenario
from keten.scenario.words import unit_of_capacity
from keten.study.inputs import Inputs, prepare, read_inputs
from keten.study.interval import Interval, interval_of_mean
from keten.study.results import read_results
from keten.study.variants import Variant, known_name, month_asked, run_variants
from keten.study.work import Workers
from keten.study.workers import workers_for


class Language(StrEnum):
    """Languages of the words in a table."""

    NL = "nl"
    EN = "en"


class Statistic(StrEnum):
    """What of the outcomes must meet a target."""

    P10 = "p10"
    P50 = "p50"
    P90 = "p90"
    MEAN = "mean"


class Unit(StrEnum):
    """In what extra capacity is counted."""

    HOURS = "hours"
    FTE = "fte"


Folders = Annotated[list[Path], typer.Argument(help="Folders of studies; the first is the base.")]
ScenarioFile = Annotated[Path, typer.Argument(help="Scenario file (TOML).")]
Measure = Annotated[str, typer.Option("--of", help="Measure to speak of (see `keten study show DIR --json`).")]
Month = Annotated[str | None, typer.Option("--month", help="Month, as 2024-12.", show_default="the horizon")]
Replications = Annotated[
    int, typer.Option(callback=output.FEW_REPLICATIONS, help="Replications per variant, the same ones for all.")
]
Seed = output.Seed
Chart = Annotated[Path | None, typer.Option("--chart", help="Draw the answer as SVG in this file.")]
InLanguage = Annotated[Language, typer.Option("--language", help="Language of the words in the table.")]


def register(app: typer.Typer) -> None:
    """Add the questions to the commands of `keten study`."""
    study = group(app, "study", about="Run a scenario and look at what it does.")
    study.command("compare")(compare)
    study.command("explain")(explain_change)
    study.command("seek")(seek_lever)
    study.command("waterbed")(waterbed_matrix)
    study.command("tornado")(tornado_ranking)


@contextmanager
def _running(
    title: str, runs: int, workers: int, scheduler: str | None, *, quiet: bool
) -> Iterator[tuple[Workers | None, Callable[[int], None]]]:
    """Open the workers and the progress bar of a question of so many runs."""
    with workers_for(workers, runs, scheduler) as hands, output.progress_bar(title, runs, quiet=quiet) as progress:
        yield hands, progress


def _refuse(subject: str, problems: Sequence[Problem]) -> None:
    if problems:
        raise ScenarioError(subject, problems)


def _in(words: Words, language: Language) -> str:
    return words.nl if language is Language.NL else words.en


def _figure(value: float, unit: str) -> str:
    digits = 2 if unit in ("ratio", "share", "weeks") else 0
    return f"{round(value, digits) + 0.0:+,.{digits}f}"  # adding zero takes the sign off a zero


def _interval(interval: Interval, unit: str) -> str:
    if interval.half_width == float("inf"):
        return "unknown: one replication"
    return f"{_figure(interval.low, unit)} to {_figure(interval.high, unit)}"


def _write(path: Path, text: str, option: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = Problem(str(path), f"it cannot be written: {error.strerror}.", f"Choose another file with {option}.")
        raise UsageError("The answer", [problem]) from error


# Compare -------------------------------------------------------------------------------------------------------------


def compare(folders: Folders, month: Month = None, as_json: output.Json = False) -> None:
    """Compare studies with the first one, replication by replication.

    Example: `keten study compare out/most-likely out/maximum --month 2024-12`
    """
    studies = read_studies(folders)
    months = studies[0].months
    chosen = month or months[-1]
    _refuse("The comparison", month_asked("--month", chosen, months))
    if as_json:
        output.print_json({"month": chosen, **comparison_document(studies)})
        return
    for other in studies[1:]:
        _print_differences(studies[0], other, chosen)
    changed = differing_inputs(studies)
    if changed:
        print(f"Not only the scenario changed between these studies: {', '.join(changed)} too.")


def _print_differences(base: Study, other: Study, month: str) -> None:
    rows = [row for row in differences(base.values, other.values) if f"{row.period_end:%Y-%m}" == month]
    ordered = by_size(rows)
    output.print_table(
        f"{other.scenario.name} against {base.scenario.name}, {month}: {rows[0].replications} paired replications",
        ["measure", "unit", "base", "difference", "95% interval of the mean", "10% to 90%", ""],
        (
            [
                row.measure,
                row.unit,
                _figure(row.base, row.unit).removeprefix("+"),
                _figure(row.mean.mean, row.unit),
                _interval(row.mean, row.unit),
                f"{_figure(row.spread.p10, row.unit)} to {_figure(row.spread.p90, row.unit)}",
                "" if row.distinguishable else "not distinguishable from zero",
            ]
            for row in ordered
        ),
        figures_from=2,
    )
    print(_indistinct(ordered))


def _indistinct(rows: Sequence[Difference]) -> str:
    names = [row.measure for row in rows if not row.distinguishable]
    if not names:
        return "Every difference is distinguishable from zero."
    return f"Not distinguishable from zero: {', '.join(names)}."


# Explain -------------------------------------------------------------------------------------------------------------


def explain_change(
    folders: Folders,
    of: Measure = "stock.track_4",
    month: Month = None,
    replications: Annotated[
        int | None,
        typer.Option(
            callback=output.FEW_REPLICATIONS,
            help="Replications per step.",
            show_default="those of the studies, 20 at most",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=output.MOST_SEED, help="Seed of all draws.", show_default="that of the studies"),
    ] = None,
    workers: Processes = ALL_CORES,
    scheduler: Scheduler = None,
    language: InLanguage = Language.EN,
    chart: Chart = None,
    as_json: output.Json = False,
) -> None:
    """Explain the change between two studies as named steps that add up, interaction included.

    Example: `keten study explain out/most-likely out/maximum --of stock.track_4 --chart out/steps.svg`
    """
    base, other, receipt = pairing_of(folders)
    results = read_results(folders[0])
    months = [f"{day:%Y-%m}" for day in results.month_ends]
    chosen = month or months[-1]
    known = known_name("--of", of, list(results.measures), "measure")
    _refuse("The explanation", [*known, *month_asked("--month", chosen, months)])
    count = replications if replications is not None else min(receipt["replications"], 20)
    runs = runs_needed(base, other) * count
    with _running("Steps", runs, workers, scheduler, quiet=as_json) as (hands, progress):
        found = explain(
            base,
            other,
            replications=count,
            seed=receipt["seed"] if seed is None else seed,
            workers=hands,
            progress=progress,
        )
    _refuse("The explanation", _unknown_then(found.total, of, chosen))
    titles = Words(nl=base.title.nl, en=base.title.en), Words(nl=other.title.nl, en=other.title.en)
    document = _explanation_document(found, of, chosen, titles)
    if chart is not None:
        charts.write_svg(_waterfall(document, language), chart)
    if as_json:
        output.print_json(document)
    else:
        _print_steps(document, language)


def _unknown_then(values: pl.DataFrame, of: str, month: str) -> list[Problem]:
    rows = values.filter((pl.col("measure") == of) & (pl.col("period_end").dt.strftime("%Y-%m") == month))
    remedy = "Choose another month; flows are not known on the reference date."
    return [] if rows.height else [Problem(of, f"is not known in {month}.", remedy)]


def _explanation_document(found: Explanation, of: str, month: str, titles: tuple[Words, Words]) -> dict[str, Any]:
    def chosen(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter((pl.col("measure") == of) & (pl.col("period_end").dt.strftime("%Y-%m") == month))

    total, effects = chosen(found.total), chosen(found.effects)
    level = chosen(found.base).join(total.select("replication"), on="replication", how="semi")["value"].to_list()
    base_mean = sum(level) / len(level)
    change = interval_of_mean(total["value"].to_list())
    return {
        "measure": of,
        "unit": total["unit"][0],
        "month": month,
        "replications": total.height,
        "base": {"nl": titles[0].nl, "en": titles[0].en, "mean": base_mean},
        "other": {"nl": titles[1].nl, "en": titles[1].en, "mean": base_mean + change.mean},
        "change": interval_document(change),
        "steps": [
            {
                "id": name,
                "nl": words.nl,
                "en": words.en,
                **interval_document(interval_of_mean(rows)),
                "per_replication": rows,
            }
            for name, words in found.names.items()
            for rows in [effects.filter(pl.col("step") == name).sort("replication")["value"].to_list()]
        ],
        "change_per_replication": total.sort("replication")["value"].to_list(),
    }


def _print_steps(document: dict[str, Any], language: Language) -> None:
    unit, word = document["unit"], language.value
    rows = [[document["base"][word], _figure(document["base"]["mean"], unit).removeprefix("+"), ""]]
    for step in document["steps"]:
        rows.append([step[word], _figure(step["mean"], unit), _limits(step, unit)])
    rows.append([document["other"][word], _figure(document["other"]["mean"], unit).removeprefix("+"), ""])
    output.print_table(
        f"{document['measure']} ({unit}), {document['month']}: {document['replications']} paired replications",
        ["step", "mean", "95% interval"],
        rows,
    )
    if len(document["steps"]) == 1:
        print("The scenarios do not differ in any choice.")


def _limits(step: dict[str, Any], unit: str) -> str:
    if step["ci95_low"] is None:
        return "unknown: one replication"
    return f"{_figure(step['ci95_low'], unit)} to {_figure(step['ci95_high'], unit)}"


def _waterfall(document: dict[str, Any], language: Language) -> charts.Spec:
    word = language.value
    base, other = document["base"][word], document["other"][word]
    return charts.waterfall(
        f"{document['measure']}, {document['month']}",
        document["unit"],
        (base, document["base"]["mean"]),
        [(step[word], step["mean"]) for step in document["steps"]],
        other if other != base else f"{other} (2)",
    )


# Seek ----------------------------------------------------------------------------------------------------------------


def seek_lever(
    scenario: ScenarioFile,
    goal_text: Annotated[str, typer.Option("--target", help='What must be met: "overdue.track_4 <= 0 by 2024-06".')],
    lever: Annotated[
        str, typer.Option(help="capacity.RESOURCE (extra per working day) or start.RESOURCE (of what is planned).")
    ],
    bounds: Annotated[str, typer.Option(help="Least and most, as 0:2000; for a start two days, FROM:UNTIL.")],
    per_month: Annotated[
        float | None, typer.Option(help="By how much extra capacity can grow per month.", show_default="no limit")
    ] = None,
    step: Annotated[
        float | None, typer.Option(help="Find it to this step.", show_default="1% of the bounds; a start to 7 days")
    ] = None,
    unit: Annotated[Unit, typer.Option(help="Unit of the bounds, the step and the growth.")] = Unit.HOURS,
    at: Annotated[Statistic, typer.Option(help="What of the outcomes must meet the target.")] = Statistic.P50,
    replications: Replications = 10,
    seed: Seed = 7,
    workers: Processes = ALL_CORES,
    scheduler: Scheduler = None,
    out: Annotated[Path | None, typer.Option(help="Scenario file to write what was found to.")] = None,
    owner: Annotated[str, typer.Option(help="Who asks for it, for the scenario file.")] = "Analyst",
    as_json: output.Json = False,
) -> None:
    """Seek the least capacity, or the latest start, that meets a target, and write it as a scenario.

    Example: `keten study seek scenario.toml --target "stock.appeal <= 9000 by 2024-12" --lever capacity.court_sessions
    --bounds 0:400 --per-month 50 --out new.toml`
    """
    inputs = read_inputs(scenario)
    goal, problems = read_goal(goal_text)
    factor = inputs.staff_values.hours_per_fte.central if unit is Unit.FTE else 1.0
    turned, more = read_lever(lever, bounds, inputs, step=step, per_month=per_month, factor=factor)
    if goal is not None:
        problems += goal_problems(goal, inputs, _measures(inputs, seed))
    _refuse("The question", [*problems, *more])
    assert goal is not None
    assert turned is not None
    runs = (len(turned.values).bit_length() + 2) * replications
    with _running(str(goal), runs, workers, scheduler, quiet=as_json) as (hands, progress):
        count = iter(range(1, 1000))
        answer = seek(
            inputs,
            goal,
            turned,
            statistic=at.value,
            replications=replications,
            seed=seed,
            workers=hands,
            tell=lambda _tried: progress(next(count) * replications),
        )
    if out is not None and answer.found is not None:
        account = Account(owner, _reason(answer, inputs, replications), f"keten study seek {scenario.name}")
        found = found_scenario(inputs.scenario, inputs, answer, account)
        _write(out, as_toml(found, turned.resource, relative_base(scenario, out)), "--out")
    if as_json:
        output.print_json(_answer_document(answer, inputs, out))
    else:
        _print_answer(answer, inputs, out)


def _measures(inputs: Inputs, seed: int) -> list[str]:
    """Name the measures of a study, by running it once."""
    return [str(name) for name in _once(inputs, seed)["measure"].unique().sort()]


def _once(inputs: Inputs, seed: int) -> pl.DataFrame:
    return run_variants([Variant("once", inputs)], replications=1, seed=seed)


def _value(lever: Lever, value: float, inputs: Inputs) -> Words:
    """Say a value of the lever: so much more per day, or started on a day."""
    start = planned_start(inputs.chain, lever.resource)
    if lever.kind == "start" and start is not None:
        day = start + timedelta(days=round(value))
        return Words(nl=f"start op {day}", en=f"start on {day}")
    unit, said = unit_of_capacity(inputs.chain, lever.resource), f"{value:+,.0f}"
    return Words(nl=f"{_dutch(said)} {unit.nl}", en=f"{said} {unit.en}")


def _dutch(figure: str) -> str:
    """Write a figure with a point for thousands and a comma for decimals."""
    return figure.translate(str.maketrans(",.", ".,"))


def _reason(answer: Answer, inputs: Inputs, replications: int) -> str:
    assert answer.found is not None
    lever = answer.lever
    grows = f", growing by at most {lever.per_month:g} per month" if lever.per_month else ""
    value = _value(lever, answer.found.value, inputs).en
    return (
        f"Least of {lever.kind}.{lever.resource} that meets {answer.goal} ({answer.statistic} of {replications} "
        f"replications): {value}{grows}. {answer.found.afterwards.words.en}"
    )


def _sentences(answer: Answer, inputs: Inputs) -> Words:
    goal, lever = answer.goal, answer.lever
    name = inputs.chain.resource(lever.resource)
    if answer.found is None:
        bound = answer.at_bound
        value, reached = _value(lever, bound.value, inputs), f"{bound.reached(answer.statistic):,.0f}"
        return Words(
            nl=f"{goal} wordt binnen de grenzen niet gehaald. Aan de grens ({name.nl}: {value.nl}) is het "
            f"{_dutch(reached)}.",
            en=f"{goal} cannot be met within the bounds. At the bound ({name.en}: {value.en}) it comes to {reached}.",
        )
    value, reached = _value(lever, answer.found.value, inputs), f"{answer.found.reached(answer.statistic):,.0f}"
    return Words(
        nl=f"{goal} wordt gehaald met {name.nl}: {value.nl}. Dan is het {_dutch(reached)}.",
        en=f"{goal} is met with {name.en}: {value.en}. It then comes to {reached}.",
    )


def _monotone(answer: Answer) -> Words:
    if answer.monotone:
        return Words(
            nl="Meer hiervan maakte het in geen enkele poging slechter.",
            en="In none of the values tried did more of it make things worse.",
        )
    return Words(
        nl="Let op: meer hiervan maakte het soms slechter, dus een kleinere waarde kan ook volstaan.",
        en="Mind: more of it sometimes made things worse, so a smaller value may do as well.",
    )


def _answer_document(answer: Answer, inputs: Inputs, out: Path | None) -> dict[str, Any]:
    def tried(row: Tried) -> dict[str, Any]:
        outcome = {name: getattr(row.outcome, name) for name in ("p10", "p50", "p90", "mean")}
        after = row.afterwards.as_document()
        return {"value": row.value, "says": _value(answer.lever, row.value, inputs).en, **outcome, "afterwards": after}

    said, monotone, after = _sentences(answer, inputs), _monotone(answer), answer.answered.afterwards.words
    return {
        "target": str(answer.goal),
        "statistic": answer.statistic,
        "lever": f"{answer.lever.kind}.{answer.lever.resource}",
        "bounds": [answer.lever.low, answer.lever.high],
        "step": answer.lever.step,
        "per_month": answer.lever.per_month,
        "met": answer.found is not None,
        "found": None if answer.found is None else tried(answer.found),
        "at_bound": None if answer.found is not None else tried(answer.at_bound),
        "monotone": answer.monotone,
        "tried": [tried(row) for row in answer.tried],
        "says": {"nl": f"{said.nl} {after.nl} {monotone.nl}", "en": f"{said.en} {after.en} {monotone.en}"},
        "written": str(out) if out is not None and answer.found is not None else None,
    }


def _print_answer(answer: Answer, inputs: Inputs, out: Path | None) -> None:
    output.print_table(
        f"{answer.goal}, {answer.statistic} of the replications",
        [f"{answer.lever.kind}.{answer.lever.resource}", "median", "10% to 90%", "met"],
        (
            [
                _value(answer.lever, row.value, inputs).en,
                f"{row.outcome.p50:,.0f}",
                f"{row.outcome.p10:,.0f}-{row.outcome.p90:,.0f}",
                "yes" if answer.goal.is_met(row.reached(answer.statistic)) else "no",
            ]
            for row in answer.tried
        ),
    )
    print(_sentences(answer, inputs).en)
    print(answer.answered.afterwards.words.en)
    print(_monotone(answer).en)
    if out is not None:
        print(f"Written: {out}. Run it with: keten study run {out}" if answer.found else f"{out} was not written.")


# Waterbed ------------------------------------------------------------------------------------------------------------


def waterbed_matrix(
    scenario: ScenarioFile,
    replications: Replications = 5,
    seed: Seed = 7,
    workers: Processes = ALL_CORES,
    scheduler: Scheduler = None,
    scale: Annotated[
        int, typer.Option(help="Make the nudge this many times as large and divide the effect by it.")
    ] = 10,
    after: Annotated[
        list[int] | None, typer.Option(help="Months after which to look; repeatable.", show_default="3, 12 and 24")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the whole answer as JSON in this file.")] = None,
    chart: Chart = None,
    language: InLanguage = Language.EN,
    as_json: output.Json = False,
) -> None:
    """Show what one FTE, or one case a week, at each place does to the stock of every partner.

    Example: `keten study waterbed examples/letter-2023/most-likely.toml --out out/waterbed.json`
    """
    terms = tuple(sorted(set(after or TERMS)))
    _refuse("The waterbed", question_problems(scale, terms))
    inputs = prepare(long_enough(read_scenario(scenario), terms))
    runs = (1 + len(nudges(inputs, scale))) * replications
    with _running("Nudges", runs, workers, scheduler, quiet=as_json) as (hands, progress):
        found = waterbed(
            inputs,
            replications=replications,
            seed=seed,
            scale=scale,
            terms=terms,
            workers=hands,
            progress=progress,
        )
    document = _waterbed_document(found, inputs, replications)
    if out is not None:
        _write(out, json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n", "--out")
    if chart is not None:
        charts.write_svg(_heat_map(found, inputs, language), chart)
    if as_json:
        output.print_json(document)
    else:
        _print_waterbed(found, inputs, language, replications)


def _waterbed_document(found: Waterbed, inputs: Inputs, replications: int) -> dict[str, Any]:
    hours = inputs.staff_values.hours_per_fte
    columns = {column: column_words(column, inputs.chain) for column in found.columns}
    return {
        "scenario": inputs.scenario.name,
        "reference_date": inputs.span.reference_date.isoformat(),
        "horizon": inputs.span.horizon.isoformat(),
        "replications": replications,
        "scale": found.scale,
        "hours_per_fte": {"value": hours.central, "unit": hours.unit, "origin": hours.source or hours.assumption},
        "columns": [
            {"id": name, "kind": "exit" if name.startswith(EXIT) else "partner", "nl": words.nl, "en": words.en}
            for name, words in columns.items()
        ],
        "rows": [
            {
                "id": nudge.id,
                "nl": nudge.words.nl,
                "en": nudge.words.en,
                "months": months,
                "total": found.total(nudge.id, months),
                "effects": {name: interval_document(change) for name, change in found.row(nudge.id, months).items()},
            }
            for months in found.terms
            for nudge in found.nudges
        ],
    }


def _print_waterbed(found: Waterbed, inputs: Inputs, language: Language, replications: int) -> None:
    partners = [column for column in found.columns if not column.startswith(EXIT)]
    exits = [column for column in found.columns if column.startswith(EXIT)]
    left = _in(Words(nl="uit de keten", en="left the chain"), language)
    how = f"mean of {replications} paired replications; nudge of {found.scale}, divided by {found.scale}"
    for months in found.terms:
        rows = [(nudge, found.row(nudge.id, months)) for nudge in found.nudges]
        output.print_table(
            f"Stock of every partner after {months} months, change in cases ({how})",
            ["one more", *partners, left, "sum"],
            (
                [
                    _in(nudge.words, language),
                    *(_change(row[column].mean) for column in partners),
                    _change(sum(row[column].mean for column in exits)),
                    _change(found.total(nudge.id, months)),
                ]
                for nudge, row in rows
            ),
        )
        output.print_table(
            f"Of which by every exit after {months} months, change in cases",
            ["one more", *(_in(column_words(column, inputs.chain), language) for column in exits)],
            (
                [_in(nudge.words, language), *changes]
                for nudge, row in rows
                for changes in [[_change(row[column].mean) for column in exits]]
                if set(changes) != {"0"}
            ),
        )
    hours = inputs.staff_values.hours_per_fte
    print(f"One FTE is {hours.central:g} {hours.unit} ({hours.source or 'an assumption'}).")
    print("A row of capacity adds up to zero: no case is lost. A row of arrivals adds up to the cases that came.")


def _change(cases: float) -> str:
    return f"{cases:+.1f}" if round(cases, 1) else "0"


def _heat_map(found: Waterbed, inputs: Inputs, language: Language) -> charts.Spec:
    cells = [
        (
            f"{months} {'maanden' if language is Language.NL else 'months'}",
            _in(nudge.words, language),
            _in(column_words(column, inputs.chain), language),
            round(change.mean, 2),
        )
        for months in found.terms
        for nudge in found.nudges
        for column, change in found.row(nudge.id, months).items()
    ]
    title = (
        "Waterbed: wat één erbij met ieders voorraad doet"
        if language is Language.NL
        else ("Waterbed: what one more does to the stock of everyone")
    )
    return charts.heat_map(title, "zaken" if language is Language.NL else "cases", cells)


# Tornado -------------------------------------------------------------------------------------------------------------


def tornado_ranking(
    scenario: ScenarioFile,
    of: Measure = "stock.track_4",
    at: Annotated[str | None, typer.Option("--at", help="Month, as 2024-12.", show_default="the horizon")] = None,
    replications: Replications = 3,
    seed: Seed = 7,
    workers: Processes = ALL_CORES,
    scheduler: Scheduler = None,
    language: InLanguage = Language.EN,
    chart: Chart = None,
    as_json: output.Json = False,
) -> None:
    """Rank the assumptions by their effect: each uncertain parameter at its low and its high end.

    Example: `keten study tornado examples/letter-2023/most-likely.toml --of stock.track_4 --at 2024-12`
    """
    inputs = read_inputs(scenario)
    months = [f"{day:%Y-%m}" for day in month_ends(inputs)]
    month = at or months[-1]
    once = _once(inputs, seed)
    known = known_name("--of", of, once["measure"].unique().to_list(), "measure")
    _refuse("The question", [*known, *month_asked("--at", month, months)])
    _refuse("The question", _unknown_then(once, of, month))
    parameters = [row for row in uncertain_parameters(inputs, seed) if matters(row, of)]
    runs = (1 + 2 * len(parameters)) * replications
    with _running("Parameters", runs, workers, scheduler, quiet=as_json) as (hands, progress):
        found = tornado(
            inputs,
            measure=of,
            month=month,
            replications=replications,
            seed=seed,
            workers=hands,
            progress=progress,
        )
    if chart is not None:
        charts.write_svg(_tornado_chart(found, language), chart)
    if as_json:
        output.print_json(_tornado_document(found, replications))
    else:
        _print_tornado(found, language, replications)


def _tornado_document(found: Tornado, replications: int) -> dict[str, Any]:
    chain = load_chain()
    return {
        "measure": found.measure,
        "unit": found.unit,
        "month": found.month,
        "replications": replications,
        "central": found.central,
        "parameters": [
            {
                "id": bar.parameter.name,
                "nl": words.nl,
                "en": words.en,
                "unit": bar.parameter.unit,
                "range": {"low": bar.parameter.low, "mode": bar.parameter.mode, "high": bar.parameter.high},
                "effect_at_low": interval_document(bar.low),
                "effect_at_high": interval_document(bar.high),
                "width": bar.width,
            }
            for bar in found.bars
            for words in [name_of(bar.parameter.name, chain)]
        ],
    }


def _print_tornado(found: Tornado, language: Language, replications: int) -> None:
    chain = load_chain()
    output.print_table(
        f"{found.measure} ({found.unit}), {found.month}: {found.central:,.0f} with every parameter central "
        f"({replications} paired replications)",
        ["parameter", "low", "high", "unit", "effect at low", "effect at high"],
        (
            [
                _in(name_of(bar.parameter.name, chain), language),
                f"{bar.parameter.low:,.4g}" if bar.parameter.low < 1000 else f"{bar.parameter.low:,.0f}",
                f"{bar.parameter.high:,.4g}" if bar.parameter.high < 1000 else f"{bar.parameter.high:,.0f}",
                bar.parameter.unit,
                _figure(bar.low.mean, found.unit),
                _figure(bar.high.mean, found.unit),
            ]
            for bar in found.bars
            if bar.width
        ),
    )
    without = [_in(name_of(bar.parameter.name, chain), language) for bar in found.bars if not bar.width]
    if without:
        print(f"No effect on {found.measure}: {'; '.join(without)}.")


def _tornado_chart(found: Tornado, language: Language) -> charts.Spec:
    chain = load_chain()
    rows = [
        (
            _in(name_of(bar.parameter.name, chain), language),
            found.central + bar.low.mean,
            found.central + bar.high.mean,
        )
        for bar in found.bars
        if bar.width > 0
    ]
    return charts.tornado(f"{found.measure}, {found.month}", found.unit, found.central, rows)
