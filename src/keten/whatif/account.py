# SPDX-License-Identifier: EUPL-1.2
"""What is chosen by lever, and who chooses it: the words that every file of the room uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keten.study.inputs import Inputs

Choice = float | str
Choices = Mapping[str, Choice]
"""What is chosen, by lever; a lever that is left out stays as in the base."""


@dataclass(frozen=True)
class Account:
    """Who makes the choices, why, and where they were made; every changed value carries it."""

    owner: str
    reason: str
    source: str

    def beside(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Write a changed value with its account."""
        return {**content, "owner": self.owner, "reason": self.reason, "source": self.source}


Document = dict[str, Any]
"""A scenario as a file holds it, while choices are written into it."""
Writer = Callable[[Document, Inputs, Any, Account], None]
"""Writes the value of a lever into a scenario on top of a base."""
