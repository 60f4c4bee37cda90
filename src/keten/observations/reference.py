# SPDX-License-Identifier: EUPL-1.2
"""The manual page of the observations, generated so that it cannot differ from the declarations."""

from __future__ import annotations

from keten.domain.tables import Table
from keten.observations.definitions import Conversion, Definition, conversions, definitions
from keten.observations.tables import PROVENANCE, SOURCE_TYPES, TABLES
from keten.observations.template import explain

_HEAD = """\
<!-- SPDX-License-Identifier: EUPL-1.2 -->
<!-- Generated with `keten observations reference`; do not edit. -->
# Observations

What partners delivered and what was published, in tables that are declared once: the check, the template for partners
and this page follow from the same declaration. Deliveries hold figures about groups, never data of persons; a column
or a cell that looks like a bsn, a v-number, a name, a date of birth or a document number refuses the delivery.

    keten observations template stock --out stock.xlsx
    keten observations check stock.xlsx
    keten observations load stock.xlsx --by IND --store store
    keten observations show stock

A delivery may be CSV (UTF-8, comma or semicolon), xlsx or ods. All problems are listed at once, with row and column,
and nothing is stored when there is one.

## When two rows disagree

Every row of the same fact is kept. Where one figure is needed, this rule chooses:

1. the most authoritative kind of source: {kinds} (what Keten derived itself comes last);
2. then the latest publication known on the knowledge date;
3. then a revision before a first publication; then the address in alphabetical order.

The published figures that ship with Keten are those that could be known on 13 July 2023. A source that gives only a
month or a year counts as known on its last day, so a figure is never used before it was certainly public.
"""


def reference() -> str:
    """Write the page: tables with their columns, provenance, definitions of inflow and conversions."""
    parts = [_HEAD.format(kinds=", ".join(SOURCE_TYPES))]
    parts += [_table(table) for table in TABLES.values()]
    parts.append(
        "## Provenance of published rows\n\nEvery published row has these columns too.\n\n" + _columns(PROVENANCE)
    )
    parts.append("## Definitions of inflow\n\nFigures of two definitions are never added or compared.\n")
    parts += [_definition(definition) for definition in definitions().values()]
    parts.append("## Conversions\n\nThe only ways from one definition to another; each is asked for by its name.\n")
    parts += [_conversion(conversion) for conversion in conversions().values()]
    return "\n".join(parts).rstrip("\n") + "\n"


def _table(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    return f"## {table.name}\n\n{table.meaning}. One row per {key}.\n\n{_columns(table.columns)}"


def _columns(columns: tuple[object, ...]) -> str:
    lines = ["| column | type | unit | required | meaning | values |", "| --- | --- | --- | --- | --- | --- |"]
    for column in columns:
        name, *rest = explain(column)  # type: ignore[arg-type]
        lines.append(f"| `{name}` | " + " | ".join(rest) + " |")
    return "\n".join(lines) + "\n"


def _definition(definition: Definition) -> str:
    left_out = ", ".join(definition.left_out) or "nothing"
    return (
        f"### {definition.id}\n\n{definition.en}. / *{definition.nl}.*\n\nCounts {definition.unit}. "
        f"In: {', '.join(definition.included)}. Out: {left_out}. Source: <{definition.source}>\n"
    )


def _conversion(conversion: Conversion) -> str:
    factor = f"times {conversion.numerator:,} / {conversion.denominator:,}"
    return (
        f"### {conversion.id}\n\nFrom `{conversion.from_definition}` to `{conversion.to_definition}`: {factor}. "
        f"{conversion.reason} Source: <{conversion.source}>\n"
    )
