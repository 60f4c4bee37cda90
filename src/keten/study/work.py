# SPDX-License-Identifier: EUPL-1.2
"""What is asked of those who do the runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

Work = Callable[[Any, Any], Any]
"""A function of a module, so that it can travel: what is shared and one task in, one result out."""


class Workers(Protocol):
    """Those who do the runs."""

    def in_order(self, work: Work, shared: Any, tasks: Sequence[Any]) -> Iterator[Any]:
        """Do the work for every task and give the results in the order of the tasks.

        Raises
        ------
        RunError
            When workers keep being lost.
        """
        ...
