# SPDX-License-Identifier: EUPL-1.2
"""A question on the what-if page and its answer, in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.errors import Problem, ScenarioError
from keten.domain.figures import Range
from keten.domain.language import Words
from keten.scenario.model import Scenario
from keten.study.figure_values import HELD, SPENT
from keten.study.inputs import Inputs
from keten.study.interval import Interval
from keten.study.results import Outlook, Results
from keten.study.sustain import Load
from keten.whatif.account import Choice
from keten.whatif.chosen import (
    as_toml,
    changed_choices,
    changes,
    in_base,
    problems_of,
    scenario_with,
    value_words,
)
from keten.whatif.lever import SECTIONS, Lever, levers_of
from keten.whatif.look import QuickLook, ranges
from keten_web.charts import outlook as outlook_chart
from keten_web.dashboard import queries
from keten_web.sheets.writing import Sheet, number_text
from keten_web.tower import actions, figures, longer, quick, typed
from keten_web.tower.figures import Line
from keten_web.tower.inquiries import FIGURES, TOTAL
from keten_web.tower.models import Kind
from keten_web.words import names, wording

Sent = Mapping[str, str]


# The form ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OptionShown:
    value: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class LeverShown:
    """A lever as a field of the form."""

    lever: Lever
    name: str
    unit: str
    reason: str
    value: str
    slid: str
    """The value as a slider has it; empty for words."""
    in_base: str
    fault: str
    options: tuple[OptionShown, ...]

    @property
    def id(self) -> str:
        return self.lever.id

    @property
    def low(self) -> str:
        return f"{self.lever.low:g}"

    @property
    def high(self) -> str:
        return f"{self.lever.high:.0f}"

    @property
    def bounds(self) -> dict[str, str]:
        """The bounds as a reader writes them."""
        return {"low": wording.exact(self.lever.low, "cases"), "high": wording.exact(self.lever.high, "cases")}

    @property
    def step(self) -> str:
        return f"{self.lever.step:g}"


@dataclass(frozen=True)
class SectionShown:
    """Levers that belong together."""

    name: str
    levers: tuple[LeverShown, ...]
    changed: bool


@dataclass(frozen=True)
class Page:
    """The whole page; without an answer when nothing was chosen or a choice is impossible."""

    sections: tuple[SectionShown, ...]
    examples: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]
    answer: Answer | None
    available: bool
    sent: tuple[tuple[str, Choice], ...] = ()


def _section(name: str) -> str:
    return {
        "inflow": _("Inflow"),
        "people": _("People and hours"),
        "order": _("Order and planning"),
        "routes": _("Routes"),
        "law": _("Law"),
        "places": _("Reception and housing"),
    }[name]


def base_of(results: Results) -> Inputs:
    """Give the inputs of a study that holds its scenario.

    Raises
    ------
    ValueError
        When it does not.
    """
    base = quick.base_of(results)
    if base is None:
        raise ValueError(f"{results.name} does not hold its scenario.")
    return base


def read(results: Results, sent: Sent) -> Page:
    """Read what was asked and answer it."""
    base = quick.base_of(results)
    if base is None:
        return Page((), (), (), (), None, False)
    choices = _choices(base, sent)
    problems = {problem.where for problem in problems_of(base, choices)}
    standing = in_base(base)
    shown = [_lever(lever, standing[lever.id], sent, choices, problems) for lever in levers_of(base)]
    chosen = {} if problems else changed_choices(base, choices)
    return Page(
        sections=tuple(_sections(shown, changed_choices(base, choices))),
        examples=_examples(),
        faults=tuple(f"{row.name}: {row.fault}" for row in shown if row.fault),
        changes=tuple(
            (_said(change.lever.words), _said(change.before), _said(change.after)) for change in changes(base, chosen)
        ),
        answer=_answer(results, chosen) if chosen else None,
        available=True,
        sent=tuple(chosen.items()),
    )


def _said(words: Words) -> str:
    return words.en if get_language() == "en" else words.nl


def _choices(base: Inputs, sent: Sent) -> dict[str, Choice]:
    """Read the choices that were sent; an empty field stays as in the base, and what is no number stays text."""
    found: dict[str, Choice] = {}
    for lever in levers_of(base):
        text = sent.get(lever.id, "").strip()
        if text:
            number = None if lever.chooses else typed.number(sent, lever.id)
            found[lever.id] = text if number is None else number
    return found


def _lever(lever: Lever, standing: Choice, sent: Sent, choices: Mapping[str, Choice], problems: set[str]) -> LeverShown:
    now = choices.get(lever.id, standing)
    return LeverShown(
        lever=lever,
        name=_said(lever.words),
        unit=_said(lever.unit),
        reason=_said(lever.reason),
        value=_written(sent.get(lever.id, ""), choices.get(lever.id, standing)),
        slid="" if isinstance(now, str) else f"{now:.10g}",
        in_base=_said(value_words(lever, standing)),
        fault=fault(lever, now) if lever.id in problems else "",
        options=tuple(OptionShown(row.value, _said(row.words), row.value == now) for row in lever.options),
    )


def _written(text: str, choice: Choice) -> str:
    """Write a choice as the language of the page does; what is no number stays as it was typed."""
    return text or choice if isinstance(choice, str) else number_text(float(f"{choice:.10g}"))


def fault(lever: Lever, choice: Choice) -> str:
    """Say why a choice is not possible, and what is."""
    if lever.chooses:
        return _("choose one of the options.")
    bounds = {"low": wording.exact(lever.low, "cases"), "high": wording.exact(lever.high, "cases")}
    if isinstance(choice, str):
        return _("give a number from %(low)s to %(high)s.") % bounds
    if not lever.low <= choice <= lever.high:
        why = {"reason": _said(lever.reason), **bounds}
        return _("this lies outside %(low)s to %(high)s. %(reason)s") % why
    remedy = _said(lever.needs.remedy) if lever.needs else ""
    return remedy[:1].lower() + remedy[1:]


def _sections(shown: list[LeverShown], chosen: Mapping[str, Choice]) -> Iterator[SectionShown]:
    for name in SECTIONS:
        levers = tuple(row for row in shown if row.lever.section == name)
        yield SectionShown(_section(name), levers, any(row.id in chosen or row.fault for row in levers))


def _examples() -> tuple[tuple[str, str], ...]:
    return (
        (_("Without BAA"), "baa=0"),
        (_("The extension is struck down"), "extension=struck_down"),
        (_("Housing at the pace of the target"), "homes=170"),
        (_("Half the missed interviews"), "no_show=4"),
        (_("Oldest application first"), "order=lodged"),
        (_("A fifth fewer appeals"), "appeals=80"),
    )


# The answer ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartnerLine:
    """What a partner notices."""

    code: str
    name: str
    cases: Line | None
    cost: Line | None
    verdict: str
    kind: str
    bar: longer.Bar | None = None

    @property
    def held(self) -> str:
        return f"{HELD}.{self.code}"

    @property
    def spent(self) -> str:
        return f"{SPENT}.{self.code}"


@dataclass(frozen=True)
class Answer:
    """What the choices do, next to the base."""

    headline: str
    replications: int
    study_replications: int
    lines: tuple[Line, ...]
    partners: tuple[PartnerLine, ...]
    overloaded: tuple[tuple[str, bool], ...]
    charts: tuple[queries.ChartFigure, ...]


RECEPTION = "COA"


def _answer(results: Results, chosen: Mapping[str, Choice]) -> Answer:
    return answer_of(quick.sharpest(results, tuple(sorted(chosen.items()))), results)


def answer_of(look: QuickLook, results: Results) -> Answer:
    """Put a comparison in words."""
    lines = tuple(_lines(look, results))
    return Answer(
        headline=_headline(look),
        replications=look.base.replications,
        study_replications=int(results.receipt.get("replications", 0)),
        lines=lines,
        partners=tuple(_partners(look)),
        overloaded=tuple(_overloaded(look)),
        charts=tuple(_charts(look, results)),
    )


def _lines(look: QuickLook, results: Results) -> Iterator[Line]:
    horizon = look.base.inputs.span.horizon
    start = look.base.inputs.span.day(0)
    until = _("%(from)s until %(until)s") % {"from": wording.short_month(start), "until": wording.short_month(horizon)}
    for measure, kind in FIGURES:
        row = look.total(measure) if kind == TOTAL else look.at(measure, f"{horizon:%Y-%m}")
        if row is not None:
            when = until if kind == TOTAL else wording.short_month(horizon)
            own = figures.own_total if kind == TOTAL else figures.own_level
            line = figures.line(
                row.base,
                row.mean,
                row.unit,
                figures.name(measure),
                when,
                own=own(results, measure, horizon),
                runs=look.base.replications,
            )
            yield replace(line, measure=measure)
        if measure == "penalties.paid":
            for partner in look.partners:
                if partner.partner == RECEPTION:
                    name = _("Costs of reception (COA)")
                    spent, runs = figures.own_costs(results, RECEPTION), look.base.replications
                    line = figures.line(partner.cost_base, partner.cost, "eur", name, until, own=spent, runs=runs)
                    yield replace(line, measure=f"{SPENT}.{RECEPTION}")


def _headline(look: QuickLook) -> str:
    row = look.at("stock.track_4", f"{look.base.inputs.span.horizon:%Y-%m}")
    when = wording.month(look.base.inputs.span.horizon)
    if row is None or not row.distinguishable:
        return _("In %(when)s the stock of track 4 does not surely differ from the base") % {"when": when}
    words = {
        "cases": figures.signed(abs(row.mean.mean), figures.step(row.base, row.mean, "cases"), "cases").lstrip("+"),
        "when": when,
    }
    if row.mean.mean > 0:
        return _("In %(when)s the stock of track 4 is about %(cases)s cases larger than in the base") % words
    return _("In %(when)s the stock of track 4 is about %(cases)s cases smaller than in the base") % words


def _partners(look: QuickLook) -> Iterator[PartnerLine]:
    """Say for every partner that notices anything what that is; those whose cases change most come first."""
    horizon = wording.short_month(look.base.inputs.span.horizon)
    moved = [row for row in look.partners if row.cases.mean or row.cost.mean]
    moved.sort(key=lambda row: -abs(row.cases.mean))
    kinds = ["more" if row.cases.mean > 0 else "less" for row in moved]
    bars = longer.spread([(0.0, row.cases.mean) for row in moved], kinds)
    for row, bar in zip(moved, bars, strict=True):
        verdict, kind = _verdict(row.gains, row.pays, row.cost)
        yield PartnerLine(
            code=row.partner,
            name=names.partner_short(row.partner),
            cases=figures.line(row.cases_base, row.cases, "cases", "", horizon)
            if row.cases_base or row.cases.mean
            else None,
            cost=figures.line(row.cost_base, row.cost, "eur", "", horizon) if row.cost_base or row.cost.mean else None,
            verdict=verdict,
            kind=kind,
            bar=bar if row.cases.mean else None,
        )


def _verdict(gains: bool, pays: bool, cost: Interval) -> tuple[str, str]:
    """Say in words and with a shape who notices what; colour adds nothing to it."""
    parts = []
    if gains:
        parts.append(_("fewer cases"))
    if pays:
        parts.append(_("more cases"))
    if cost.high < 0:
        parts.append(_("lower costs"))
    if cost.low > 0:
        parts.append(_("higher costs"))
    burden = pays or cost.low > 0
    relief = gains or cost.high < 0
    kind = "both" if burden and relief else "burden" if burden else "relief" if relief else "none"
    return ", ".join(parts) or _("no sure difference"), kind


def _overloaded(look: QuickLook) -> Iterator[tuple[str, bool]]:
    """Say which resources stay overloaded, the new ones marked."""
    new = {row.resource for row in look.newly_overloaded}
    for row in sorted(look.overloaded, key=lambda load: (load.resource not in new, -load.load.p50)):
        yield load_sentence(row), row.resource in new


def load_sentence(row: Load) -> str:
    sentence = row.sentence or {}
    return sentence.get(get_language() or "nl", "")


def _charts(look: QuickLook, results: Results) -> Iterator[queries.ChartFigure]:
    drawn = {"stock.track_4": "cases", "reception.occupancy": "persons"}
    kept = (run.values.filter(pl.col("measure").is_in(list(drawn))) for run in (look.base, look.variant))
    before, after = map(ranges, kept)
    for measure, unit in drawn.items():
        if measure in before and measure in after:
            runs = look.base.replications
            fewer = runs if runs != int(results.receipt.get("replications", 0)) else 0
            yield _chart(measure, unit, before[measure], after[measure], results.reference_date, fewer)


def _chart(
    measure: str, unit: str, before: Mapping[date, Range], after: Mapping[date, Range], reference_date: date, fewer: int
) -> queries.ChartFigure:
    """Draw both sides on the same luck; `fewer` replications than the study has are told, as its own figures differ."""
    label = figures.whole_name(measure)
    middles = {on: Range(spread.p50, spread.p50, spread.p50, spread.mean) for on, spread in before.items()}
    drawn = [  # the base as a line only, and on top, so that neither hides the other
        outlook_chart.Line(_("with the choices"), after),
        outlook_chart.Line(_("base"), middles, (), "--past", "--line"),
    ]
    last = max(before)
    words = {
        "name": label,
        "base": wording.about(before[last], unit),
        "variant": wording.about(after[last], unit),
        "when": wording.month(last),
    }
    outlooks = [(_("base"), Outlook(measure, unit, before)), (_("with the choices"), Outlook(measure, unit, after))]
    return queries.ChartFigure(
        id=f"what-if-{measure}",
        title=_("%(name)s, with the choices and in the base") % words,
        subtitle=_of_fewer(wording.unit_words(unit).capitalize(), fewer),
        summary=_of_fewer(
            _("%(name)s: in %(when)s %(base)s in the base and %(variant)s with the choices.") % words, fewer
        ),
        spec=_apart(
            outlook_chart.chart(
                drawn,
                queries.labels(reference_date),
                reference_date=reference_date,
                number_format=queries.number_format(unit),
            )
        ),
        table=queries.table(outlooks, unit, marked=False),
        file="what-if-file",
        has_past=False,
    )


def _of_fewer(written: str, runs: int) -> str:
    if not runs:
        return written
    told = _("Quick look, %(number)s replications: both lines differ a little from the study itself.")
    return f"{written.removesuffix('.')}. {told % {'number': runs}}"


def _apart(spec: outlook_chart.Specification) -> outlook_chart.Specification:
    """Write the name of the lowest line under it, so that two names never stand on each other."""
    names_of_lines = [layer for layer in spec["layer"] if layer["mark"].get("fontWeight")]
    lowest = min(names_of_lines, key=lambda layer: layer["data"]["values"][0]["value"])
    lowest["mark"] |= {"baseline": "top", "dy": 8}
    return spec


# What takes longer ---------------------------------------------------------------------------------------------------


def asked(kind: Kind, results: Results, sent: Sent) -> actions.Asked | None:
    """Read a question about choices that takes longer than somebody waits; None when it makes no sense."""
    base = quick.base_of(results)
    if base is None:
        return None
    choices = _choices(base, sent)
    question = longer.question_of(kind, base, sent)
    if question is None or problems_of(base, choices):
        return None
    return actions.Asked(kind, results, changed_choices(base, choices), question)


# Files ---------------------------------------------------------------------------------------------------------------


def difference_sheets(results: Results, sent: Sent) -> tuple[Sheet, Sheet]:
    """Give every difference unrounded; only the heading when there is no answer."""
    look = _look_at(results, sent)
    found = look.differences if look else ()
    head = (_("Measure"), _("Unit"), _("Date"), _("Base, mean"), _("With the choices, mean"), _("Difference"),
            _("95% interval from"), _("95% interval to"), _("Replications"))  # fmt: skip
    rows = [
        (figures.name_in_a_file(row.measure), wording.unit_words(row.unit), row.period_end, row.base, row.other,
         row.mean.mean, _finite(row.mean.low), _finite(row.mean.high), look.base.replications if look else None)
        for row in found
    ]  # fmt: skip
    told = dict.fromkeys((figures.name_in_a_file(row.measure), row.measure, row.unit) for row in found)
    names = [(_("Measure"), _("Name in a study"), _("Unit in a study")), *told]
    return Sheet(_("Differences"), [head, *rows]), Sheet(_("What the names are"), names)


def _finite(value: float) -> float | None:
    """Leave an end of an interval open that has none."""
    return value if isfinite(value) else None


def _look_at(results: Results, sent: Sent) -> QuickLook | None:
    base = quick.base_of(results)
    if base is None:
        return None
    choices = _choices(base, sent)
    if problems_of(base, choices):
        return None
    return quick.sharpest(results, tuple(sorted(changed_choices(base, choices).items())))


def scenario_file(results: Results, sent: Sent) -> str:
    """Write the choices as a scenario file; impossible choices leave the base."""
    base = quick.base_of(results)
    if base is None:
        return ""
    try:
        return as_toml(scenario_with(base, _choices(base, sent), quick.account()))
    except ScenarioError:
        return as_toml(base.scenario)


def chosen_scenario(results: Results, sent: Sent, owner: str, reason: str) -> tuple[Scenario, dict[str, Choice]]:
    """Write the choices as a scenario in the name of somebody, with the reason.

    Raises
    ------
    ScenarioError
        When the choices are impossible, or the study does not hold its scenario.
    """
    base = quick.base_of(results)
    if base is None:
        raise ScenarioError(results.name, [Problem("scenario", "is not in the receipt.", "Choose another study.")])
    choices = _choices(base, sent)
    scenario = scenario_with(base, choices, quick.account(owner, reason))
    return scenario, changed_choices(base, choices)
