# SPDX-License-Identifier: EUPL-1.2
"""The benchmark table says what is better, and its file has the shape that others read."""

from __future__ import annotations

import importlib

import pytest

from benchmarks import Row, topics


@pytest.mark.parametrize("topic", topics())
def test_every_topic_gives_rows(topic: str) -> None:
    """A file in the folder is a benchmark."""
    assert callable(importlib.import_module(f"benchmarks.{topic}").rows)


@pytest.mark.parametrize(
    ("unit", "ours", "peer", "ratio"),
    [
        ("s", 2.0, 10.0, 5.0),  # of seconds less is better
        ("s", 10.0, 2.0, 0.2),
        ("cases/s", 1000.0, 250.0, 4.0),  # of speed more is better
        ("MB", 50.0, 100.0, 2.0),
        ("s", 2.0, None, None),
    ],
)
def test_the_ratio_says_how_many_times_better_ours_is(
    unit: str, ours: float, peer: float | None, ratio: float | None
) -> None:
    """Below 1 the peer is better, and that is shown as well."""
    row = Row(name="something", unit=unit, ours=ours, peer="a peer", peer_value=peer)
    own = {"name": "something", "unit": unit, "ours": ours, "note": ""}
    assert row.as_json() == own | {"peer": "a peer", "peer_value": peer, "ratio": ratio}
