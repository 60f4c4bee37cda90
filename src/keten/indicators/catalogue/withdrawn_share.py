# SPDX-License-Identifier: EUPL-1.2
"""How many applicants gave up before a decision was taken."""

from __future__ import annotations

import polars as pl

from keten.domain.words import ChainGoal, Direction, Track
from keten.indicators import selections, sums
from keten.indicators.registry import IndicatorKind, indicator
from keten.indicators.tables import Tables
from keten.parameters.chain import Chain


@indicator(
    "withdrawn_share",
    name=("Ingetrokken zonder beslissing (spoor 4)", "Withdrawn without a decision (track 4)"),
    definition=(
        "Van de zaken in spoor 4 die in de laatste drie maanden werden afgedaan: het deel dat werd ingetrokken, zonder "
        "beslissing. Laat zien of de voorraad daalt door te beslissen of doordat mensen weggaan.",
        "Of the track-4 cases that were finished in the last three months: the share that was withdrawn, without a "
        "decision. Shows whether the stock falls by deciding or because people leave.",
    ),
    unit="share",
    goal=ChainGoal.PROCEDURE,
    owner="IND",
    direction=Direction.LOWER_IS_BETTER,
    kind=IndicatorKind.KEY_FIGURE,
)
def withdrawn_share(tables: Tables, chain: Chain) -> pl.DataFrame:
    """Withdrawn cases as a share of the cases withdrawn and decided."""
    classes = selections.track_classes(chain, Track.TRACK_4)
    withdrawn = sums.ledger_sum(tables, "inflow", selections.stages(chain, selections.WITHDRAWN), classes)
    decided = sums.column_sum(tables, "decisions", "decisions", pl.col("track") == "track_4")
    gone = sums.trailing_sum(withdrawn, 3)
    return sums.ratio(gone, sums.add(gone, sums.trailing_sum(decided, 3)))
