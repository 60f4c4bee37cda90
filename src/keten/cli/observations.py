# SPDX-License-Identifier: EUPL-1.2
"""`keten observations`: check, load and show figures, and give partners an empty workbook."""

from __future__ import annotations

import sys
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from keten import cli
from keten.cli.output import Json, print_json, print_table
from keten.domain.errors import Problem, UsageError
from keten.domain.tables import Table
from keten.observations import load_published
from keten.observations.known import best_known
from keten.observations.reference import reference
from keten.observations.store import NOT_STATED, check_delivery, load_delivery, read_store
from keten.observations.tables import TABLES
from keten.observations.template import write_template

File = Annotated[Path, typer.Argument(metavar="FILE", help="Delivery: .csv, .xlsx or .ods.")]
TableOption = Annotated[
    str | None, typer.Option("--table", help="Table of the delivery; left out: by the file name, else by the columns.")
]
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
    commands.command("template")(template)
    commands.command("reference")(print_reference)
    app.add_typer(commands, name="observations", no_args_is_help=True)


def check(file: File, table: TableOption = None, as_json: Json = False) -> None:
    """Check a delivery and list everything that is wrong with it; nothing is stored.

    Example: `keten observations check stock-2023-05.xlsx`
    """
    declared, figures = check_delivery(file, table_name=table, received_at=cli.now())
    if as_json:
        print_json({"file": file.name, "table": declared.name, "rows": figures.height, "problems": []})
        return
    print(f"{file.name}: {figures.height} rows for table {declared.name}, nothing wrong.")


def load(
    file: File,
    delivered_by: Annotated[
        str, typer.Option("--by", help="Chain partner who delivers, for instance IND.")
    ] = NOT_STATED,
    store: Annotated[Path, typer.Option(help="Folder in which deliveries are kept.")] = Path("store"),
    table: TableOption = None,
    as_json: Json = False,
) -> None:
    """Check a delivery and store it whole with its provenance, or refuse it and store nothing.

    Example: `keten observations load stock-2023-05.xlsx --by IND --store store`
    """
    delivery = load_delivery(file, store=store, delivered_by=delivered_by, received_at=cli.now(), table_name=table)
    if as_json:
        print_json(
            {
                "delivery": delivery.identifier,
                "table": delivery.table,
                "rows": delivery.rows,
                "sha256": delivery.sha256,
                "delivered_by": delivery.delivered_by,
                "received_at": delivery.received_at,
            }
        )
        return
    print(f"Stored {delivery.rows} rows of {delivery.table} as {delivery.identifier}.")


def show(
    table: TableArgument,
    known_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Knowledge date: leave later publications out.")
    ] = None,
    best: Annotated[bool, typer.Option("--best", help="One row per fact, chosen by the rule of the manual.")] = False,
    store: Annotated[Path | None, typer.Option(help="Show the deliveries of this store too.")] = None,
    as_json: Json = False,
) -> None:
    """Show the figures of a table with their sources.

    Example: `keten observations show stock --known-on 2023-07-13 --best`
    """
    declared = _declared(table)
    observations = load_published() if store is None else read_store(store)
    if known_on is not None:
        observations = observations.known_on(known_on.date())
    rows = observations.table(table)
    if best:
        rows = best_known(rows, declared.key)
    if as_json:
        print_json(rows.to_dicts())
        return
    columns = [*declared.column_names, "published", "source_type"]
    print_table(declared.meaning, columns, rows.select(columns).iter_rows(), figures_from=len(columns))
    print(f"{rows.height} rows. With --json every row shows its source address and note.")


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
