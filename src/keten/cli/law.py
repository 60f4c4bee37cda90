# SPDX-License-Identifier: EUPL-1.2
"""Deadlines and penalties: `keten deadline`, `deadlines`, `penalty` and `term`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from keten import cli
from keten.cli.output import Json, print_json, print_table
from keten.deadlines import (
    Answer,
    Case,
    Judgment,
    LateDecision,
    LateDecisionCost,
    Movement,
    Rules,
    RuleUsed,
    Suspension,
    TermEnd,
    Text,
    address_of,
    check_case,
    citation,
    compare,
    decision_deadline,
    doubled_cases,
    holds_on,
    late_decision_cost,
    law_from,
    read_cases,
    term_end,
    term_questions,
    terms,
    with_deadlines,
    write_whole,
)
from keten.deadlines.rules import Applied
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law, LawRule


class Language(StrEnum):
    """Language of the sentences in a table; JSON always holds both."""

    EN = "en"
    NL = "nl"


Known = Annotated[
    str | None, typer.Option("--known-on", help="Knowledge date: decrees and rulings known by then. Default: today.")
]
ReadingOption = Annotated[Reading, typer.Option("--reading", help="Whose reading of a contested rule is applied.")]
LanguageOption = Annotated[Language, typer.Option("--language", help="Language of the sentences in the table.")]
LawFolder = Annotated[
    Path | None,
    typer.Option(
        "--law", help="Folder with amendments to the packaged law, or with a whole law; default: the packaged law."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of the statutory clock."""
    app.command("deadline")(deadline)
    app.command("deadlines")(deadlines)
    app.command("penalty")(penalty)
    app.command("term")(term)


@dataclass
class _Arguments:
    """Reads arguments and keeps every problem, so that all are told at once."""

    problems: list[Problem] = field(default_factory=list)

    def day(self, option: str, text: str) -> date:
        """Read a day; an impossible one becomes a problem, and some day is given to go on with."""
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.problems.append(
            Problem(f"{option} {text!r}", "is no date that exists.", "Write it as YYYY-MM-DD, for instance 2023-07-13.")
        )
        return date.max

    def optional_day(self, option: str, text: str | None) -> date | None:
        """Read a day that may be left out."""
        return None if text is None else self.day(option, text)

    def known_on(self, text: str | None) -> date:
        """Read the knowledge date; today when it is left out."""
        return cli.now().date() if text is None else self.day("--known-on", text)

    def add(self, where: str, what: str, remedy: str) -> None:
        """Keep one problem."""
        self.problems.append(Problem(where, what, remedy))

    def refuse(self, subject: str, *checks: Callable[[], object]) -> None:
        """Raise when there is a problem, with those of further checks that could still be made."""
        if not self.problems:
            return
        for check in checks:
            try:
                check()
            except UsageError as error:
                # A day that could not be read is the last day there is; what follows from that is no news.
                self.problems += [problem for problem in error.problems if str(date.max) not in str(problem)]
        raise UsageError(subject, self.problems)


