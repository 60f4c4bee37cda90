# SPDX-License-Identifier: EUPL-1.2
"""`keten observations`: check, load and show figures, and give partners an empty workbook."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from keten import cli
from keten.cli.output import Json, print_json, print_table, told_in
from keten.domain.errors import Problem, UsageError
from keten.domain.language import Language, Words, said
from keten.domain.tables import Table
from keten.observations import Observations
from keten.observations.contracts import contracts, month_before, month_end, of_partner
from keten.observations.due import Due, calendar
from keten.observations.known import best_known
from keten.observations.recipe import recipes
from keten.observations.reference import reference
from keten.observations.store import (
    NOT_STATED,
    check_delivery,
    figures,
    held_against_contracts,
    load_delivery,
)
from keten.observations.tables import TABLES
from keten.observations.template import write_template

File = Annotated[Path, typer.Argument(metavar="FILE", help="Delivery: .csv, .xlsx or .ods.")]
TableOption = Annotated[
    str | None, typer.Option("--table", help="Table of the delivery; left out: by the file name, else by the columns.")
]
RecipeOption = Annotated[
    str | None,
    typer.Option("--recipe", help="How a file of another office is read: a name, or the path of a YAML file."),
]
LanguageOption = Annotated[
    Language | None,
    typer.Option("--language", help="Notation of numbers and days in the file, and language of the answer: nl or en."),
]
SheetOption = Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook that is read.")]
TableArgument = Annotated[str, typer.Argument(metavar="TABLE", help=f"One of {', '.join(TABLES)}.")]


def _declared(name: str) -> Table:
    if name in TABLES:
        return TABLES[name]
    near = get_close_matches(name, TABLES, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Choose from {', '.join(TABLES)}."
    raise UsageError("keten observations", [Problem(name, "there is no such table.", remedy)])


def register(app: typer.Typer) -> None:
    """Add the commands about observations."""
    commands = typer.Typer(help="What is known: figures that partners delivered or that were published.")
    commands.command("check")(check)
    commands.command("load")(load)
    commands.command("show")(show)
    commands.command("calendar")(print_calendar)
    commands.command("recipes")(print_recipes)
    commands.command("template")(template)
    commands.command("reference")(print_reference)
    app.add_typer(commands, name="observations", no_args_is_help=True)


def check(
    file: File,
    table: TableOption = None,
    recipe: RecipeOption = None,
    language: LanguageOption = None,
    sheet: SheetOption = None,
    delivered_by: Annotated[
        str, typer.Option("--by", help="Chain partner who would deliver it; its contracts are held against it.")
    ] = NOT_STATED,
    store: Annotated[Path | None, typer.Option(help="Hold it against the deliveries of this store too.")] = None,
    as_json: Json = False,
) -> None:
    """Check a delivery and list everything that is wrong with it or is asked about it; nothing is stored.

    Example: `keten observations check stock-2023-05.xlsx`

    Example: `keten observations check reception.xlsx --by COA --store store`
    """
    with told_in(language):
        checked = check_delivery(
            file, table_name=table, received_at=cli.now(), recipe=recipe, language=language, sheet=sheet
        )
        observations = figures(store)
        giver = None if delivered_by == NOT_STATED else delivered_by
        asked = held_against_contracts(file.name, checked, observations, giver=giver)
    warnings = [said(warning, language) for warning in (*checked.warnings, *asked)]
    name, rows = checked.table.name, checked.frame.height
    if as_json:
        print_json({"file": file.name, "table": name, "rows": rows, "problems": [], "warnings": warnings})
        return
    nothing = Words(
        en=f"{rows} rows for table {name}, nothing wrong.", nl=f"{rows} rijen voor tabel {name}, niets mis."
    )
    print("\n".join([f"{file.name}: {said(nothing, language)}", *warnings]))


def load(
    file: File,
    delivered_by: Annotated[
        str, typer.Option("--by", help="Chain partner who delivers, for instance IND.")
    ] = NOT_STATED,
    store: Annotated[Path, typer.Option(help="Folder in which deliveries are kept.")] = Path("store"),
    received_at: Annotated[
        str | None, typer.Option(help="Moment of receipt, for instance 2023-08-15T09:00 (UTC). Default: now.")
    ] = None,
    table: TableOption = None,
    recipe: RecipeOption = None,
    language: LanguageOption = None,
    sheet: SheetOption = None,
    corrects: Annotated[
        str | None, typer.Option(help="Delivery that this one corrects; it then goes before it, whenever it came.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a delivery and store it whole with its provenance, or refuse it and store nothing.

    Example: `keten observations load stock-2023-05.xlsx --by IND --store store`

    Example: `keten observations load statline.csv --by IND --store store --recipe cbs-open-data`
    """
    with told_in(language):
        loaded = load_delivery(
            file, store=store, delivered_by=delivered_by, received_at=_received(received_at), table_name=table,
            recipe=recipe, language=language, sheet=sheet, corrects=corrects,
        )  # fmt: skip
    delivery, warnings = loaded.delivery, [said(warning, language) for warning in loaded.warnings]
    if as_json:
        print_json(
            {
                "delivery": delivery.identifier,
                "table": delivery.table,
                "rows": delivery.rows,
                "replaced": loaded.replaced,
                "unchanged": loaded.unchanged,
                "warnings": warnings,
                "sha256": delivery.sha256,
                "delivered_by": delivery.delivered_by,
                "received_at": delivery.received_at,
            }
        )
        return
    stored = Words(
        en=f"Stored {delivery.rows} rows of {delivery.table} as {delivery.identifier}: {loaded.replaced} replace an "
        f"earlier figure, {loaded.unchanged} say what was known.",
        nl=f"{delivery.rows} rijen van {delivery.table} bewaard als {delivery.identifier}: {loaded.replaced} vervangen "
        f"een eerder cijfer, {loaded.unchanged} zijn gelijk aan wat bekend was.",
    )
    print("\n".join([said(stored, language), *warnings]))


