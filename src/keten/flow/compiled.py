# SPDX-License-Identifier: EUPL-1.2
"""How the functions of the kernel are compiled: once, kept on disk, without the interpreter lock.

`_nrt=False` switches numba's reference counting off. The kernel allocates nothing: its arrays are made before it
starts and live until it ends. With counting, every call that passes a tuple of arrays pays for each array in it, which
made the kernel forty times slower (2,000 against 50 ns per move). A function compiled this way that tried to allocate
would be refused by the compiler, so the rule guards itself. See docs/adr/0030-kernel-without-reference-counts.md.
"""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]  # the stubs leave `_nrt` out
"""Decorator of a function of the kernel that is called seldom: per run, per day, per resource."""

inlined = njit(cache=True, nogil=True, _nrt=False, forceinline=True)  # type: ignore[call-overload]
"""Decorator of a function that is called for every move of a case.

A call would copy each array of the tuples it is given; left to itself the compiler makes that call wherever a function
is used in more than one place. Inlined everywhere, a move costs a fifth less.
"""

index = np.uint32
"""Type of a number by which something is looked up. It has no sign, so the code need not look at every use whether it
counts from the end of the array, which costs a move of a case about a sixth of its time."""
