# SPDX-License-Identifier: EUPL-1.2
"""Decision deadlines: a million at once, beside the explained answer for one case after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from benchmarks import Row, seconds
from keten.deadlines import Case, deadline_days, decision_deadline, load_law
from keten.deadlines.calendar import add_months
from keten.domain.words import Reading

MANY, FEW = 1_000_000, 1_000
KNOWN_ON = date(2026, 3, 1)
FIRST_LODGED, LAST_LODGED = date(2014, 1, 1), date(2026, 12, 31)
TYPES = ("first", "subsequent", "lateral", "family_reunification", "dublin_request")
NATIONALITIES = ("IRQ", "LBN", "SYR")


def rows() -> Iterator[Row]:
    """Give cases per second of three ways to the same dates, which the tests hold."""
    law = load_law()
    draws = np.random.default_rng(7)
    types = draws.integers(0, len(TYPES), MANY)
    lodged = draws.integers(FIRST_LODGED.toordinal(), LAST_LODGED.toordinal(), MANY).astype(np.int32)
    nations = draws.integers(0, len(NATIONALITIES), MANY)
    known = draws.integers(date(2020, 1, 1).toordinal(), date(2026, 12, 31).toordinal(), MANY).astype(np.int32)
    cases = [
        Case(TYPES[kind], date.fromordinal(int(day)), NATIONALITIES[nation])
        for kind, day, nation in zip(types[:FEW], lodged[:FEW], nations[:FEW], strict=True)
    ]
    at_once = seconds(lambda: deadline_days(lodged, types, nations, law=law, known_on=known, reading=Reading.COURTS))
    explained = seconds(lambda: [decision_deadline(case, law, known_on=KNOWN_ON) for case in cases])
    plain = seconds(lambda: [add_months(case.lodged_on, 15) for case in cases])
    yield Row(
        name="decision deadlines, mixed types, dates, nationalities and knowledge dates",
        unit="cases/s",
        ours=MANY / at_once,
        peer="our own explained answer, case by case",
        peer_value=FEW / explained,
        note=f"{MANY:,} cases in {at_once:.2f} s on one core; the peer did {FEW:,} and tells steps and both readings",
    )
    yield Row(
        name="decision deadlines against month arithmetic alone",
        unit="cases/s",
        ours=MANY / at_once,
        peer="datetime: add fifteen months, no rules, no closed days",
        peer_value=FEW / plain,
        note="the peer does a small part of the work: no selection of rules, no moratorium, no ceiling, no calendar",
    )
