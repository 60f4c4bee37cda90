# SPDX-License-Identifier: EUPL-1.2
"""What worker processes share: loaded once, by the process from which they are forked.

The first call of a compiled function makes the compiler ready, which takes longer than a replication. It is made here,
so that no worker has to.
"""

from __future__ import annotations

import numpy as np

from keten.flow.draws import stream, uniform_draws
from keten.study import replicate, variants

__all__ = ["replicate", "variants"]

uniform_draws(stream(0, 0), np.zeros(1, dtype=np.int64), 0)
