# SPDX-License-Identifier: EUPL-1.2
"""The manual page of the observations, generated so that it cannot differ from the declarations."""

from __future__ import annotations

from keten.domain.tables import Table
from keten.observations.contracts import contracts
from keten.observations.definitions import Conversion, Definition, conversions, definitions
from keten.observations.recipe import recipes
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

A delivery may be csv, tsv, xlsx or ods. It is read by a process of its own, with bounds to memory and time. All
problems are listed at once, at the cell, in Dutch with `--language nl`, and nothing is stored when there is one.
Headings are recognised in capitals and in Dutch; titles above them, notes sheets, a line `sep=` and blank rows are
passed over, a row of totals is checked against the rows. What was passed over or left out is told.

## Numbers and days

`--language nl` reads 16.105 as sixteen thousand and 1-7-2023 as 1 July; `--language en` reads 16,105 so. Without it a
number or a day that reads differently in the two is asked back. A period may be given by its code: 2023MM07,
2023KW02, 2023JJ00, 2023-07, 2023-Q2, jul-23.

## State of a figure

A row is final, provisional, suppressed or unknown: by a column `state`, or by the signs that a recipe declares. What
is suppressed or unknown has no value and is never nought.

## Recipes

A recipe (`--recipe`, a name or the path of a YAML file) says how a file of another office is read: headings to
columns, signs, notation, and whether periods stand as columns. These ship; their files show how one is written.

| recipe | table | what it reads |
| --- | --- | --- |
{recipes}

## As known at a moment

Of several deliveries of one fact holds that of the owner of the table, then an explicit correction (`--corrects`)
before what it corrects, then the later moment of receipt (`--received-at`), also on the same day. Never a hash or a
name. What is suppressed takes the place of what was delivered before it, and leaves what was published standing. A row
of who does not own the table (`other_delivery`) goes behind what was published.

A store keeps the published figures it began with (`published.parquet`); without a store a command works with the
figures that ship.

## Rules of figures

A figure has the range of its unit: a share lies between 0 and 1, no count exceeds all inhabitants. Rows of one
delivery fit each other: no part above its whole, months that add up to their quarter and year, no minimum above a
maximum, no two values for one fact. Nationalities are codes of ISO 3166.

## Contracts

What each partner owes every month stands in `contracts.yaml`: the figures, what they are, the day by which they are
owed, whether a second reader agrees, and what must hold of them. Whoever delivers is held to the own contracts. What
cannot be refuses the delivery: half a person, a part above its whole, an opening plus what came minus what went that
is not the closing. What is strange is asked about: a jump that was agreed to want a reason, a figure equal to that of
the month before, a withheld figure in the place of a known one.

    keten observations calendar 2023-06 --store store

| contract | partner | table | owed on day | second reader | figures |
| --- | --- | --- | --- | --- | --- |
{contracts}
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
    listed = "\n".join(f"| `{one.id}` | {one.table or 'any'} | {one.en} |" for one in recipes().values())
    parts = [_HEAD.format(kinds=", ".join(SOURCE_TYPES), recipes=listed, contracts=_contracts())]
    parts += [_table(table) for table in TABLES.values()]
    parts.append(
        "## Provenance of published rows\n\nEvery published row has these columns too.\n\n" + _columns(PROVENANCE)
    )
    parts.append("## Definitions of inflow\n\nFigures of two definitions are never added or compared.\n")
    parts += [_definition(definition) for definition in definitions().values()]
    parts.append("## Conversions\n\nThe only ways from one definition to another; each is asked for by its name.\n")
    parts += [_conversion(conversion) for conversion in conversions().values()]
    return "\n".join(parts).rstrip("\n") + "\n"


def _contracts() -> str:
    rows = (
        f"| {one.en} | {one.partner} | {one.table} | {one.due_day} | {'yes' if one.second_reader else 'no'} | "
        f"{'; '.join(figure.en for figure in one.figures)} |"
        for one in contracts()
    )
    return "\n".join(rows) + "\n"


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
