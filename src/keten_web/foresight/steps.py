# SPDX-License-Identifier: EUPL-1.2
"""Looking back on a choice; the rule itself is that of `keten.whatif.ledger`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from keten.parameters.load import load_chain
from keten.whatif import ledger as choices
from keten_web.accounts.models import User
from keten_web.config.today import today
from keten_web.deliveries import known
from keten_web.foresight.models import worked_of


def happened(row: Any, on: date | None = None) -> choices.Happened:
    """Put together what happened: the figures and the law as known on a day, and the hours that were typed."""
    day = on or today()
    made_from = known.known_on(choices.prediction_of(row.prediction).chosen.law.figures_date)
    return choices.Happened(known.known_on(day), day, worked_of(row.worked), made_from)


def has_news(row: Any, on: date) -> bool:
    """Tell whether more is counted of what a choice predicted than when it was judged last."""
    found = choices.actuals_after(choices.prediction_of(row.prediction), happened(row, on))
    now = {(one.measure, one.on.isoformat(), one.value) for one in found}
    seen = {(one["measure"], one["on"], one["actual"]) for one in row.judgement.get("splits", ())}
    return bool(now - seen)


def obstacles_to_judging(row: Any, _by: User | None) -> Sequence[str]:
    """Say why a choice cannot be looked back on."""
    known = {resource.id for resource in load_chain().resources}
    unknown = [worked.resource for worked in worked_of(row.worked) if worked.resource not in known]
    if unknown:
        return [_("The chain has no resource %(names)s; correct the hours.") % {"names": ", ".join(unknown)}]
    if choices.hash_of_document(row.prediction) != row.prediction_hash:
        return [_("The prediction is not the one that was laid down; nothing can be judged on it.")]
    return ()


def judge(row: Any, _by: User | None) -> None:
    """Divide what came out over its causes, and keep it with a hash."""
    for name, value in judgement_of(row, today()).items():
        setattr(row, name, value)


def judgement_of(row: Any, on: date) -> Mapping[str, Any]:
    """Divide what came out over its causes, with the figures known on a day: the fields that keep it."""
    document = choices.judge(choices.prediction_of(row.prediction), happened(row, on)).as_document()
    return {"judgement": document, "judgement_hash": choices.hash_of_document(document), "state": "judged"}
