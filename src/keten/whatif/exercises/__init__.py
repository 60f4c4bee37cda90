# SPDX-License-Identifier: EUPL-1.2
"""Choices of the past, predicted and judged as an exercise, so that the ledger of choices can be tried at once.

Each file is what `keten choice predict` and `keten choice judge` wrote; a test makes it again.
"""

from __future__ import annotations

import json
from pathlib import Path

from keten.whatif.ledger import Judgement, Prediction, judgement_of, prediction_of

START_BAA = "start_baa"
"""The start of the project BAA on 1 May 2023, beside the same chain without it; judged on the day of the letter."""


def load_exercise(name: str) -> tuple[Prediction, Judgement]:
    """Read an exercise: what was predicted, and how it was judged."""
    kept = json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    return prediction_of(kept["prediction"]), judgement_of(kept["judgement"])