def _received(text: str | None) -> datetime:
    """Read a moment of receipt; without a zone it is in UTC."""
    if text is None:
        return cli.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        problem = Problem(f"--received-at {text}", "is no moment.", "Write it as 2023-08-15 or 2023-08-15T09:00.")
        raise UsageError("keten observations load", [problem]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def print_calendar(
    month: Annotated[
        str | None, typer.Argument(metavar="MONTH", help="Month, as 2023-06; default: the last one.")
    ] = None,
    store: Annotated[Path, typer.Option(help="Folder in which deliveries are kept.")] = Path("store"),
    partner: Annotated[str | None, typer.Option("--by", help="Only what this chain partner owes.")] = None,
    known_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which is looked; default: today.")
    ] = None,
    language: LanguageOption = None,
    as_json: Json = False,
) -> None:
    """Show who owes which figures of a month by when, and what is late, incomplete or provisional.

    Example: `keten observations calendar 2023-06 --store store`
    """
    day = (known_on or cli.now()).date()
    end = month_before(month_end(day)) if month is None else _month(month)
    stream = figures(store).known_on(day).stream if store.is_dir() else None
    among = contracts() if partner is None else of_partner(partner)
    rows = calendar(among, stream, [end], day)
    if as_json:
        print_json([_due(row) for row in rows])
        return
    heads = ("partner", "contract", "due", "state", "there", "lacking")
    cells = [
        (row.contract.partner, said(row.contract.words, language), row.due_on, row.standing.value, row.there,
         len(row.lacking))
        for row in rows
    ]  # fmt: skip
    print_table(f"{end:%Y-%m}", heads, cells, figures_from=4)


def _month(text: str) -> date:
    try:
        return month_end(date.fromisoformat(f"{text}-01"))
    except ValueError:
        problem = Problem(text, "is no month.", "Write it as 2023-06.")
        raise UsageError("keten observations", [problem]) from None


