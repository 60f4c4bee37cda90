# SPDX-License-Identifier: EUPL-1.2
"""The reference of all indicators as a page, generated so that it cannot differ from the code and the data."""

from __future__ import annotations

from datetime import date

from keten.domain.words import ChainGoal, Direction
from keten.indicators.definitions import definition
from keten.indicators.registry import Indicator, indicators
from keten.parameters.values import Quantity

_GOALS = {
    ChainGoal.PROCEDURE: "Careful and just procedure, within the periods set",
    ChainGoal.INFORMATION: "Clear and single information: people know where they stand",
    ChainGoal.RECEPTION: "Decent and safe reception",
    ChainGoal.SAFETY: "Safety of society; countering unlawful stay",
}
_DIRECTIONS = {Direction.HIGHER_IS_BETTER: "higher is better", Direction.LOWER_IS_BETTER: "lower is better"}

_HEAD = """\
<!-- SPDX-License-Identifier: EUPL-1.2 -->
<!-- Generated with `keten indicators reference`; do not edit. -->
# Indicators

The chain steers on four chain goals, set out in the letter of 13 July 2023
(https://zoek.officielebekendmakingen.nl/kst-19637-3156.html). The signal values of the chain's own dashboard are not
public. Each signal value below has a public source, or is marked as an assumption with its reason.

A value on the wrong side of the signal value raises a **signal**; within the attention band before it, **attention**;
a state improves only when the value has come back over the line by more than the dead band. Missing data are
**unknown**, never on course. A key figure describes and has no norm.
"""


def reference() -> str:
    """Write the page: every indicator with its definition in both languages, its signal values and their source."""
    parts = [_HEAD]
    for goal in ChainGoal:
        parts.append(f"## {_GOALS[goal]}\n")
        parts += [_section(row) for row in indicators() if row.goal is goal]
    return "\n".join(parts)


def _section(row: Indicator) -> str:
    twins = ", ".join(f"`{name}`" for name in row.twins) or "none"
    production = "; counts production, so never shown without them" if row.is_production else ""
    lines = [
        f"### {row.name_en} (`{row.id}`)",
        "",
        row.definition_en,
        "",
        f"*{row.name_nl}.* {row.definition_nl}",
        "",
        f"- Unit: {row.unit}; {_DIRECTIONS[row.direction]}",
        *([f"- Counts `{row.counts}`: {definition(row.counts).en}"] if row.counts != row.id else []),
        f"- Owner: {row.owner}; counter-indicators: {twins}{production}",
    ]
    if row.rule is None:
        return "\n".join([*lines, "- Key figure: no signal value", ""])
    lines += [f"- Signal value{_validity(part)}: {_quantity(part)}" for part in row.rule.signal_value]
    lines += [
        f"- Attention band: {_quantity(row.rule.attention_band)}",
        f"- Dead band: {_quantity(row.rule.dead_band)}",
    ]
    return "\n".join([*lines, ""])


def _validity(part: Quantity) -> str:
    since = f" from {part.valid_from}" if part.valid_from > date.min else ""
    return since + (f" until {part.valid_until}" if part.valid_until < date.max else "")


def _quantity(part: Quantity) -> str:
    origin = f"source: {part.source}" if part.source else f"assumption: {part.assumption}"
    note = f" ({part.note})" if part.note else ""
    return f"**{part.central:g} {part.unit}**; {origin}{note}"
