# SPDX-License-Identifier: EUPL-1.2
"""Questions that take longer than somebody waits, and their answers, in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.figures import Range
from keten.domain.language import Words
from keten.questions.seek import Goal
from keten.study.inputs import Inputs
from keten.study.results import month_end
from keten.whatif.chosen import value_words
from keten.whatif.lever import levers_of
from keten.whatif.seek import lever_problems
from keten_web.sheets.writing import number_text
from keten_web.studies.models import State
from keten_web.tower import figures, typed
from keten_web.tower import queries as asked
from keten_web.tower.inquiries import FIGURES, HORIZON
from keten_web.tower.models import Inquiry, Kind
from keten_web.words import wording

Sent = Mapping[str, str]
AT_HORIZON = tuple(measure for measure, kind in FIGURES if kind == HORIZON)
WIDTH = 200.0
"""Width of the drawing of a bar, in its own units."""


# What is asked -------------------------------------------------------------------------------------------------------


def question_of(kind: Kind, base: Inputs, sent: Sent) -> dict[str, Any] | None:
    """Read what else was asked beside the choices; None when it makes no sense."""
    if kind == Kind.RANK:
        measure = sent.get("measure", AT_HORIZON[0])
        return {"measure": measure} if measure in AT_HORIZON else None
    if kind == Kind.SEEK:
        return _sought(base, sent)
    return None if kind == Kind.PROMISE else {}


def _sought(base: Inputs, sent: Sent) -> dict[str, Any] | None:
    value = typed.number(sent, "value")
    if value is None:
        return None
    goal = Goal(sent.get("measure", ""), sent.get("sign") != "at_least", value, sent.get("month", ""))
    if lever_problems(base, sent.get("lever", ""), goal, AT_HORIZON):
        return None
    return {
        "measure": goal.measure,
        "at_most": goal.at_most,
        "value": value,
        "month": goal.month,
        "lever": sent["lever"],
    }


# What comes of it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A bar in a row of a table, from one side to the other of a line at nought."""

    x: str
    width: str
    zero: str
    kind: str


@dataclass(frozen=True)
class Row:
    """A row of an answer, with its bar; the figures say the same as the bar."""

    name: str
    figures: tuple[str, ...]
    bar: Bar | None = None
    address: str = ""


@dataclass(frozen=True)
class Chart:
    """A table whose rows carry bars: a title, what it shows in one sentence, the columns, the rows."""

    title: str
    summary: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Part:
    """A question of the page: what can be asked, how far it is, and the answer."""

    kind: str
    inquiry: Inquiry | None
    says: str
    charts: tuple[Chart, ...] = ()
    headline: str = ""
    notes: tuple[str, ...] = ()
    address: str = ""
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> str:
        """The number that was asked for, as a field of a form writes it; nought to begin with."""
        return number_text(float(f"{self.chosen.get('value', 0):.10g}"))


@dataclass(frozen=True)
class Longer:
    """The three questions, and what can be chosen in their forms."""

    explain: Part
    rank: Part
    seek: Part
    measures: tuple[tuple[str, str], ...]
    levers: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, str], ...]


def read(found: Mapping[Kind, Inquiry], base: Inputs, choices: Mapping[str, float | str]) -> Longer:
    """Put the questions that somebody asked about choices in words."""
    ends = [base.span.day(int(day)) for day in base.calendar.month_end]
    return Longer(
        explain=_part(Kind.EXPLAIN, found, base, choices),
        rank=_part(Kind.RANK, found, base, choices),
        seek=_part(Kind.SEEK, found, base, choices),
        measures=tuple((measure, figures.whole_name(measure)) for measure in AT_HORIZON),
        levers=tuple((row.id, said(row.words)) for row in levers_of(base) if not row.chooses),
        months=tuple((f"{on:%Y-%m}", wording.month(on)) for on in reversed(ends)),
    )


def said(words: Words) -> str:
    """Take the words in the language of the page."""
    return words.en if get_language() == "en" else words.nl


def _part(kind: Kind, found: Mapping[Kind, Inquiry], base: Inputs, choices: Mapping[str, float | str]) -> Part:
    inquiry = found.get(kind)
    if inquiry is None:
        return Part(kind.value, None, "")
    if inquiry.state != State.DONE or not inquiry.answer:
        return Part(kind.value, inquiry, asked.says(inquiry), chosen=inquiry.question)
    tell = {Kind.EXPLAIN: _explained, Kind.RANK: _ranked, Kind.SEEK: _found}[kind]
    return tell(inquiry, base, choices)