def deadline(
    lodged_on: Annotated[
        str,
        typer.Option("--lodged-on", help="Day of lodging; for a Dublin request the registration document's date."),
    ],
    application_type: Annotated[
        str,
        typer.Option(
            "--type",
            help="Kind of case: first, family_reunification, border, regular, mvv, naturalisation, objection, ...; "
            "`keten term --list` names all.",
        ),
    ] = "first",
    known_on: Known = None,
    nationality: Annotated[str | None, typer.Option(help="ISO 3166 code; decision moratoria look at it.")] = None,
    suspend: Annotated[
        list[str] | None,
        typer.Option(
            help="FROM:UNTIL:GROUND; the clock stands still from FROM, and runs again on UNTIL (empty: not yet). "
            "Repeatable."
        ),
    ] = None,
    registered_on: Annotated[
        str | None, typer.Option(help="Date of the registration document, where it differs from --lodged-on.")
    ] = None,
    extension: Annotated[
        int | None,
        typer.Option(
            help="Individual extension in the unit of the law: months, or weeks for objection, option, border and "
            "return visa; 0 for family reunification decided without one."
        ),
    ] = None,
    extended_to: Annotated[
        str | None, typer.Option("--extended-to", help="Day that the decision to extend names itself.")
    ] = None,
    responsible_on: Annotated[
        str | None, typer.Option("--responsible-on", help="Day since when the Netherlands is responsible (Dublin).")
    ] = None,
    responsible_by: Annotated[
        str | None, typer.Option("--responsible-by", help="How that came about: claim_refused, no_claim, ...")
    ] = None,
    fee_paid_on: Annotated[
        str | None, typer.Option("--fee-paid-on", help="Day of payment or exemption; naturalisation counts from it.")
    ] = None,
    decision_on: Annotated[
        str | None, typer.Option("--decision-on", help="Day on which the decision objected to was made known.")
    ] = None,
    protected_until: Annotated[
        str | None, typer.Option("--protected-until", help="Day on which temporary protection ended or ends.")
    ] = None,
    group: Annotated[str | None, typer.Option(help="Part of the nationality a moratorium names: uyghur, ...")] = None,
    reading: ReadingOption = Reading.AUTHORITY,
    law_folder: LawFolder = None,
    language: LanguageOption = Language.EN,
    json: Json = False,
) -> None:
    """Last day on which a decision is in time, with the rules, the steps and the other reading.

    Example: `keten deadline --lodged-on 2022-04-15 --type first --known-on 2023-07-13 --json`
    """
    arguments, law = _Arguments(), law_from(law_folder)
    known = arguments.known_on(known_on)
    case = Case(
        application_type=application_type,
        lodged_on=arguments.day("--lodged-on", lodged_on),
        nationality=nationality,
        registered_on=arguments.optional_day("--registered-on", registered_on),
        suspensions=tuple(found for text in suspend or () if (found := _suspension(arguments, text)) is not None),
        extension=extension,
        extended_to=arguments.optional_day("--extended-to", extended_to),
        responsible_on=arguments.optional_day("--responsible-on", responsible_on),
        responsible_by=responsible_by,
        fee_paid_on=arguments.optional_day("--fee-paid-on", fee_paid_on),
        decision_on=arguments.optional_day("--decision-on", decision_on),
        protected_until=arguments.optional_day("--protected-until", protected_until),
        group=group,
    )
    arguments.refuse("the question", lambda: check_case(case, law))
    answer = decision_deadline(case, law, known_on=known, reading=reading)
    if json:
        print_json({**answer_record(answer), **law_record(law), "calculated_on": cli.now().date()})
    else:
        _print_answer(answer, language)


def law_record(law: Law) -> dict[str, object]:
    """Tell by which text of the law an answer was worked out."""
    return {"law": {"edition": law.edition, "sha256": law.digest}}


def _suspension(arguments: _Arguments, text: str) -> Suspension | None:
    parts = text.split(":")
    if len(parts) != 3:
        arguments.add(f"--suspend {text!r}", "has not three parts.", "Write FROM:UNTIL:GROUND.")
        return None
    from_day, until_day, ground = parts
    until = arguments.day("--suspend", until_day) if until_day else None
    return Suspension(arguments.day("--suspend", from_day), until, ground)


