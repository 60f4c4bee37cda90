# SPDX-License-Identifier: EUPL-1.2
"""`keten indicators`: which indicators there are and what each means."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from keten.cli.output import Json, print_json, print_table
from keten.indicators.reference import reference
from keten.indicators.registry import Indicator, find, indicators
from keten.parameters.values import Quantity


def register(app: typer.Typer) -> None:
    """Add the commands about indicators."""
    commands = typer.Typer(help="What the chain steers on: indicators per chain goal, with their signal values.")
    commands.command("list")(list_indicators)
    commands.command("show")(show_indicator)
    commands.command("reference")(print_reference)
    app.add_typer(commands, name="indicators", no_args_is_help=True)


def list_indicators(as_json: Json = False) -> None:
    """List every indicator per chain goal.

    Example: `keten indicators list`
    """
    if as_json:
        print_json([_described(row) for row in indicators()])
        return
    print_table(
        "Indicators per chain goal",
        ("id", "goal", "owner", "signal value"),
        [(row.id, row.goal.value, row.owner, _latest(row)) for row in indicators()],
        figures_from=3,
    )


def show_indicator(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Identifier, as `keten indicators list` shows it.")],
    as_json: Json = False,
) -> None:
    """Show the definition, the signal values and their source of one indicator.

    Example: `keten indicators show overdue_share`
    """
    described = _described(find(identifier))
    if as_json:
        print_json(described)
        return
    signal = described.pop("signal")
    rows: list[tuple[str, object]] = list(described.items())
    if signal is not None:
        for name in ("signal_value", "attention_band", "dead_band"):
            parts = signal[name] if isinstance(signal[name], list) else [signal[name]]
            rows += [(name, _sentence(part)) for part in parts]
    print_table(described["name_en"], ("", ""), rows, figures_from=2)


def print_reference(as_json: Json = False) -> None:
    """Print the page of all indicators, as it stands in the documentation.

    Example: `keten indicators reference > docs/indicators.md`
    """
    if as_json:
        print_json({"markdown": reference()})
    else:
        sys.stdout.write(reference())


def _described(row: Indicator) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind.value,
        "name_nl": row.name_nl,
        "name_en": row.name_en,
        "definition_nl": row.definition_nl,
        "definition_en": row.definition_en,
        "unit": row.unit,
        "goal": row.goal.value,
        "owner": row.owner,
        "direction": row.direction.value,
        "counter_indicator": row.counter_indicator,
        "signal": row.rule.model_dump(mode="json", by_alias=True, exclude_none=True) if row.rule else None,
    }


def _latest(row: Indicator) -> str:
    return f"{row.rule.signal_value[-1].central:g} {row.unit}" if row.rule else "key figure"


def _sentence(part: Mapping[str, Any]) -> str:
    quantity = Quantity.model_validate(part)
    origin = quantity.source or f"assumption: {quantity.assumption}"
    since = f" from {part['from']}" if part["from"] > "0001-01-01" else ""
    return f"{quantity.central:g} {quantity.unit}{since} ({origin})"