def spread(spans: Sequence[tuple[float, float]], kinds: Sequence[str]) -> tuple[Bar, ...]:
    """Draw spans as bars on one scale that holds them all, and nought."""
    low, high = min([0.0, *(min(span) for span in spans)]), max([0.0, *(max(span) for span in spans)])
    scale = WIDTH / ((high - low) or 1.0)
    return tuple(
        Bar(
            x=f"{(min(span) - low) * scale:.2f}",
            width=f"{max(abs(span[1] - span[0]) * scale, 1.0):.2f}",
            zero=f"{-low * scale:.2f}",
            kind=kind,
        )
        for span, kind in zip(spans, kinds, strict=True)
    )


def _direction(value: float) -> str:
    return "more" if value > 0 else "less"


# Steps ---------------------------------------------------------------------------------------------------------------


def _explained(inquiry: Inquiry, _base: Inputs, _choices: Mapping[str, float | str]) -> Part:
    answer = inquiry.answer or {}
    return Part(
        inquiry.kind,
        inquiry,
        "",
        charts=tuple(_waterfall(row, int(answer["replications"])) for row in answer["figures"]),
        notes=(
            _("Every choice was made alone on the base, %(number)s replications each; the steps add up to the total.")
            % {"number": answer["replications"]},
        ),
    )


def _waterfall(row: Mapping[str, Any], runs: int) -> Chart:
    """Lay the steps end to end, from the base to the figure with the choices."""
    unit, name = row["unit"], figures.whole_name(row["measure"])
    steps = [step for step in row["steps"] if step["id"] != "interaction" or step["mean"]]
    spans, at = [], 0.0
    for step in steps:
        spans.append((at, at + step["mean"]))
        at += step["mean"]
    total = figures.interval_of(row["total"])
    bars = spread([*spans, (0.0, total.mean)], [*(_direction(step["mean"]) for step in steps), "total"])
    lines = [figures.line(row["base"], figures.interval_of(step), unit) for step in steps]
    whole = figures.line(row["base"], total, unit, runs=runs)
    rows = [
        Row(step["en"] if get_language() == "en" else step["nl"], (line.difference, line.interval), bar)
        for step, line, bar in zip(steps, lines, bars[:-1], strict=True)
    ]
    words = {"name": name, "base": whole.base, "variant": whole.variant, "difference": whole.difference}
    return Chart(
        title=_("%(name)s: the change as steps") % words,
        summary=_("%(name)s goes from %(base)s in the base to %(variant)s with all choices: %(difference)s.") % words,
        columns=(_("Step"), _("Difference"), _("95% interval"), _("From nought: what came before, then this step")),
        rows=(*rows, Row(_("All choices together"), (whole.difference, whole.interval), bars[-1])),
    )


# Assumptions ---------------------------------------------------------------------------------------------------------


def _ranked(inquiry: Inquiry, _base: Inputs, _choices: Mapping[str, float | str]) -> Part:
    answer = inquiry.answer or {}
    unit, name = answer["unit"], figures.whole_name(answer["measure"])
    bars = [row for row in answer["bars"] if row["low"]["mean"] or row["high"]["mean"]]
    drawn = spread([(row["low"]["mean"], row["high"]["mean"]) for row in bars], ["range" for _row in bars])
    rows = tuple(_assumption(row, unit, answer["central"], bar) for row, bar in zip(bars, drawn, strict=True))
    words = {
        "name": name,
        "month": wording.month(month_end(answer["month"])),
        "first": rows[0].name if rows else "",
        "number": len(rows),
        "tried": answer["tried"],
    }
    chart = Chart(
        title=_("%(name)s in %(month)s: which assumption matters most") % words,
        summary=_("Of %(tried)s uncertain assumptions, “%(first)s” moves it most; the first %(number)s are shown.")
        % words,
        columns=(_("Assumption"), _("Low to high"), _("At its low end"), _("At its high end"), _("Around the middle")),
        rows=rows,
    )
    note = _("Each in turn at its lowest and highest value, the others in the middle, %(number)s replications each.")
    return Part(
        inquiry.kind,
        inquiry,
        "",
        charts=(chart,) if rows else (),
        notes=(note % {"number": answer["replications"]},),
        chosen=inquiry.question,
    )


def _assumption(row: Mapping[str, Any], unit: str, central: float, bar: Bar) -> Row:
    ends = [figures.line(central, figures.interval_of(row[end]), unit).difference for end in ("low", "high")]
    low, _middle, high = row["ends"]
    said_range = f"{_plainly(low)}\N{EN DASH}{_plainly(high)}"
    return Row(row["en"] if get_language() == "en" else row["nl"], (said_range, *ends), bar)


def _plainly(value: float) -> str:
    """Write the end of a range with as many figures as say something."""
    return wording.plain(round(value, 3), "ratio") if abs(value) < 100 else wording.exact(value, "cases")


# What it takes -------------------------------------------------------------------------------------------------------


