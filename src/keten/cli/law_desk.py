# SPDX-License-Identifier: EUPL-1.2
"""The law desk: `keten law open`, `changes` and `impact`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from keten import cli
from keten.cli.law import Known, Language, LanguageOption, LawFolder
from keten.cli.output import Json, print_json, print_table
from keten.deadlines import load_law
from keten.deadlines.desk import impact, law_changes, open_points
from keten.deadlines.wording import Text
from keten.domain.errors import Problem, UsageError


def register(app: typer.Typer) -> None:
    """Add the commands of the law desk."""
    commands = cli.group(app, "law", about="The law desk: what is open, how the law changed, what a change would do.")
    commands.command("open")(show_open)
    commands.command("changes")(show_changes)
    commands.command("impact")(show_impact)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = Problem(f"{option} {text!r}", "is no date that exists.", "Write it as YYYY-MM-DD.")
        raise UsageError("the question", [problem]) from None


def _say(text: Text | None, language: Language) -> str:
    return "" if text is None else text.nl if language is Language.NL else text.en


def show_open(law_folder: LawFolder = None, language: LanguageOption = Language.EN, json: Json = False) -> None:
    """List what in the law is unverified, open or contested, and what would settle it.

    Example: `keten law open --language nl`
    """
    rows = open_points(load_law(law_folder))
    if json:
        print_json(
            [
                {
                    "rule": row.rule, "state": row.state, "what": row.what.en, "what_nl": row.what.nl,
                    "settled_by": row.settled_by and row.settled_by.en,
                    "settled_by_nl": row.settled_by and row.settled_by.nl, "source": row.source,
                }
                for row in rows
            ]
        )  # fmt: skip
        return
    listed = ((row.rule, row.state, _say(row.what, language), _say(row.settled_by, language)) for row in rows)
    print_table("What is not certain in the law", ("rule", "state", "what", "settled by"), listed, figures_from=4)


def show_changes(
    since: Annotated[str, typer.Option("--since", help="First day on which a change became known.")] = "0001-01-01",
    law_folder: LawFolder = None,
    language: LanguageOption = Language.EN,
    json: Json = False,
) -> None:
    """How the law changed, the newest first: what became known when, and for which cases it holds.

    Example: `keten law changes --since 2025-01-01`
    """
    rows = law_changes(load_law(law_folder), since=_day("--since", since))
    if json:
        print_json(
            [
                {
                    "known_from": row.known_from, "valid_from": row.valid_from, "rule": row.rule.en,
                    "rule_nl": row.rule.nl, "instrument": row.instrument, "by": row.by.en, "by_nl": row.by.nl,
                }
                for row in rows
            ]
        )  # fmt: skip
        return
    listed = (
        (row.known_from, row.valid_from, _say(row.rule, language), row.instrument, _say(row.by, language))
        for row in rows
    )
    print_table("Changes of the law", ("known", "holds from", "rule", "instrument", "by"), listed, figures_from=5)


def show_impact(
    folder: Annotated[Path, typer.Argument(help="Folder with the proposed law: all its files, the change included.")],
    known_on: Known = None,
    first: Annotated[str, typer.Option("--from", help="First day of lodging that is tried.")] = "2015-08-01",
    last: Annotated[str, typer.Option("--until", help="Last day of lodging that is tried.")] = "2026-12-31",
    law_folder: LawFolder = None,
    json: Json = False,
) -> None:
    """Which answers a proposed law would change, before it goes in: one case of every kind, nationality and month.

    For a stock of cases: `keten deadlines CASES --compare law=FOLDER`.

    Example: `keten law impact proposal/ --from 2024-01-01`
    """
    asked = cli.now().date() if known_on is None else _day("--known-on", known_on)
    before, after = load_law(law_folder), load_law(folder)
    found = impact(before, after, known_on=asked, first=_day("--from", first), last=_day("--until", last))
    if json:
        print_json(
            {
                "before": before.digest,
                "after": after.digest,
                "changed": [
                    {
                        "type": row.application_type, "lodged_on": row.lodged_on, "nationality": row.nationality,
                        "reading": row.reading, "before": row.before, "after": row.after, "days": row.days,
                    }
                    for row in found
                ],
            }
        )  # fmt: skip
        return
    listed = (
        (row.application_type, row.lodged_on, row.nationality, row.reading.value, row.before, row.after, row.days)
        for row in found
    )
    header = ("type", "lodged on", "nationality", "reading", "before", "after", "days")
    print_table(f"{len(found)} answers change", header, listed, figures_from=6)
