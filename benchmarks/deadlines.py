# SPDX-License-Identifier: EUPL-1.2
"""Decision deadlines: a million at once, beside the explained answer for one case after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from benchmarks import Row, seconds
from keten.deadlines import Case, deadline_days, decision_deadline, load_law

MANY, FEW = 1_000_000, 2_000
KNOWN_ON = date(2023, 7, 13)
FIRST_LODGED = date(2021, 1, 1)
SPREAD = 900
"""Days over which the lodging days are spread."""


def rows() -> Iterator[Row]:
    """Give cases per second of both ways; they give the same dates, which the tests hold."""
    law = load_law()
    types = np.full(MANY, law.type_code("first"))
    lodged = FIRST_LODGED.toordinal() + np.arange(MANY, dtype=np.int32) % SPREAD
    cases = [Case(application_type="first", lodged_on=FIRST_LODGED + timedelta(days=n % SPREAD)) for n in range(FEW)]
    at_once = seconds(lambda: deadline_days(lodged, types, law=law, known_on=KNOWN_ON))
    one_by_one = seconds(lambda: [decision_deadline(case, law, known_on=KNOWN_ON) for case in cases])
    yield Row(
        name="decision deadlines",
        unit="cases/s",
        ours=MANY / at_once,
        peer="our own explained answer",
        peer_value=FEW / one_by_one,
        note=f"{MANY:,} at once; {FEW:,} one by one",
    )
