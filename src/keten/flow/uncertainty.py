# SPDX-License-Identifier: EUPL-1.2
"""How an uncertain parameter gets its value in a replication."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from keten.flow.draws import stream, triangular, uniform
from keten.flow.network import Choose
from keten.parameters.values import Quantity

_PARAMETERS = 2**52
"""Purpose of parameter draws; far above the purposes of cases (see `keten.flow.draws.purpose_code`)."""


def sampled(seed: int, replication: int) -> Choose:
    """Choose values from low, mode and high, one draw per parameter and replication.

    The draw is keyed by the name of the parameter, so a scenario that changes one parameter leaves the draws of all
    others as they were.
    """
    key = np.uint64(stream(seed, replication))  # compiled functions hand an unsigned number back as a plain int

    def choose(name: str, quantity: Quantity) -> float:
        if quantity.value is not None:
            return quantity.value
        low, high = quantity.bounds
        return float(triangular(uniform(key, crc32(name.encode()), _PARAMETERS), low, quantity.central, high))

    return choose
