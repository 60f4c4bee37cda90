# SPDX-License-Identifier: EUPL-1.2
"""The kinds of this app: who may write what, and which steps are lawful."""

from __future__ import annotations

from keten_web.record.kinds import Kind, register
from keten_web.record.permissions import steers
from keten_web.steering.models import ChainGoal

CHAIN_GOALS = register(
    Kind(ChainGoal, "ketendoelen", theme="framework", edited=("parent", "order"), listed=("parent",), may_write=steers)
)
