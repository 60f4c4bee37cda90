# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with the round of a month; the pages, the actions and `docs/rights.md` read these lines."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keten_web.record.permissions import Right, reads_record, steers
from keten_web.rounds.models import RoundState


@dataclass(frozen=True)
class RoundRight:
    """Something that can be done with a round, in which states, by whom and whether it asks a reason."""

    label: str | Promise
    right: Right
    states: tuple[RoundState, ...] = ()
    needs_reason: bool = False


READ = RoundRight(_("Read"), reads_record)
CLOSE = RoundRight(_("Work the month out and close it"), steers)
STOP = RoundRight(_("Stop the closing"), steers)
REOPEN = RoundRight(_("Reopen the month"), steers, (RoundState.CLOSED,), needs_reason=True)
ROUND_RIGHTS = (READ, CLOSE, STOP, REOPEN)
