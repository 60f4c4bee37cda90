# SPDX-License-Identifier: EUPL-1.2
"""A case for life: `keten case timeline`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import UnionType
from typing import Annotated, Any

import typer

from keten import cli
from keten.cli.law import READERS, Language, LanguageOption, LawFolder, cost_record
from keten.cli.output import Json, print_json, print_table
from keten.deadlines import Case, Judgment, Suspension, law_from
from keten.deadlines.life import Happened, Life, Timeline, timeline
from keten.deadlines.wording import Text
from keten.domain.errors import Problem, UsageError
from keten.domain.toml_text import toml_text
from keten.domain.words import Reading

_DAYS = ("lodged_on", "registered_on", "responsible_on", "fee_paid_on", "decision_on", "protected_until", "extended_to")
_TEXTS = ("type", "nationality", "group", "responsible_by")
_LATE = ("notice", "late_decision_appeal", "judgment", "decision")
_OF_CASE = {*_DAYS, *_TEXTS, "extension", "known_on", "reading"}
_OF_JUDGMENT = {"what", "on", "appeal_on", "sent_on", "term_weeks", "decide_by", "per_day", "maximum"}
_LARGEST = 200_000
"""Bytes of a case file that are read; a case of a lifetime is a few thousand."""


def register(app: typer.Typer) -> None:
    """Add the commands about one case."""
    cli.group(app, "case", about="One case for life: its events, and every term that runs or will run.").command(
        "timeline"
    )(show_timeline)


def show_timeline(
    file: Annotated[Path, typer.Argument(help="TOML file with [case], [[suspensions]] and [[events]].")],
    known_on: Annotated[
        str | None, typer.Option("--known-on", help="Day that is asked. Default: the day in the file, else today.")
    ] = None,
    reading: Annotated[
        Reading | None, typer.Option("--reading", help="Whose reading; default: as in the file.")
    ] = None,
    law_folder: LawFolder = None,
    language: LanguageOption = Language.EN,
    json: Json = False,
) -> None:
    """Every running and future term of a case: who may do what on which day, and what changed the deadline.

    Example: `keten case timeline case.toml --json`
    """
    law = law_from(law_folder)
    read = read_life(file)
    asked = _day_of(known_on) if known_on else read.known_on or cli.now().date()
    found = timeline(read.life, law, known_on=asked, reading=reading or read.reading)
    if json:
        print_json(timeline_record(found))
    else:
        _print(found, asked, language)


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = Problem(f"--known-on {text!r}", "is no date that exists.", "Write it as YYYY-MM-DD.")
        raise UsageError("the question", [problem]) from None


@dataclass(frozen=True)
class ReadLife:
    """A case file as it was read, with the day and the reading that it asks for."""

    life: Life
    known_on: date | None
    reading: Reading


@dataclass
class _Reader:
    """Reads the fields of a case file and keeps every problem, so that all are told at once."""

    problems: list[Problem] = field(default_factory=list)

    def wrong(self, where: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(where, what, remedy))

    def take(self, row: Mapping[str, Any], name: str, where: str, kind: type | UnionType, remedy: str) -> Any:
        value = row.get(name)
        if value is None or (isinstance(value, kind) and not isinstance(value, bool)):
            return value.date() if isinstance(value, datetime) else value
        self.wrong(f"{where}: {name}", f"{value!r} is not what belongs here.", remedy)
        return None

    def day(self, row: Mapping[str, Any], name: str, where: str) -> date | None:
        found: date | None = self.take(row, name, where, date, "Write a day without quotes, for instance 2022-04-15.")
        return found

    def text(self, row: Mapping[str, Any], name: str, where: str) -> str | None:
        found: str | None = self.take(row, name, where, str, "Write it between quotes.")
        return found

    def number(self, row: Mapping[str, Any], name: str, where: str) -> float:
        return float(self.take(row, name, where, int | float, "Write a number.") or 0)

    def whole(self, row: Mapping[str, Any], name: str, where: str) -> int | None:
        found: int | None = self.take(row, name, where, int, "Write a whole number.")
        return found

    def only(self, row: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        for name in sorted(set(row) - set(known)):
            self.wrong(f"{where}: {name}", "is not known here.", f"Choose from {', '.join(sorted(known))}.")


def read_life(path: Path) -> ReadLife:
    """Read a case file: a table `case`, and lists `suspensions` and `events`.

    Raises
    ------
    UsageError
        With everything that is wrong with the file.
    """
    content = _toml(path)
    reader = _Reader()
    reader.only(content, ("case", "suspensions", "events"), path.name)
    given = content.get("case")
    if not isinstance(given, dict) or "lodged_on" not in given or "type" not in given:
        reader.wrong("case", "has no type and lodged_on.", "Add a table [case] with type and lodged_on.")
        raise UsageError(path.name, reader.problems)
    reader.only(given, _OF_CASE, "case")
    days = {name: reader.day(given, name, "case") for name in _DAYS}
    texts = {name: reader.text(given, name, "case") for name in _TEXTS}
    events = _rows(content, "events", reader)
    suspensions = _suspensions(_rows(content, "suspensions", reader), reader)
    late = _late_parts(events, reader)
    happened = tuple(
        Happened(str(row.get("what")), day)
        for row in events
        if row.get("what") not in _LATE and (day := _on(row, reader)) is not None
    )
    known_on, asked_reading = reader.day(given, "known_on", "case"), reader.text(given, "reading", "case")
    if asked_reading not in (None, *Reading):
        reader.wrong("case: reading", f"{asked_reading!r} does not exist.", f"Choose one of {', '.join(Reading)}.")
    extension = reader.whole(given, "extension", "case")
    lodged_on = days.pop("lodged_on")
    if reader.problems or lodged_on is None:
        raise UsageError(path.name, reader.problems)
    case = Case(
        application_type=texts["type"] or "",
        lodged_on=lodged_on,
        nationality=texts["nationality"],
        group=texts["group"],
        responsible_by=texts["responsible_by"],
        suspensions=suspensions,
        extension=extension,
        **days,
    )
    return ReadLife(Life(case, happened, **late), known_on, Reading(asked_reading or Reading.AUTHORITY))


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:  # no more than is needed to refuse it: a device has no size and no end
            raw = file.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            problem = Problem(path.name, f"is larger than {_LARGEST} bytes.", "A case file holds one case.")
            raise UsageError("the case file", [problem])
        return tomllib.loads(toml_text(raw))
    except OSError as error:
        problem = Problem(str(path), f"cannot be read: {error.strerror}.", "Give the path of a TOML file with a case.")
        raise UsageError("the case file", [problem]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = Problem(path.name, f"is no TOML: {error}.", "Correct the line; days stand without quotes.")
        raise UsageError("the case file", [problem]) from None


def _rows(content: Mapping[str, Any], name: str, reader: _Reader) -> list[dict[str, Any]]:
    rows = content.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        reader.wrong(name, "is no list of tables.", f"Write [[{name}]] above each.")
        return []
    return rows


def _on(row: Mapping[str, Any], reader: _Reader) -> date | None:
    where = f"event {row.get('what')!r}"
    day = reader.day(row, "on", where)
    if day is None:
        reader.wrong(where, "has no day.", "Add on = 2023-09-07.")
    return day


def _suspensions(rows: list[dict[str, Any]], reader: _Reader) -> tuple[Suspension, ...]:
    found = []
    for row in rows:
        reader.only(row, ("from", "until", "ground"), "suspension")
        first = reader.day(row, "from", "suspension")
        if first is None:
            reader.wrong("suspension", "has no first day.", "Add from = 2022-06-01.")
        else:
            ground = reader.text(row, "ground", "suspension") or "incomplete"
            found.append(Suspension(first, reader.day(row, "until", "suspension"), ground))
    return tuple(found)


def _late_parts(events: list[dict[str, Any]], reader: _Reader) -> dict[str, Any]:
    """Give what is about the late decision: notice, appeal, judgments in order, decision."""
    of: Callable[[str], list[dict[str, Any]]] = lambda what: [row for row in events if row.get("what") == what]  # noqa: E731
    appeals = sorted(day for row in of("late_decision_appeal") if (day := _on(row, reader)) is not None)
    for what in ("notice", "decision"):
        if len(of(what)) > 1:
            reader.wrong(f"event {what!r}", f"stands there {len(of(what))} times.", "Keep the one that counts.")
    for row in events:
        if row.get("what") != "judgment":
            reader.only(row, ("what", "on"), f"event {row.get('what')!r}")
    judgments = []
    for row in of("judgment"):
        reader.only(row, _OF_JUDGMENT, "judgment")
        on = _on(row, reader)
        if on is None:
            continue
        appeal = reader.day(row, "appeal_on", "judgment") or max((day for day in appeals if day <= on), default=None)
        if appeal is None:
            reader.wrong(f"judgment of {on}", "has no appeal before it.", "Add the event late_decision_appeal.")
            continue
        judgments.append(
            Judgment(
                appeal, on, reader.number(row, "per_day", "judgment"), reader.number(row, "maximum", "judgment"),
                reader.whole(row, "term_weeks", "judgment"), reader.day(row, "decide_by", "judgment"),
                reader.day(row, "sent_on", "judgment"),
            )
        )  # fmt: skip
    last = max((judgment.judgment_on for judgment in judgments), default=None)
    return {
        "repeat_appeal_on": next((day for day in appeals if last is not None and day > last), None),
        "notice_on": next((_on(row, reader) for row in of("notice")), None),
        "appeal_on": appeals[0] if appeals else None,
        "judgments": tuple(sorted(judgments, key=lambda judgment: judgment.judgment_on)),
        "decided_on": next((_on(row, reader) for row in of("decision")), None),
    }


def timeline_record(found: Timeline) -> list[dict[str, object]]:
    """Give a timeline in the shape of `keten case timeline --json`."""
    changes, later = (
        [
            {
                "known_on": row.on, "before": row.before, "after": row.after,
                "because": row.because.en, "because_nl": row.because.nl,
            }
            for row in part
        ]
        for part in (found.changes, found.later)
    )  # fmt: skip
    rows: list[dict[str, object]] = [
        {
            "term": row.term.en, "term_nl": row.term.nl, "from": row.starts_on, "last_day": row.last_day,
            "rule": row.rule,
            "article": row.article, "article_nl": row.article_nl, "address": row.address, "reading": row.reading,
            "open_question": row.open_question and row.open_question.en,
            "open_question_nl": row.open_question and row.open_question.nl, "who": row.who, "state": row.state.value,
            "says": row.says.en, "says_nl": row.says.nl,
        }
        for row in found.terms
    ]  # fmt: skip
    for row in rows:
        if row["term_nl"] == "besluit op de aanvraag":
            row["changes"] = changes
            row["changes_later"] = later
            row["late_decision"] = None if found.cost is None else cost_record(found.cost)
    return rows


_STATES = {
    "future": Text("to come", "komt nog"),
    "running": Text("running", "loopt"),
    "passed": Text("passed", "voorbij"),
}


def _print(found: Timeline, asked: date, language: Language) -> None:
    dutch = language is Language.NL

    def say(text: Text) -> str:
        return text.nl if dutch else text.en

    print_table(
        f"Termijnen op {asked}" if dutch else f"Terms on {asked}",
        ("termijn", "vanaf", "laatste dag", "staat", "lezing", "artikel")
        if dutch
        else ("term", "from", "last day", "state", "reading", "article"),
        (
            (
                say(row.term), row.starts_on, row.last_day, say(_STATES[row.state.value]),
                READERS[row.reading] if dutch else row.reading.value,
                row.article_nl if dutch else row.article,
            )
            for row in found.terms
        ),
        figures_from=6,
    )  # fmt: skip
    for title, changes in (
        (Text("What changed the decision period", "Wat de beslistermijn veranderde"), found.changes),
        (Text("What becomes known later", "Wat later bekend wordt"), found.later),
    ):
        if changes:
            print_table(
                say(title),
                ("bekend op", "van", "naar", "door") if dutch else ("known on", "from", "to", "because of"),
                ((row.on, row.before, row.after, say(row.because)) for row in changes),
                figures_from=4,
            )
    questions = dict.fromkeys(say(row.open_question) for row in found.terms if row.open_question)
    if questions:
        print_table("Open vragen" if dutch else "Open questions", ("",), ((question,) for question in questions))