def _found(inquiry: Inquiry, base: Inputs, choices: Mapping[str, float | str]) -> Part:
    answer = inquiry.answer or {}
    lever = next(row for row in levers_of(base) if row.id == answer["lever"])
    unit = "persons" if answer["measure"].startswith(("reception", "permit")) else "cases"
    goal = {
        "name": figures.whole_name(answer["measure"]),
        "sign": _("at most") if answer["at_most"] else _("at least"),
        "value": wording.exact(answer["value"], unit),
        "month": wording.month(month_end(answer["month"])),
        "lever": said(lever.words),
        "reached": wording.middle(_range(answer["reached"]), unit),
    }
    address = ""
    if answer["found"] is None:
        goal["bound"] = said(value_words(lever, answer["bound"]))
        headline = _(
            "With this lever it cannot be done: with “%(lever)s” at %(bound)s, as far as it goes, %(name)s comes to "
            "about %(reached)s in %(month)s"
        )
    elif answer["needless"]:
        headline = _("Nothing more is needed: %(name)s is about %(reached)s in %(month)s already")
    else:
        goal["found"] = said(value_words(lever, answer["found"]))
        written = {name: f"{choice:.10g}" if isinstance(choice, float) else choice for name, choice in choices.items()}
        headline = _("It takes “%(lever)s” at %(found)s: %(name)s is then about %(reached)s in %(month)s")
        address = "?" + urlencode(
            {"scenario": inquiry.base, **typed.MACHINES, **written, lever.id: f"{answer['found']:.10g}"}
        )
    notes = [
        _("Asked: %(name)s %(sign)s %(value)s in %(month)s. The middle of the outcomes must meet it.") % goal,
        _("%(number)s replications per value; found by halving.") % {"number": answer["replications"]},
    ]
    if not answer["monotone"]:
        notes.append(_("Turning further did not always help; a smaller turn that does it may have been missed."))
    notes = [*_afterwards(answer.get("afterwards"), goal["name"], unit), *notes]
    rows = tuple(Row(said(value_words(lever, row["value"])), _outcome(row, unit), None) for row in answer["tried"])
    chart = Chart(
        title=_("Values that were tried: %(lever)s") % goal,
        summary=_("%(name)s in %(month)s, for every value that was tried.") % goal,
        columns=(said(lever.words), _("Middle"), _("80% of the outcomes")),
        rows=rows,
    )
    return Part(inquiry.kind, inquiry, "", (chart,), headline % goal, tuple(notes), address, inquiry.question)


def _afterwards(told: Mapping[str, Any] | None, name: str, unit: str) -> list[str]:
    """Say how it goes on after the month that was asked for, and whether the load can be sustained."""
    if told is None:
        return []
    return [*_course(told, name, unit), _sustained(told)]


def _course(told: Mapping[str, Any], name: str, unit: str) -> list[str]:
    end, worst = told["at_horizon"], told["worst"]
    if end is None:
        return [_("The study ends with that month; how it goes on shows in the load only.")]
    words = {"name": name}
    for key, row in (("end", end), ("worst", worst)):
        middle, band = _outcome(row, unit)
        words |= {key: wording.month(month_end(row["month"])), f"{key}_middle": middle, f"{key}_band": band}
    lines = [_("Afterwards: %(name)s is %(end_middle)s in %(end)s (80%% of the outcomes: %(end_band)s).") % words]
    if worst["month"] == end["month"]:
        lines.append(_("That is the worst month after the goal."))
    else:
        lines.append(_("The worst month after the goal is %(worst)s, with %(worst_middle)s (%(worst_band)s).") % words)
    if told["missed_from"] is not None:
        missed = {"month": wording.month(month_end(told["missed_from"]))}
        lines.append(_("From %(month)s on the goal is not met any more.") % missed)
    return lines


def _sustained(told: Mapping[str, Any]) -> str:
    language = "en" if get_language() == "en" else "nl"
    above = sorted((row for row in told["loads"].values() if row["says"]), key=lambda row: -row["p50"])
    words = {"months": told["months_of_load"], "loads": " ".join(row["says"][language] for row in above)}
    if above:
        return _("This cannot be sustained (last %(months)s months): %(loads)s") % words
    return _("This can be sustained: in the last %(months)s months nothing is asked for more than there is.") % words


def _outcome(row: Mapping[str, float], unit: str) -> tuple[str, str]:
    outcome = _range(row)
    return wording.middle(outcome, unit), wording.band(outcome, unit)


def _range(row: Mapping[str, float]) -> Range:
    """Read the outcomes that an answer kept; they are rounded as everywhere, by how far they lie apart."""
    return Range(**{name: row[name] for name in ("p10", "p50", "p90", "mean")})