def _due(row: Due) -> dict[str, object]:
    return {
        "partner": row.contract.partner, "contract": row.contract.id, "table": row.contract.table,
        "month": f"{row.month:%Y-%m}", "due_on": row.due_on, "state": row.standing.value, "there": row.there,
        "provisional": row.provisional, "withheld": row.withheld, "lacking": [figure.id for figure in row.lacking],
        "first_on": row.first_on,
    }  # fmt: skip


def print_recipes(language: LanguageOption = None, as_json: Json = False) -> None:
    """List the recipes that ship: how files of other offices are read.

    Example: `keten observations recipes`
    """
    known = recipes().values()
    if as_json:
        print_json([{"id": r.id, "table": r.table, "nl": r.nl, "en": r.en, "source": r.source} for r in known])
        return
    rows = [(r.id, r.table or "-", r.nl if language is Language.NL else r.en) for r in known]
    print_table("Recipes", ("recipe", "table", "what it reads"), rows, figures_from=3)


def show(
    table: TableArgument,
    known_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="Knowledge date, or moment (UTC): leave what came later out.",
        ),
    ] = None,
    best: Annotated[bool, typer.Option("--best", help="One row per fact, chosen by the rule of the manual.")] = False,
    store: Annotated[Path | None, typer.Option(help="Show the deliveries of this store too.")] = None,
    as_json: Json = False,
) -> None:
    """Show the figures of a table with their sources.

    Example: `keten observations show stock --known-on 2023-07-13 --best`
    """
    declared = _declared(table)
    observations = figures(store)
    if known_on is not None:
        # A day without an hour is the whole day.
        is_day = known_on == datetime(known_on.year, known_on.month, known_on.day, tzinfo=known_on.tzinfo)
        observations = observations.known_on(known_on.date() if is_day else known_on.replace(tzinfo=UTC))
    rows = _shown(observations, declared, best=best)
    if as_json:
        print_json(rows.to_dicts())
        return
    columns = [*declared.column_names, "state", "published", "source_type"]
    print_table(declared.meaning, columns, rows.select(columns).iter_rows(), figures_from=len(columns))
    print(f"{rows.height} rows. With --json every row shows its source address and note.")


def _shown(observations: Observations, declared: Table, *, best: bool) -> pl.DataFrame:
    """Give every row with its state; or one per fact, where a figure that is withheld is told as such."""
    published = (observations.base or observations).table(declared.name).with_columns(state=pl.lit("final"))
    delivered = observations.stream.history(declared.name) if observations.stream else pl.DataFrame()
    if best and observations.stream:
        delivered = observations.stream.rows_that_hold(declared.name)
    rows = published
    if delivered.height:
        rows = pl.concat([published, delivered.select(published.columns).cast(published.schema)])
    return best_known(rows, declared.key) if best else rows


def template(
    table: TableArgument,
    out: Annotated[Path, typer.Option(help="Workbook to write, for instance stock.xlsx.")],
    as_json: Json = False,
) -> None:
    """Write an empty workbook for a partner, with the columns of a table and their explanation.

    Example: `keten observations template stock --out stock.xlsx`
    """
    write_template(_declared(table), out)
    if as_json:
        print_json({"table": table, "file": str(out)})
        return
    print(f"Wrote {out}: fill in the sheet {table}, then `keten observations check {out}`.")


def print_reference(as_json: Json = False) -> None:
    """Print the manual page of the tables and the definitions of inflow.

    Example: `keten observations reference > docs/observations.md`
    """
    if as_json:
        print_json({name: _described(name) for name in TABLES})
        return
    sys.stdout.write(reference())


def _described(name: str) -> dict[str, object]:
    table = TABLES[name]
    columns = [
        {"name": c.name, "type": c.type.__name__, "unit": c.unit, "meaning": c.meaning, "required": c.required}
        for c in table.columns
    ]
    return {"meaning": table.meaning, "key": table.key, "columns": columns}
