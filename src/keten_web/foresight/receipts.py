# SPDX-License-Identifier: EUPL-1.2
"""The receipt behind one figure, and doing it again: the same scenario, the same seed, compared to the last digit.

One mechanism for the tower, a what-if and a choice: each gives what it kept and how it is made again.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

import polars as pl
from django.utils.html import format_html
from django.utils.translation import gettext as _

from keten.domain.digest import hash_of
from keten.domain.figures import summarise
from keten.parameters.load import load_chain
from keten.scenario.model import Scenario
from keten.study.figure_values import HELD, SPENT, STAGE, figure_values
from keten.study.inputs import Inputs, prepare
from keten.study.interval import interval_of_mean
from keten.study.receipt import canonical, hash_of_code, hash_of_parameters
from keten.study.replicate import Replication
from keten.study.results import Results, month_end
from keten.study.run import inputs_again
from keten.study.variants import Variant, run_variants, tables_of
from keten.whatif.chosen import scenario_with
from keten.whatif.ledger import predict, prediction_of
from keten.whatif.look import FLOWS, QuickLook, simulate
from keten_web.deliveries import known
from keten_web.foresight import definitions, looking
from keten_web.foresight.figures import effect_line
from keten_web.foresight.models import SteeringChoice
from keten_web.tower import figures as shown
from keten_web.tower import quick
from keten_web.words import marks, wording

Asked = Mapping[str, float | str]
UNITS = {HELD: "cases", STAGE: "cases", SPENT: "eur"}
"""Units of the figures that are no measure and no indicator."""


@dataclass(frozen=True)
class Compared:
    """One number as it was kept, and as it came out again."""

    name: str
    kept: float
    again: float | None

    @property
    def is_same(self) -> bool:
        return self.kept == self.again

    @property
    def kept_text(self) -> str:
        return wording.to_the_last_digit(self.kept)

    @property
    def again_text(self) -> str:
        return "" if self.again is None else wording.to_the_last_digit(self.again)


@dataclass(frozen=True)
class Replayed:
    """What came of doing it again."""

    rows: tuple[Compared, ...]
    whole: bool
    """False when only the first replications of a large study were done again."""

    @property
    def is_same(self) -> bool:
        return bool(self.rows) and all(row.is_same for row in self.rows)


@dataclass(frozen=True)
class FigureReceipt:
    """Everything behind one figure: what it means, on which data, law, model and seed, and how it is made again."""

    name: str
    definition: str
    value: str
    """The figure itself, as it is written on the pages."""
    on: date
    where: str
    facts: tuple[tuple[str, str], ...]
    changed: tuple[str, ...]
    """Which inputs differ from those of the program that runs now."""
    code: str
    replay: Callable[[], Replayed] | None
    """None when the study does not hold its scenario."""


# A study ------------------------------------------------------------------------------------------------------------


def of_study(results: Results, figure: str, on: date) -> FigureReceipt | None:
    """Give the receipt of a figure of a study; None when the study does not have it."""
    if not definitions.is_known(figure) or not _is_there(figure, results, on):
        return None
    scenario = quick.scenario_of(results)
    command = f"keten study verify {results.name}\nketen study show {results.name} --json"
    return FigureReceipt(
        name=definitions.name_of(figure),
        definition=definitions.definition_of(figure),
        value=_written(figure, results, on),
        on=on,
        where=results.name,
        facts=_facts(results.receipt),
        changed=_changed(results.receipt.get("inputs"), scenario),
        code=command if scenario is None else f"{command}\n\n{_python(figure, on, results)}",
        replay=None if scenario is None else lambda: _replay_study(results, figure, on),
    )


def _is_there(figure: str, results: Results, on: date) -> bool:
    outlook = results.measures.get(figure) or results.indicators.get(figure)
    if outlook is not None:
        return outlook.at(on) is not None
    values = figure_values(figure, looking.tables_of(results.folder, replications=1), load_chain())
    return bool(_by_replication(values, on))


def _written(figure: str, results: Results, on: date) -> str:
    """Write the figure with its range over the replications, and its unit."""
    outlook = results.measures.get(figure) or results.indicators.get(figure)
    spread, unit = (outlook.at(on), outlook.unit) if outlook else (None, UNITS[figure.partition(".")[0]])
    if spread is None:
        values = figure_values(figure, looking.tables_of(results.folder), load_chain())
        spread = summarise(list(_by_replication(values, on).values()))
    return format_html("{} {}", marks.forecast(figure, on, spread, unit), wording.unit_beside(unit))


def _python(figure: str, on: date, results: Results) -> str:
    replications = min(quick.REPLICATIONS, int(results.receipt.get("replications", quick.REPLICATIONS)))
    return "\n".join(
        [
            "import json, pathlib",
            "from datetime import date",
            "from keten.study.figure_values import figure_values",
            "from keten.study.replicate import replicate",
            "from keten.study.run import inputs_again",
            "from keten.study.variants import tables_of",
            "",
            f'receipt = json.loads(pathlib.Path("{results.name}/receipt.json").read_text())',
            f'inputs = inputs_again(pathlib.Path("{results.name}"))',
            f"for number in range({replications}):",
            '    tables = tables_of(replicate(inputs, receipt["seed"], number))',
            f'    values = figure_values("{figure}", tables, inputs.chain)',
            f'    print(number, values.filter(period_end=date({on.year}, {on.month}, {on.day}))["value"].item())',
        ]
    )


def _replay_study(results: Results, figure: str, on: date) -> Replayed:
    """Do the first replications again; the figure is the middle of all of them, so these must be the same."""
    every = int(results.receipt.get("replications", 0))
    number = min(quick.REPLICATIONS, every)
    kept = figure_values(figure, looking.tables_of(results.folder, number), load_chain())
    variant = Variant("again", inputs_again(results.folder))
    again = run_variants([variant], replications=number, seed=quick.seed_of(results), look=_ValuesOf(figure))
    found = _by_replication(again, on)
    rows = tuple(
        Compared(_("Replication %(number)s") % {"number": replication}, value, found.get(replication))
        for replication, value in sorted(_by_replication(kept, on).items())
    )
    return Replayed(rows, whole=number == every)


@dataclass(frozen=True)
class _ValuesOf:
    figure: str

    def __call__(self, inputs: Inputs, replication: Replication) -> pl.DataFrame:
        return figure_values(self.figure, tables_of(replication), inputs.chain)


def _by_replication(values: pl.DataFrame, on: date) -> dict[int, float]:
    here = values.filter((pl.col("period_end") == on) & pl.col("value").is_not_null())
    return {int(row["replication"]): float(row["value"]) for row in here.iter_rows(named=True)}


# A what-if -----------------------------------------------------------------------------------------------------------


def of_answer(results: Results, asked: Asked, figure: str, on: date) -> FigureReceipt | None:
    """Give the receipt of a difference on the what-if page; None when the answer does not have it."""
    base = quick.base_of(results)
    if base is None or not definitions.is_known(figure):
        return None
    choices = tuple(sorted(asked.items()))
    look = quick.sharpest(results, choices)
    total = figure in FLOWS or figure.startswith(f"{SPENT}.")
    at = results.horizon if total else month_end(f"{on:%Y-%m}")
    kept = _differences((look.base.of(figure), look.variant.of(figure)), at, total)
    if not kept:
        return None
    number, seed = look.base.replications, look.base.seed
    scenario = scenario_with(base, dict(choices), quick.account())
    levers = " ".join(f"--with {shlex.quote(f'{name}={value}')}" for name, value in choices)
    definition = definitions.definition_of(figure)
    return FigureReceipt(
        name=_("%(name)s: difference with the base") % {"name": definitions.name_of(figure)},
        definition=definition + " " + _("Added up until the horizon.") if total else definition,
        value=_written_difference(figure, look, at, kept, total),
        on=at,
        where=results.name,
        facts=_facts({**results.receipt, "replications": number, "seed": seed}, scenario),
        changed=_changed(results.receipt.get("inputs"), base.scenario),
        code=f"keten choice predict SCENARIO.toml {levers} --replications {number} --seed {seed} --out choice.json",
        replay=lambda: _replay_answer(
            (base, prepare(scenario, observations=base.observations)), seed, kept, figure, at, total
        ),
    )


def _written_difference(figure: str, look: QuickLook, on: date, changes: Mapping[int, float], total: bool) -> str:
    """Write a difference with its interval, to the step of the what-if page."""
    known = look.at(figure, f"{on:%Y-%m}") or look.total(figure)
    unit = known.unit if known else UNITS[figure.partition(".")[0]]
    values = look.base.of(figure)
    base = fmean(_by_replication(_total(values) if total else values, on).values())
    line = shown.line(base, interval_of_mean(list(changes.values())), unit)
    beside = wording.unit_beside(unit)
    return f"{line.difference} {beside}".strip() + (f" ({line.interval})" if line.interval else "")


def _replay_answer(
    pair: tuple[Inputs, Inputs], seed: int, kept: Mapping[int, float], figure: str, on: date, total: bool
) -> Replayed:
    """Do the first pairs again, without anything that was remembered; the figure is the mean of all of them."""
    number = min(quick.REPLICATIONS, len(kept))
    values = [simulate(inputs, replications=number, seed=seed).of(figure) for inputs in pair]
    again = _differences((values[0], values[1]), on, total)
    rows = tuple(
        Compared(
            _("Difference of pair %(number)s") % {"number": replication}, kept[replication], again.get(replication)
        )
        for replication in sorted(kept)[:number]
    )
    return Replayed(rows, whole=number == len(kept))


def _differences(pair: tuple[pl.DataFrame, pl.DataFrame], on: date, total: bool) -> dict[int, float]:
    """Give the difference of each pair of replications: of a flow added up, of anything else in the month."""
    base, variant = (_total(values) if total else values for values in pair)
    both = variant.join(base, on=["replication", "period_end"], suffix="_base")
    return _by_replication(both.with_columns(value=pl.col("value") - pl.col("value_base")), on)


def _total(values: pl.DataFrame) -> pl.DataFrame:
    ordered = values.sort("replication", "period_end")
    return ordered.group_by("replication", maintain_order=True).agg(
        period_end=pl.col("period_end").max(), value=pl.col("value").sum()
    )


# A choice ------------------------------------------------------------------------------------------------------------


def of_choice(row: SteeringChoice, figure: str, on: date) -> FigureReceipt | None:
    """Give the receipt of a figure of the ledger of choices; None when it was not predicted."""
    prediction = prediction_of(row.prediction)
    found = prediction.at(figure, on)
    if found is None:
        return None

    def replay() -> Replayed:
        again = predict(
            prediction.chosen,
            prediction.twin,
            replications=prediction.replications,
            seed=prediction.seed,
            observations=known.known_on(prediction.chosen.law.figures_date),
        ).at(figure, on)
        names = (
            (_("Without the choice, mean"), found.twin.mean, again and again.twin.mean),
            (_("With the choice, mean"), found.chosen.mean, again and again.chosen.mean),
            (_("Mean difference"), found.effect, again and again.effect),
            (_("Lower limit of 95%"), found.low, again and again.low),
            (_("Upper limit of 95%"), found.high, again and again.high),
        )
        return Replayed(tuple(Compared(*name) for name in names), whole=True)

    kept = {**prediction.receipt, "seed": prediction.seed, "replications": prediction.replications}
    return FigureReceipt(
        name=_("%(name)s: predicted effect of the choice") % {"name": definitions.name_of(figure)},
        definition=definitions.definition_of(figure),
        value=effect_line(found).effect,
        on=on,
        where=row.name,
        facts=(*_facts(kept, prediction.chosen), (_("Hash of the prediction"), row.prediction_hash)),
        changed=_changed(prediction.receipt.get("inputs"), prediction.chosen),
        code="\n".join(
            [
                "from keten.whatif.ledger import predict, prediction_of",
                "import json, pathlib",
                f'kept = prediction_of(json.loads(pathlib.Path("{row.code}.json").read_text())["prediction"])',
                "again = predict(kept.chosen, kept.twin, replications=kept.replications, seed=kept.seed)",
                "print(again.rows == kept.rows)",
            ]
        ),
        replay=replay,
    )


# What they share -----------------------------------------------------------------------------------------------------


def _facts(written: Mapping[str, Any], scenario: Scenario | None = None) -> tuple[tuple[str, str], ...]:
    """Name data, law, model and seed, in the order in which a reader asks."""
    kept = scenario.model_dump(mode="json", by_alias=True) if scenario else written.get("scenario") or {}
    law = kept.get("law", {}).get("known_on", {}).get("value") if isinstance(kept, dict) else None
    hashes = dict(written.get("inputs") or {})
    found = {
        _("Figures as known on"): _day(written.get("known_on")),
        _("Law as known on"): _day(law or written.get("law_known_on") or written.get("known_on")),
        _("Reading of contested rules"): wording.reading(written.get("reading")),
        _("Version of the model and of the definition"): written.get("code_version"),
        _("Seed and replications"): f"{written.get('seed', '?')}, {written.get('replications', '?')}",
        **{_("Hash of %(part)s") % {"part": wording.input_part(part)}: digest for part, digest in hashes.items()},
        _("Hash of the outcome"): written.get("output_hash"),
    }
    return tuple((name, str(value)) for name, value in found.items() if value)


def _day(written: object) -> str:
    try:
        return wording.day(date.fromisoformat(str(written)))
    except ValueError:
        return ""


def _changed(kept: object, scenario: Scenario | None) -> tuple[str, ...]:
    """Name the inputs that are not those of the program that runs now."""
    if not isinstance(kept, Mapping) or scenario is None:
        return ()
    now = {
        "code": hash_of_code(),
        "parameters": hash_of_parameters(),
        "observations": known.known_on(scenario.law.figures_date).fingerprint(),
        "scenario": hash_of(canonical(scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True))),
    }
    return tuple(wording.input_part(name) for name, digest in kept.items() if name in now and now[name] != digest)