def answer_record(answer: Answer) -> dict[str, object]:
    """Give an answer in the shape of `keten deadline --json`."""
    return {
        "deadline": answer.deadline,
        "statutory_deadline": answer.statutory_deadline,
        "type": answer.case.application_type,
        "lodged_on": answer.case.lodged_on,
        "nationality": answer.case.nationality,
        "starts_on": answer.starts_on,
        "known_on": answer.known_on,
        "reading": answer.reading,
        "rules": [_rule(used) for used in answer.rules],
        "steps": [step.en for step in answer.steps],
        "steps_nl": [step.nl for step in answer.steps],
        "other_reading": {
            "reading": answer.other_reading.reading,
            "deadline": answer.other_reading.deadline,
            "differs_by_days": answer.other_reading.differs_by_days,
            "because": [text.en for text in answer.other_reading.because],
            "because_nl": [text.nl for text in answer.other_reading.because],
        },
        "moratorium_readings": answer.moratorium_readings,
        "readings": [
            {
                "side": row.side,
                "instance": row.instance,
                "by": row.by.en,
                "by_nl": row.by.nl,
                "on": row.on,
                "deadline": row.deadline,
                "says": row.says.en,
                "says_nl": row.says.nl,
                "contests": row.contests,
            }
            for row in answer.readings
        ],
        "limits": [
            {
                "rule": limit.rule.rule,
                "name": limit.rule.name.en,
                "name_nl": limit.rule.name.nl,
                "last_day": limit.last_day,
                "article": limit.rule.article,
                "article_nl": limit.rule.article_nl,
                "address": limit.rule.address,
            }
            for limit in answer.limits
        ],
        "clock_stands_still": answer.case.stands_still,
        "open_question": "; ".join(row.question.en for row in answer.open_questions) or None,
        "open_question_nl": "; ".join(row.question.nl for row in answer.open_questions) or None,
        "open_questions": [
            {
                "question": row.question.en,
                "question_nl": row.question.nl,
                "days": list(row.days),
                "settled_by": row.settled_by and row.settled_by.en,
                "settled_by_nl": row.settled_by and row.settled_by.nl,
            }
            for row in answer.open_questions
        ],
        "verified": not answer.not_verified,
        "not_verified": [text.en for text in answer.not_verified],
        "not_verified_nl": [text.nl for text in answer.not_verified],
    }


def _rule(used: RuleUsed) -> dict[str, object]:
    return {
        "rule": used.rule,
        "name": used.name.en,
        "name_nl": used.name.nl,
        "value": used.value,
        "unit": used.unit,
        "article": used.article,
        "instrument": used.instrument,
        "valid_from": used.valid_from,
        "valid_until": used.valid_until,
        "known_from": used.known_from,
        "known_until": used.known_until,
        "known_by": used.known_by,
        "effect": used.effect,
        "source": used.source,
        "verified": used.verified,
        "note": used.note,
        "article_nl": used.article_nl,
        "instrument_nl": used.instrument_nl,
        "known_by_nl": used.known_by_nl,
        "note_nl": used.note_nl,
        "address": used.address,
        "read_in_secondary_source": used.read_elsewhere,
    }


def _say(text: Text, language: Language) -> str:
    return text.nl if language is Language.NL else text.en


READERS = {Reading.AUTHORITY: "van de IND", Reading.COURTS: "van de rechter"}
"""Who reads a contested rule so, in Dutch."""

_EFFECTS = {
    "extra_term": Text("Moratorium as extra time", "Moratorium als extra termijn"),
    "suspension": Text("Moratorium as suspension", "Moratorium als opschorting"),
}


def _print_answer(answer: Answer, language: Language) -> None:
    dutch = language is Language.NL
    other = answer.other_reading
    rows: list[tuple[object, ...]] = [
        ("Uiterste beslisdatum" if dutch else "Decision deadline", answer.deadline),
        ("Wettelijk" if dutch else "By statute alone", answer.statutory_deadline),
        ("Lezing" if dutch else "Reading", READERS[answer.reading] if dutch else answer.reading.value),
        (f"Lezing {READERS[other.reading]}" if dutch else f"Reading {other.reading}", other.deadline),
        ("Kennisdatum" if dutch else "Known on", answer.known_on),
    ]
    rows += [(_say(_EFFECTS[effect], language), day) for effect, day in answer.moratorium_readings.items()]
    rows += [(limit.rule.name.nl if dutch else limit.rule.name.en, limit.last_day) for limit in answer.limits]
    print_table("Termijn" if dutch else "Deadline", ("", ""), rows)
    print_table("Stappen" if dutch else "Steps", ("",), ((_say(step, language),) for step in answer.steps))
    print_table(
        "Regels" if dutch else "Rules",
        ("regel", "instrument", "artikel", "bekend sinds", "bron")
        if dutch
        else ("rule", "instrument", "article", "known from", "source"),
        (
            (
                used.name.nl if dutch else used.name.en,
                used.instrument_nl if dutch else used.instrument,
                used.article_nl if dutch else used.article,
                used.known_from,
                used.address,
            )
            for used in answer.rules
        ),
        figures_from=5,
    )
    contesting = [row for row in answer.readings if row.contests]
    if contesting:
        print_table(
            "Andere uitspraken" if dutch else "Rulings that contest this",
            ("uitspraak", "van", "uiterste dag", "oordeel") if dutch else ("ruling", "of", "last day", "says"),
            ((row.by.nl, row.on, row.deadline, _say(row.says, language)) for row in contesting),
            figures_from=4,
        )
    if answer.open_questions:
        print_table(
            "Open vragen" if dutch else "Open questions",
            ("vraag", "dagen") if dutch else ("question", "days"),
            (
                (_say(row.question, language), ", ".join(day.isoformat() for day in row.days))
                for row in answer.open_questions
            ),
            figures_from=2,
        )
    if other.because:
        title = "Verschil met de andere lezing" if dutch else "Difference from the other reading"
        print_table(title, ("",), ((_say(text, language),) for text in other.because))
    _print_doubts(answer.not_verified, language)


