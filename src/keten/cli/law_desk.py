# SPDX-License-Identifier: EUPL-1.2
"""The law desk: `keten law open`, `changes`, `impact`, `add` and `take-back`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from keten import cli
from keten.cli.law import Known, Language, LanguageOption, LawFolder
from keten.cli.output import Json, print_json, print_table
from keten.deadlines import Rules, law_from, load_law, read_cases
from keten.deadlines.consequences import Changed, Consequences, consequences
from keten.deadlines.desk import law_changes, open_points
from keten.deadlines.wording import Text
from keten.domain.errors import Problem, UsageError
from keten.parameters.amendments import amended, undoing
from keten.parameters.law import Law


def register(app: typer.Typer) -> None:
    """Add the commands of the law desk."""
    commands = cli.group(app, "law", about="The law desk: what is open, how the law changed, what a change would do.")
    commands.command("open")(show_open)
    commands.command("changes")(show_changes)
    commands.command("impact")(show_impact)
    commands.command("add")(add)
    commands.command("take-back")(take_back)


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
    rows = open_points(law_from(law_folder))
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
    law = law_from(law_folder)
    rows = law_changes(law, since=_day("--since", since))
    if json:
        print_json(
            [
                {
                    "known_from": row.known_from, "valid_from": row.valid_from, "rule": row.rule.en,
                    "rule_nl": row.rule.nl, "instrument": row.instrument, "by": row.by.en, "by_nl": row.by.nl,
                    "amendment": row.amendment,
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
    if law.amendments:
        entered = (
            (one.amendment.entered_on, one.amendment.id, _say(Text(one.amendment.en, one.amendment.nl), language),
             one.amendment.author, one.amendment.second_reader, "holds" if one.holds else "taken back",
             one.amendment.source)
            for one in reversed(law.amendments)
        )  # fmt: skip
        header = ("entered", "name", "what", "author", "second reader", "", "source")
        print_table("Entered at the law desk", header, entered, figures_from=7)


def show_impact(
    proposal: Annotated[
        Path, typer.Argument(help="File with an amendment, a folder with amendments, or a folder with a whole law.")
    ],
    known_on: Known = None,
    first: Annotated[str, typer.Option("--from", help="First day of lodging that is tried.")] = "2015-08-01",
    last: Annotated[str, typer.Option("--until", help="Last day of lodging that is tried.")] = "2027-12-31",
    cases: Annotated[
        Path | None, typer.Option("--cases", help="File with a stock of cases, as for `keten deadlines`.")
    ] = None,
    law_folder: LawFolder = None,
    json: Json = False,
) -> None:
    """Which answers law would change before it goes in: a grid of cases, the specification, the rulings, a stock.

    Example: `keten law impact new-decree.yaml --cases stock.csv`
    """
    asked = cli.now().date() if known_on is None else _day("--known-on", known_on)
    before = law_from(law_folder)
    after = law_from(proposal) if proposal.is_dir() else _with_file(before, proposal)
    found = consequences(
        before, after, known_on=asked, first=_day("--from", first), last=_day("--until", last),
        cases=None if cases is None else read_cases(cases, Rules(before, asked)),
    )  # fmt: skip
    if json:
        print_json(_impact_record(found))
    else:
        _print_impact(found)


def _with_file(law: Law, path: Path) -> Law:
    """Give the law with one more amendment."""
    if not path.is_file():
        problem = Problem(str(path), "is neither a file nor a folder.", "Give the file with the amendment.")
        raise UsageError("the proposal", [problem])
    there = [(one.name, one.text) for one in law.amendments]
    return amended(load_law(), [*there, (path.name, path.read_text(encoding="utf-8"))])


def _impact_record(found: Consequences) -> dict[str, object]:
    stock = found.stock
    return {
        "before": found.before.digest,
        "after": found.after.digest,
        "changed": [
            {
                "type": row.application_type, "lodged_on": row.lodged_on, "nationality": row.nationality,
                "reading": row.reading, "before": row.before, "after": row.after, "days": row.days,
            }
            for row in found.answers
        ],
        "terms": [
            {"term": row.rule, "starts_on": row.starts_on, "before": row.before, "after": row.after, "days": row.days}
            for row in found.terms
        ],
        "penalties": [
            {"type": row.application_type, "notice_on": row.notice_on, "before_eur": row.before, "after_eur": row.after}
            for row in found.penalties
        ],
        "specification": [_example_record(row) for row in found.specification],
        "rulings": [_example_record(row) for row in found.rulings],
        "stock": stock
        and {
            "cases": stock.movement.cases, "moved": stock.movement.moved, "days_added": stock.days_added,
            "median_move_days": stock.movement.median_move_days, "overdue_before": stock.movement.overdue_before,
            "overdue_after": stock.movement.overdue_after, "exposure_before_eur": stock.exposure_before_eur,
            "exposure_after_eur": stock.exposure_after_eur,
        },
    }  # fmt: skip


def _example_record(row: Changed) -> dict[str, object]:
    return {
        "name": row.example.name, "type": row.example.case.application_type, "lodged_on": row.example.case.lodged_on,
        "known_on": row.example.known_on, "stated": row.example.stated, "before": row.before.deadline,
        "after": row.after.deadline, "days": row.days, "departs": row.departs, "source": row.example.source,
    }  # fmt: skip


def _print_impact(found: Consequences) -> None:
    listed = (
        (row.application_type, row.lodged_on, row.nationality, row.reading.value, row.before, row.after, row.days)
        for row in found.answers
    )
    header = ("type", "lodged on", "nationality", "reading", "before", "after", "days")
    print_table(f"{len(found.answers)} answers change", header, listed, figures_from=6)
    print_table(
        f"{len(found.terms)} ends of other terms change", ("term", "starts on", "before", "after", "days"),
        ((row.rule, row.starts_on, row.before, row.after, row.days) for row in found.terms), figures_from=4,
    )  # fmt: skip
    print_table(
        f"{len(found.penalties)} administrative penalties change", ("type", "notice on", "before, eur", "after, eur"),
        ((row.application_type, row.notice_on, row.before, row.after) for row in found.penalties), figures_from=2,
    )  # fmt: skip
    for title, rows in (("rows of the specification", found.specification), ("rulings", found.rulings)):
        lines = (
            (row.example.name, row.example.case.lodged_on, row.example.known_on, row.before.deadline,
             row.after.deadline, row.days, "departs" if row.departs else "")
            for row in rows
        )  # fmt: skip
        head = ("name", "lodged on", "known on", "before", "after", "days", "from what is stated")
        print_table(f"{len(rows)} {title} are answered otherwise", head, lines, figures_from=5)
    if (stock := found.stock) is not None:
        print_table(
            f"The stock on {found.known_on}",
            ("", "before", "after"),
            [
                ("cases", stock.movement.cases, stock.movement.cases),
                ("of which the last day moves", "", stock.movement.moved),
                ("days added in all", "", stock.days_added),
                ("overdue", stock.movement.overdue_before, stock.movement.overdue_after),
                ("penalties at most, eur", round(stock.exposure_before_eur), round(stock.exposure_after_eur)),
            ],
        )


_Who = Annotated[str, typer.Option("--author", help="Who enters it.")]
_Reader = Annotated[str, typer.Option("--second-reader", help="Who read it against the source; not the author.")]


def add(
    file: Annotated[Path, typer.Argument(help="File with the amendment.")],
    law_folder: Annotated[Path, typer.Option("--law", help="Folder with the amendments; made when it is not there.")],
    json: Json = False,
) -> None:
    """Put an amendment into a folder, when the law with it holds together; nothing is written otherwise.

    Example: `keten law add new-decree.yaml --law our-law`
    """
    there = _folder(law_folder)
    after = _with_file(there, file)
    old = {one.amendment.id for one in there.amendments}
    new = next(one for one in after.amendments if one.amendment.id not in old)
    name = f"{len(there.amendments) + 1:04}-{new.amendment.id}.yaml"
    _put(law_folder, name, new.text)
    _tell(there, after, law_folder / name, json=json)


def take_back(
    identifier: Annotated[str, typer.Argument(help="Identifier of the amendment that is taken back.")],
    law_folder: Annotated[Path, typer.Option("--law", help="Folder with the amendments.")],
    author: _Who,
    second_reader: _Reader,
    source: Annotated[str, typer.Option("--source", help="Address of what makes it go: a ruling, a withdrawal.")],
    json: Json = False,
) -> None:
    """Take an amendment back with a new one; the old one stays to be read.

    Example: `keten law take-back new-decree --law our-law --author "A" --second-reader "B" --source https://...`
    """
    there = _folder(law_folder)
    text = undoing(
        identifier, author=author, second_reader=second_reader, source=source, on=cli.now().date(), law=there
    )
    name = f"{len(there.amendments) + 1:04}-takes-back-{identifier}.yaml"
    after = amended(load_law(), [*((one.name, one.text) for one in there.amendments), (name, text)])
    _put(law_folder, name, text)
    _tell(there, after, law_folder / name, json=json)


def _folder(law_folder: Path) -> Law:
    law = law_from(law_folder) if law_folder.is_dir() and any(law_folder.glob("*.yaml")) else load_law()
    if law_folder.is_dir() and any(law_folder.glob("*.yaml")) and not law.amendments:
        problem = Problem(str(law_folder), "holds a whole law.", "Give a folder that holds amendments only.")
        raise UsageError("the folder of the law", [problem])
    return law


def _put(law_folder: Path, name: str, text: str) -> None:
    """Write a file whole or not at all, and over nothing."""
    if (law_folder / name).exists():
        problem = Problem(name, "is in the folder already.", "Give the amendment another file name.")
        raise UsageError("the folder of the law", [problem])
    law_folder.mkdir(parents=True, exist_ok=True)
    unfinished = law_folder / f".{name}.part"
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(law_folder / name)


def _tell(before: Law, after: Law, path: Path, *, json: bool) -> None:
    if json:
        print_json({"written": str(path), "before": before.digest, "after": after.digest})
        return
    rows = [("written to", path), ("law before", before.digest[:16]), ("law after", after.digest[:16])]
    print_table("The law was amended", ("", ""), rows, figures_from=2)
