# SPDX-License-Identifier: EUPL-1.2
"""Write a small study whose figures are made up, in the shape of a real one. For tests only."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import date
from pathlib import Path

import polars as pl

from keten.domain.ledger import LEDGER, RECEPTION
from keten.indicators.registry import indicators
from keten.parameters.chain import Chain, StageKind, matches
from keten.parameters.load import load_chain

REFERENCE_DATE = date(2023, 4, 30)
MONTHS = 20
REPLICATIONS = 5
OPENING = {
    ("detailed_interview", "first_track_4_syr_yem"): 17_000,
    ("detailed_interview", "first_track_4_other"): 11_000,
    ("decision_va", "first_track_4_other"): 3_555,
    ("rest_and_preparation", "first_track_4_other"): 2_000,
    ("dublin_request", "first_track_1"): 2_000,
    ("dublin_decision", "first_track_1"): 1_650,
    ("simplified_procedure", "first_track_2"): 125,
    ("family_reunification_decision", "family_reunification"): 20_000,
    ("subsequent_assessment", "subsequent"): 900,
    ("appeal", "first_track_4_other"): 3_100,
    ("awaiting_housing", "first_track_4_syr_yem"): 16_000,
    ("return_file", "first_track_4_other"): 4_200,
    ("detention", "first_track_4_other"): 320,
    ("departure_period", "first_track_4_other"): 260,
    ("registration", "first_track_4_syr_yem"): 700,
}
STOCKS = {
    "inflow.total": (5_800, 30),
    "stock.track_4": (33_555, 620),
    "overdue.track_4": (9_400, 450),
    "stock.track_1": (3_650, -40),
    "stock.track_2": (125, 2),
    "stock.family_reunification": (20_000, 500),
    "stock.appeal": (3_100, 60),
    "reception.occupancy": (53_000, 800),
}
COUNTED = {
    "stock.track_4": [
        {"on": "2020-03-01", "value": 13_000, "source": "https://example.org/made-up"},
        {"on": "2023-04-30", "value": 33_555, "source": "https://example.org/made-up"},
    ],
}
LEVELS = {"share": 0.4, "weeks": 45.0, "cases": 1900.0, "persons": 16_000.0, "ratio": 0.95, "per 100 cases": 2.4}


def month_ends(count: int = MONTHS + 1) -> list[date]:
    """The reference month and the months after it."""
    found = []
    for n in range(count):
        year, month = divmod(REFERENCE_DATE.year * 12 + REFERENCE_DATE.month - 1 + n, 12)
        found.append(date(year, month + 1, monthrange(year, month + 1)[1]))
    return found


def _months(start: float, step: float, *, skip_first: bool = False) -> dict[str, dict[str, float]]:
    ends = month_ends()
    return {
        f"{on:%Y-%m}": {
            "p10": max(0.0, start + n * step - abs(start) * 0.01 * n),
            "p50": max(0.0, start + n * step),
            "p90": max(0.0, start + n * step + abs(start) * 0.012 * n),
            "mean": max(0.0, start + n * step + abs(start) * 0.001 * n),
        }
        for n, on in enumerate(ends)
        if n or not skip_first
    }


def _ledger(chain: Chain) -> pl.DataFrame:
    """Every month a fixed share of each place moves on; what enters follows the routes."""
    stages = {stage.id: stage for stage in chain.stages}
    rows: list[tuple[object, ...]] = []
    for replication in range(REPLICATIONS):
        stock = dict(OPENING)
        for n, on in enumerate(month_ends()):
            moved = {place: 0 if n == 0 else (cases * (8 + replication)) // 100 for place, cases in stock.items()}
            entered: dict[tuple[str, str], int] = {}
            for (stage, case_class), cases in moved.items():
                for route in chain.routes:
                    if route.stage == stage and matches(case_class, route.case_classes):
                        to = (route.to, route.becomes or case_class)
                        entered[to] = entered.get(to, 0) + round(cases * route.share[0].central)
            if n:
                for entry in chain.entries:
                    place = (entry.stage, entry.case_class)
                    entered[place] = entered.get(place, 0) + 400
            for place in sorted({*stock, *entered}):
                opening, into, out = stock.get(place, 0), entered.get(place, 0), moved.get(place, 0)
                closing = opening + into - out
                undecided = stages[place[0]].undecided
                rows.append((replication, on, *place, opening, into, out, closing, closing // 4 if undecided else 0))
                if stages[place[0]].kind is not StageKind.EXIT:
                    stock[place] = closing
    return pl.DataFrame(rows, schema=list(LEDGER.column_names), orient="row")


def _reception() -> pl.DataFrame:
    people = {"COL": 3_000, "POL": 6_000, "AZC": 26_000, "PERMIT_HOLDERS": 16_000, "DEPARTURE": 2_000}
    rows = [
        (replication, on, group, persons + 30 * n * (1 + replication))
        for replication in range(REPLICATIONS)
        for n, on in enumerate(month_ends())
        for group, persons in people.items()
    ]
    return pl.DataFrame(rows, schema=list(RECEPTION.column_names), orient="row")


def write(folder: Path, *, scenario: str, growth: float = 1.0, unknown: frozenset[str] = frozenset()) -> Path:
    """Write the study; indicators in `unknown` get no figures at all."""
    folder.mkdir(parents=True)
    measures = {
        name: {
            "unit": "persons" if name.startswith("reception") else "cases",
            "months": _months(start, step * growth),
            "observed": COUNTED.get(name, []),
        }
        for name, (start, step) in STOCKS.items()
    }
    rows = []
    for n, indicator in enumerate(indicators()):
        level = LEVELS[indicator.unit] * (1 + 0.1 * (n % 3))
        known = indicator.id not in unknown
        points = [
            {"on": on, "value": level * factor, "source": "https://example.org/made-up"}
            for on, factor in (
                ("2021-10-31", 0.7),
                ("2022-06-30", 0.85),
                ("2023-04-30" if n % 2 else "2022-09-30", 1.0),
            )
        ]
        rows.append(
            {
                "id": indicator.id,
                "unit": indicator.unit,
                "months": _months(level, level * 0.01 * growth, skip_first=n % 3 == 0) if known else {},
                "observed": points if known and n % 4 else [],
            }
        )
    summary = {
        "scenario": scenario,
        "title": {"nl": f"Verzonnen: {scenario}", "en": f"Made up: {scenario}"},
        "reference_date": REFERENCE_DATE.isoformat(),
        "measures": measures,
    }
    receipt = {
        "code_version": "0.1.0",
        "seed": 7,
        "replications": REPLICATIONS,
        "output_hash": "verzonnen hash",
        "hashes": {"chain": "a1"},
    }
    (folder / "summary.json").write_text(json.dumps(summary))
    (folder / "indicators.json").write_text(json.dumps({"indicators": rows}))
    (folder / "receipt.json").write_text(json.dumps(receipt))
    _ledger(load_chain()).write_parquet(folder / "ledger.parquet")
    _reception().write_parquet(folder / "reception.parquet")
    return folder