def _print_doubts(doubts: tuple[Text, ...], language: Language) -> None:
    if doubts:
        title = "Niet bevestigd" if language is Language.NL else "Not verified"
        print_table(title, ("",), ((_say(text, language),) for text in doubts))


def deadlines(
    cases: Annotated[
        Path, typer.Argument(help="csv, xlsx or ods: case, lodged_on, type, nationality, known_on (optional).")
    ],
    out: Annotated[Path | None, typer.Argument(help="File to write: .csv or .parquet.")] = None,
    known_on: Known = None,
    reading: ReadingOption = Reading.AUTHORITY,
    law_folder: LawFolder = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--compare",
            help="KEY=AFTER or KEY=BEFORE,AFTER; the key is known_on, reading, without (an instrument) or law (a "
            "folder). Repeatable.",
        ),
    ] = None,
    overdue_on: Annotated[
        str | None, typer.Option(help="With --compare: the day on which a case is overdue or not. Default: today.")
    ] = None,
    json: Json = False,
) -> None:
    """Deadlines of a file of cases; with --compare, what a change of law does to them.

    Example: `keten deadlines cases.csv out.parquet`

    Example: `keten deadlines cases.csv --compare known_on=2023-07-13,2025-07-01 --compare reading=courts`
    """
    arguments = _Arguments()
    rules = Rules(law=law_from(law_folder), known_on=arguments.known_on(known_on), reading=reading)
    before, after = _compared(arguments, changes or [], rules)
    day = cli.now().date() if overdue_on is None else arguments.day("--overdue-on", overdue_on)
    if out is not None and out.exists() and cases.exists() and out.samefile(cases):
        arguments.add(str(out), "is the file with the cases itself.", "Give another file to write.")
    if out is None and not changes:
        arguments.add("no file to write", "was given.", "Give one after the cases, .csv or .parquet, or use --compare.")
    arguments.refuse("the question")
    if not changes:
        assert out is not None  # refused above
        read = read_cases(cases, rules)
        write_whole(with_deadlines(read, rules), out)
        _report_written(read.height, out, doubled_cases(read), json=json)
        return
    movement, rows = compare(read_cases(cases, before), before, after, overdue_on=day)
    if out is not None:
        write_whole(rows, out)
    if json:
        print_json(_movement(movement, before, after))
    else:
        _print_movement(movement, before, after)


def _report_written(count: int, out: Path, doubled: list[str], *, json: bool) -> None:
    if json:
        print_json({"cases": count, "written": str(out), "doubled": doubled})
        return
    print_table("Deadlines", ("cases", "written to"), [(count, out)], figures_from=2)
    if doubled:
        shown = ", ".join(doubled[:10]) + (", ..." if len(doubled) > 10 else "")
        print(f"More than once in the file, each counted as often: {len(doubled)} cases ({shown}).")


