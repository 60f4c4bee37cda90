# SPDX-License-Identifier: EUPL-1.2
"""What several levers do alike: read a dated value, and write it into a scenario with its account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from keten.parameters.load import load_chain
from keten.parameters.values import Quantity, at
from keten.study.inputs import Inputs
from keten.whatif.account import Account, Document

LETTER = "https://zoek.officielebekendmakingen.nl/kst-19637-3156.html"
"""Letter to parliament of 13 July 2023 on the stock and the plans of the chain."""
TRACK_4 = "decision_officers_track_4"
"""The resource that decides in track 4."""


def central(quantities: Sequence[Quantity], day: date) -> float:
    """Give the middle of the value that holds on a day."""
    return at(quantities, day, name="the lever").central


def scaled(quantity: Quantity, factor: float) -> dict[str, float]:
    """Multiply a number and its range, so that both draw the same luck."""
    parts = (("value", quantity.value), ("low", quantity.low), ("mode", quantity.mode), ("high", quantity.high))
    return {name: round(part * factor, 9) for name, part in parts if part is not None}


def periods(quantities: Sequence[Quantity], base: Inputs, factor: float, account: Account) -> list[dict[str, Any]]:
    """Scale the periods of a dated value that lie after the reference date."""
    first = base.span.day(0)
    return [
        account.beside(scaled(row, factor))
        | {"from": max(row.valid_from, first).isoformat()}
        | ({} if row.valid_until == date.max else {"until": row.valid_until.isoformat()})
        for row in quantities
        if row.valid_until > first
    ]


def hours_in_percent(base: Inputs, *, resource: str) -> float:
    """Work out the hours of a resource until the horizon as a whole percentage of those in the chain tables."""
    there, planned = (
        sum(central(chain.resource(resource).capacity, day) for day in base.span.dates)
        for chain in (base.chain, load_chain())
    )
    return float(round(100 * there / planned))


def write_percentage(document: Document, base: Inputs, choice: float, account: Account, *, resource: str) -> None:
    """Give a resource a percentage of the hours in the chain tables."""
    planned = load_chain().resource(resource).capacity
    document.setdefault("capacity", {})[resource] = periods(planned, base, choice / 100, account)


def hired(base: Inputs, *, kind: str) -> float:
    """Add up the staff of a kind that is to be recruited for track 4 (fte)."""
    return sum(row.fte for row in base.staff.hires if (row.resource, row.kind) == (TRACK_4, kind))


def write_hires(document: Document, base: Inputs, choice: float, account: Account, *, kind: str) -> None:
    """Recruit staff of a kind for track 4, asked for on the reference date, in the place of what was asked before."""
    staff = document.setdefault("staff", {})
    kept = [row for row in staff.get("hires", []) if (row["resource"], row.get("kind", "own")) != (TRACK_4, kind)]
    hire = {"resource": TRACK_4, "fte": choice, "requested_on": base.span.day(0).isoformat(), "kind": kind}
    staff["hires"] = [*kept, *([account.beside(hire)] if choice else [])]


def policy_in(document: Document) -> Document:
    """Give the rules of work of track 4 as a scenario holds them; nothing when it holds none."""
    found: Document = document.get("policies", {}).get(TRACK_4, {})
    return found


def write_policy(document: Document, part: str, value: Any, account: Account) -> None:
    """Write one of the rules of work of track 4."""
    policy = document.setdefault("policies", {}).setdefault(TRACK_4, {})
    policy[part] = account.beside({"value": value})
