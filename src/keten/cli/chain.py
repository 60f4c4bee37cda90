# SPDX-License-Identifier: EUPL-1.2
"""`keten chain`: do the chain tables fit together, what is in them, and what does the chain look like."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from keten.cli.output import Json, print_json, print_table
from keten.domain.errors import Problem, UsageError
from keten.parameters.check import nearest
from keten.parameters.load import TABLES, load_chain
from keten.parameters.values import Quantity, Row
from keten.report.chain_picture import chain_picture
from keten.report.chain_reference import amount, chain_reference, quantities_of, validity

Folder = Annotated[
    Path | None, typer.Option("--folder", help="Folder with chain tables; by default those that come with Keten.")
]


class PictureLanguage(StrEnum):
    """Languages in which the chain can be drawn."""

    NL = "nl"
    EN = "en"


def register(app: typer.Typer) -> None:
    """Add the commands about the chain."""
    commands = typer.Typer(help="The chain as tables: partners, stages, routes, resources, handover points.")
    commands.command("check")(check)
    commands.command("show")(show)
    commands.command("picture")(picture)
    commands.command("reference")(reference)
    app.add_typer(commands, name="chain", no_args_is_help=True)


def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Folder with chain tables; by default Keten's own.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check whether chain tables fit together; every problem comes with two ways to repair it.

    Example: `keten chain check my-chain/`
    """
    chain = load_chain(folder)
    rows = {_typed(name): len(getattr(chain, name)) for name in TABLES}
    quantities = list(quantities_of(chain))
    sourced = sum(1 for quantity in quantities if quantity.source)
    if as_json:
        numbers = {"published": sourced, "assumptions": len(quantities) - sourced}
        print_json({"consistent": True, "rows": rows, "numbers": numbers})
        return
    print_table("The chain tables fit together", ("table", "rows"), rows.items())
    print(f"{len(quantities)} numbers: {sourced} published, {len(quantities) - sourced} assumptions with a reason.")


def show(
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help=f"One of: {', '.join(name.replace('_', '-') for name in TABLES)}.")
    ] = "stages",
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Show one of the chain tables.

    Example: `keten chain show handover-points`
    """
    name = table.replace("-", "_")
    if name not in TABLES:
        known = [_typed(known_name) for known_name in TABLES]
        raise UsageError(
            "The question",
            [Problem(table, f"there is no such table{nearest(_typed(name), known)}.", "Ask for one of the tables.")],
        )
    rows: Sequence[Row] = getattr(load_chain(folder), name)
    if as_json:
        print_json([row.model_dump(mode="json", by_alias=True, exclude_none=True) for row in rows])
        return
    columns = _columns(rows)
    print_table(
        _typed(name), columns, [[_cell(getattr(row, column)) for column in columns] for row in rows], figures_from=99
    )


def picture(
    out: Annotated[Path | None, typer.Option("--out", help="File to write; without it the SVG goes to stdout.")] = None,
    language: Annotated[PictureLanguage, typer.Option("--language", help="Language of the words.")] = (
        PictureLanguage.EN
    ),
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Draw the chain as SVG from the tables.

    Example: `keten chain picture --out docs/chain.svg`
    """
    drawn = chain_picture(load_chain(folder), language.value)
    if out is not None:
        _write(out, drawn)
        if as_json:
            print_json({"written": str(out)})
    elif as_json:
        print_json({"svg": drawn})
    else:
        sys.stdout.write(drawn)


def reference(folder: Folder = None, as_json: Json = False) -> None:
    """Print the page about the chain tables, as it stands in the documentation.

    Example: `keten chain reference > docs/chain.md`
    """
    text = chain_reference(load_chain(folder))
    if as_json:
        print_json({"markdown": text})
    else:
        sys.stdout.write(text)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = Problem(str(file), f"it cannot be written: {error.strerror}.", "Choose another file with --out.")
        raise UsageError("The picture", [problem]) from error


def _typed(table: str) -> str:
    """Write the name of a table as one types it."""
    return table.replace("_", "-")


# What explains a number is long: it is in the JSON form and in the reference page.
_NOT_IN_TABLES = frozenset({"source", "note", "policy"})


def _columns(rows: Sequence[Row]) -> list[str]:
    names = [name for name in type(rows[0]).model_fields if name not in _NOT_IN_TABLES] if rows else []
    return [name for name in names if any(getattr(row, name) not in (None, (), False) for row in rows)]


def _cell(value: Any) -> str:
    return "\n".join(_lines(value))


def _lines(value: Any) -> Iterator[str]:
    match value:
        case None | False:
            return
        case Quantity():
            yield f"{amount(value)} {value.unit} {validity(value)}".strip()
        case Row():
            yield " ".join(_cell(part) for name, part in value if name not in _NOT_IN_TABLES and "role" not in name)
        case tuple():
            for part in value:
                yield from _lines(part)
        case True:
            yield "yes"
        case _:
            yield str(value)