def _compared(arguments: _Arguments, changes: list[str], rules: Rules) -> tuple[Rules, Rules]:
    """Give the two rule sets that are compared; what is not named is the same on both sides."""
    before = after = rules
    for change in changes:
        key, separator, values = change.partition("=")
        sides = values.split(",", maxsplit=1)
        if not separator or not values or key not in _CHANGES:
            arguments.add(
                f"--compare {change!r}",
                "is not understood.",
                f"Write KEY=AFTER or KEY=BEFORE,AFTER with a key of {', '.join(_CHANGES)}.",
            )
            continue
        try:
            if len(sides) > 1 and sides[0]:
                before = _CHANGES[key](arguments, before, sides[0])
            if sides[-1]:
                after = _CHANGES[key](arguments, after, sides[-1])
        except UsageError as error:
            arguments.problems += error.problems
    return before, after


def _change_known_on(arguments: _Arguments, rules: Rules, text: str) -> Rules:
    return Rules(rules.law, arguments.day("--compare known_on", text), rules.reading)


def _change_reading(arguments: _Arguments, rules: Rules, text: str) -> Rules:
    if text not in list(Reading):
        arguments.add(f"--compare reading={text}", "is no reading.", f"Choose one of {', '.join(Reading)}.")
        return rules
    return Rules(rules.law, rules.known_on, Reading(text))


def _change_without(_: _Arguments, rules: Rules, text: str) -> Rules:
    return Rules(rules.law.without(text), rules.known_on, rules.reading)


def _change_law(_: _Arguments, rules: Rules, text: str) -> Rules:
    return Rules(law_from(Path(text)), rules.known_on, rules.reading)


_CHANGES: dict[str, Callable[[_Arguments, Rules, str], Rules]] = {
    "known_on": _change_known_on,
    "reading": _change_reading,
    "without": _change_without,
    "law": _change_law,
}


def _movement(movement: Movement, before: Rules, after: Rules) -> dict[str, object]:
    return {
        "before": {"known_on": before.known_on, "reading": before.reading},
        "after": {"known_on": after.known_on, "reading": after.reading},
        "overdue_on": movement.overdue_on,
        "cases": movement.cases,
        "moved": movement.moved,
        "moved_earlier": movement.moved_earlier,
        "moved_later": movement.moved_later,
        "move_days": {
            "smallest": movement.smallest_move_days,
            "median": movement.median_move_days,
            "largest": movement.largest_move_days,
        },
        "overdue_before": movement.overdue_before,
        "overdue_after": movement.overdue_after,
        "become_overdue": movement.become_overdue,
        "no_longer_overdue": movement.no_longer_overdue,
        "groups": list(movement.groups),
    }


def _print_movement(movement: Movement, before: Rules, after: Rules) -> None:
    title = f"From {before.known_on} ({before.reading}) to {after.known_on} ({after.reading})"
    print_table(
        title,
        ("", "cases"),
        [
            ("in the stock", movement.cases),
            ("deadline moves", movement.moved),
            ("  earlier", movement.moved_earlier),
            ("  later", movement.moved_later),
            (f"overdue on {movement.overdue_on}, before", movement.overdue_before),
            (f"overdue on {movement.overdue_on}, after", movement.overdue_after),
            ("become overdue", movement.become_overdue),
            ("no longer overdue", movement.no_longer_overdue),
        ],
    )
    header = ("type", "lodged in", "cases", "moved", "median move (days)", "overdue before", "overdue after")
    moved = (tuple(group.values()) for group in movement.groups if group["moved"])
    print_table("What moves, by type and year", header, moved)


def penalty(
    deadline: Annotated[str, typer.Option("--deadline", help="Last day on which the decision was in time.")],
    notice_on: Annotated[str | None, typer.Option(help="Day on which the notice of default was received.")] = None,
    appeal_on: Annotated[str | None, typer.Option(help="Day of the appeal against the late decision.")] = None,
    judgment_on: Annotated[str | None, typer.Option(help="Day of the judgment.")] = None,
    term_weeks: Annotated[int | None, typer.Option(help="Weeks the court gives; 8+8 is 16.")] = None,
    decide_by: Annotated[str | None, typer.Option(help="The day the court sets, instead of weeks.")] = None,
    sent_on: Annotated[
        str | None, typer.Option("--sent-on", help="Day on which the judgment was sent; the term runs from it.")
    ] = None,
    per_day: Annotated[float, typer.Option(help="Judicial penalty, euro per day.")] = 0,
    maximum: Annotated[float, typer.Option(help="Judicial penalty, maximum in euro.")] = 0,
    repeat: Annotated[
        list[str] | None,
        typer.Option(
            help="APPEAL:JUDGMENT:WEEKS:PER_DAY:MAXIMUM, a repeated appeal after a missed court term. Repeatable."
        ),
    ] = None,
    decided_on: Annotated[str | None, typer.Option(help="Day of the decision; left out while there is none.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Day to which is counted without a decision. Default: today.")
    ] = None,
    application_type: Annotated[
        str, typer.Option("--type", help="first, subsequent, family_reunification, ...")
    ] = "first",
    lodged_on: Annotated[str | None, typer.Option(help="Day of lodging, where it is known.")] = None,
    applicants: Annotated[int, typer.Option(help="Applicants who share one amount.")] = 1,
    known_on: Known = None,
    reading: ReadingOption = Reading.AUTHORITY,
    law_folder: LawFolder = None,
    language: LanguageOption = Language.EN,
    json: Json = False,
) -> None:
    """Work out what a late decision costs: notice of default, appeal, judgment, penalty.

    Example: `keten penalty --deadline 2023-07-15 --notice-on 2023-09-07 --appeal-on 2023-09-26 --judgment-on 2023-12-01
    --term-weeks 8 --per-day 100 --maximum 7500 --decided-on 2024-03-01 --json`
    """
    arguments, law = _Arguments(), law_from(law_folder)
    appeal = arguments.optional_day("--appeal-on", appeal_on)
    judgments = _judgments(
        arguments, appeal, arguments.optional_day("--judgment-on", judgment_on), term_weeks,
        arguments.optional_day("--decide-by", decide_by), per_day, maximum, repeat or [],
        arguments.optional_day("--sent-on", sent_on),
    )  # fmt: skip
    late = LateDecision(
        deadline=arguments.day("--deadline", deadline),
        notice_received_on=arguments.optional_day("--notice-on", notice_on),
        appeal_on=appeal,
        judgments=judgments,
        decided_on=arguments.optional_day("--decided-on", decided_on),
        application_type=application_type,
        lodged_on=arguments.optional_day("--lodged-on", lodged_on),
        applicants=applicants,
    )
    counted_to = cli.now().date() if as_of is None else arguments.day("--as-of", as_of)
    known = arguments.known_on(known_on)
    arguments.refuse("the question", lambda: law.check_type(application_type))
    cost = late_decision_cost(late, law, counted_to=counted_to, known_on=known, reading=reading)
    if json:
        print_json(cost_record(cost))
    else:
        _print_cost(cost, language)


def _judgments(
    arguments: _Arguments,
    appeal_on: date | None,
    judgment_on: date | None,
    term_weeks: int | None,
    decide_by: date | None,
    per_day: float,
    maximum: float,
    repeat: list[str],
    sent_on: date | None,
) -> tuple[Judgment, ...]:
    judgments: list[Judgment] = []
    if judgment_on is not None and appeal_on is None:
        arguments.add(f"--judgment-on {judgment_on}", "has no appeal before it.", "Give --appeal-on.")
    elif judgment_on is not None and appeal_on is not None:
        judgments.append(Judgment(appeal_on, judgment_on, per_day, maximum, term_weeks, decide_by, sent_on))
    elif term_weeks is not None or decide_by is not None or per_day or maximum:
        arguments.add("a term or penalty of the court", "was given without a judgment.", "Give --judgment-on.")
    if repeat and judgment_on is None:
        arguments.add("--repeat", "was given without a first judgment.", "Give --judgment-on and its term.")
    for text in repeat:
        judgments += _repeated(arguments, text)
    return tuple(judgments)


def _repeated(arguments: _Arguments, text: str) -> list[Judgment]:
    parts = text.split(":")
    try:
        appeal, judgment, weeks, per_day, maximum = parts
        return [
            Judgment(
                arguments.day("--repeat", appeal),
                arguments.day("--repeat", judgment),
                float(per_day),
                float(maximum),
                int(weeks),
            )
        ]
    except ValueError:
        arguments.add(
            f"--repeat {text!r}",
            "is not understood.",
            "Write APPEAL:JUDGMENT:WEEKS:PER_DAY:MAXIMUM, for instance 2024-05-02:2024-08-22:2:200:15000.",
        )
        return []


def _whole(amount: float) -> float | int:
    return int(amount) if amount == int(amount) else round(amount, 2)


def cost_record(cost: LateDecisionCost) -> dict[str, object]:
    """Give what a late decision costs in the shape of `keten penalty --json`."""
    return {
        "premature": cost.premature,
        "appeal_premature": cost.appeal_premature,
        "notice_period_ends": cost.notice_period_ends,
        "administrative_eur": _whole(cost.administrative_eur),
        "administrative_days": cost.administrative_days,
        "judicial_eur": _whole(cost.judicial_eur),
        "court_term_ends": cost.court_term_ends,
        "days_in_default": cost.days_in_default,
        "judgments": [
            {
                "judgment_on": outcome.judgment_on,
                "court_term_ends": outcome.court_term_ends,
                "days_in_default": outcome.days_in_default,
                "judicial_eur": _whole(outcome.amount_eur),
                "maximum_reached_on": outcome.maximum_reached_on,
            }
            for outcome in cost.judgments
        ],
        "applicants": cost.applicants,
        "each_eur": _whole(cost.each_eur),
        "counted_to": cost.counted_to,
        "timeline": [
            {
                "on": event.on,
                "what": event.what.en,
                "what_nl": event.what.nl,
                "article": event.article,
                "article_nl": event.article_nl,
            }
            for event in cost.timeline
        ],
        "excluded_by": cost.excluded_by
        and {
            "rule": cost.excluded_by.rule,
            "article": cost.excluded_by.article,
            "article_nl": cost.excluded_by.article_nl,
            "instrument": cost.excluded_by.instrument,
            "address": cost.excluded_by.address,
        },
        "open_questions": [
            {
                "question": row.question.en,
                "question_nl": row.question.nl,
                "amounts_eur": [_whole(amount) for amount in row.amounts_eur],
                "settled_by": row.settled_by.en,
                "settled_by_nl": row.settled_by.nl,
            }
            for row in cost.open_questions
        ],
        "notes": [text.en for text in cost.notes],
        "notes_nl": [text.nl for text in cost.notes],
        "verified": not cost.not_verified,
        "not_verified": [text.en for text in cost.not_verified],
        "not_verified_nl": [text.nl for text in cost.not_verified],
    }


def _print_cost(cost: LateDecisionCost, language: Language) -> None:
    dutch = language is Language.NL
    print_table(
        "Dwangsommen" if dutch else "Penalties",
        ("", "euro"),
        [
            ("bestuurlijk" if dutch else "administrative", f"{cost.administrative_eur:,.2f}"),
            ("rechterlijk" if dutch else "judicial", f"{cost.judicial_eur:,.2f}"),
            (f"per aanvrager ({cost.applicants})" if dutch else f"each of {cost.applicants}", f"{cost.each_eur:,.2f}"),
        ],
    )
    print_table(
        "Tijdlijn" if dutch else "Time line",
        ("op", "wat", "artikel") if dutch else ("on", "what", "article"),
        (
            (event.on, _say(event.what, language), event.article_nl if dutch else event.article)
            for event in cost.timeline
        ),
        figures_from=3,
    )
    if cost.notes:
        print_table("Let op" if dutch else "Note", ("",), ((_say(text, language),) for text in cost.notes))
    if cost.open_questions:
        print_table(
            "Open vragen" if dutch else "Open questions",
            ("vraag", "euro"),
            (
                (_say(row.question, language), ", ".join(f"{amount:,.2f}" for amount in row.amounts_eur))
                for row in cost.open_questions
            ),
            figures_from=2,
        )
    _print_doubts(cost.not_verified, language)


def term(
    rule: Annotated[
        str | None, typer.Argument(help="A term, for instance appeal_period; without one, all are listed.")
    ] = None,
    starts_on: Annotated[str | None, typer.Option("--from", help="Day of the event that starts the term.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List all kinds of case and all terms.")] = False,
    known_on: Known = None,
    reading: ReadingOption = Reading.AUTHORITY,
    law_folder: LawFolder = None,
    json: Json = False,
) -> None:
    """Last day of another term: appeal, departure period, Dublin, detention. Without a term: the list.

    Example: `keten term appeal_period --from 2024-05-02`
    """
    arguments, law = _Arguments(), law_from(law_folder)
    known = arguments.known_on(known_on)
    if rule is None or listed:
        arguments.refuse("the question")
        _list_terms(law, known, kinds=listed, json=json)
        return
    if starts_on is None:
        arguments.add("--from", "is missing.", "Give the day of the event that starts the term.")
    start = arguments.day("--from", starts_on) if starts_on else known
    arguments.refuse("the question", lambda: law.rule(rule))
    found = term_end(rule, start, law, known_on=known, reading=reading)
    answer = {
        "rule": rule,
        "name": found.applied.rule.en,
        "name_nl": found.applied.rule.nl,
        "from": found.starts_on,
        "value": found.value,
        "unit": found.unit,
        "calendar": found.calendar,
        "unmoved": found.unmoved,
        "last_day": found.last_day,
        "article": found.applied.value.article,
        "instrument": found.applied.value.instrument,
        "source": found.applied.value.source,
        "verified": found.applied.value.verified,
        "not_verified": found.applied.value.unverified,
        "not_verified_nl": found.applied.value.unverified_nl,
        "note": found.applied.value.note,
        "note_nl": found.applied.value.note_nl,
        **_cited(found, law),
        "open_questions": [
            {"question": row.question.en, "question_nl": row.question.nl, "days": list(row.days)}
            for row in term_questions(found, law)
        ],
    }
    if json:
        print_json(answer)
    else:
        print_table(found.applied.rule.en, ("", ""), answer.items(), figures_from=2)


def _cited(found: TermEnd, law: Law) -> dict[str, object]:
    value = found.applied.value
    return {
        "article_nl": citation(value.article, found.starts_on, law).text.nl,
        "address": address_of(value, found.starts_on, law),
    }


def _list_terms(law: Law, known_on: date, *, kinds: bool, json: bool) -> None:
    rows = _term_rows(law, known_on)
    if json and not kinds:
        print_json(rows)
        return
    if json:
        print_json({"kinds": _kind_rows(law), "terms": rows})
        return
    if kinds:
        header = ("kind", "what", "counts from", "further days")
        listed = ((row["kind"], row["name"], row["counts_from"], ", ".join(row["asks"])) for row in _kind_rows(law))
        print_table("Kinds of case", header, listed, figures_from=4)
    print_table(
        "Terms",
        ("rule", "what", "unit", "now", "moves"),
        ((row["rule"], row["name"], row["unit"], row["now"], row["calendar"]) for row in rows),
        figures_from=5,
    )


def _kind_rows(law: Law) -> list[dict[str, Any]]:
    return [
        {
            "kind": row.id,
            "name": row.en,
            "name_nl": row.nl,
            "family": row.family,
            "counts_from": row.counts_en,
            "counts_from_nl": row.counts_nl,
            "asks": [f"--{name.value.replace('_', '-')}" for name in row.asks],
        }
        for row in law.types
    ]


def _now(rule: LawRule, known_on: date) -> Applied | None:
    return holds_on(rule, known_on)


def _term_rows(law: Law, known_on: date) -> list[dict[str, Any]]:
    """List the terms with what holds on a day; none for one that ended, with what came after it."""
    return [
        {
            "rule": rule.rule,
            "name": rule.en,
            "name_nl": rule.nl,
            "unit": rule.unit if now is None else now.unit,
            "calendar": rule.calendar if now is None else now.calendar,
            "now": None if now is None else now.value.number,
            "succeeded_by": list(rule.succeeded_by),
            "ended_because": rule.ends_without_successor_en,
            "values": [
                {"from": value.valid_from, "until": value.valid_until, "value": value.number, "article": value.article}
                for value in rule.values
            ],
        }
        for rule in terms(law)
        for now in (_now(rule, known_on),)
    ]
