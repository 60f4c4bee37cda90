# SPDX-License-Identifier: EUPL-1.2
"""What closing a month does, in order; each step is done whole or not at all, and done twice it changes nothing.

No step writes by itself: each calls the actions of the room whose rows it brings up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from keten.domain.errors import KetenError, Problem, UsageError
from keten.questions.compare import read_study
from keten.study.results import read_results
from keten.whatif import month
from keten_web.deliveries import known
from keten_web.foresight import actions as foresight
from keten_web.record.queries import standing
from keten_web.rounds import moving
from keten_web.rounds.models import Closing
from keten_web.steering import actions as steering
from keten_web.steering import models

Count = Mapping[str, Any]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Step:
    """One step: its name, how it is called, what it counts, and what to do when it fails."""

    id: str
    label: str | Promise
    run: Callable[[Closing, Progress], Count]
    remedy: str | Promise
    weight: Callable[[Closing], int] = lambda _closing: 1
    """How much of the progress it is, in replications."""
    is_long: bool = False
    """Long steps write files and no rows of their own; they run outside a transaction."""


def _actuals(closing: Closing, _progress: Progress) -> Count:
    return {"count": steering.bring_in_actuals(closing.known_on)}


def _signals(closing: Closing, _progress: Progress) -> Count:
    return {"count": steering.raise_signals(closing.known_on)}


def _agreements(closing: Closing, _progress: Progress) -> Count:
    end: date = closing.round.month_end
    judged, broken = steering.signal_broken_agreements(end.year, closing.known_on)
    return {"count": judged, "broken": broken}


def _studies(closing: Closing, progress: Progress) -> Count:
    """Move every base study; one that cannot be moved is told at the end, after the others."""
    end, before = closing.round.month_end, 0
    names, problems = [], []
    for base in moving.bases():
        number = moving.replications(base)
        try:
            made = moving.move(base, end, closing.known_on, _after(before, progress))
        except KetenError as error:
            problems += [Problem(base.name, str(error), "")]
        else:
            names += [moving.name_of(base.name, end)] if made is not None else []
        before += number
        progress(before)
    if problems:
        raise UsageError(said("Base studies"), problems)
    return {"count": len(names), "names": names}


def _after(before: int, progress: Progress) -> Progress:
    return lambda done: progress(before + done)


def _weight_of_studies(_closing: Closing) -> int:
    return sum(moving.replications(base) for base in moving.bases())


def _ahead(_closing: Closing, _progress: Progress) -> Count:
    folder = moving.newest(settings.FIRST_STUDY)
    return {"count": foresight.look_ahead(read_results(folder)) if folder is not None else 0}


def _choices(closing: Closing, _progress: Progress) -> Count:
    """Look back on every choice of which more is counted than when it was judged last."""
    judged, left = foresight.look_back(closing.known_on)
    return {"count": judged, "left": list(left)}


def _framework(closing: Closing, _progress: Progress) -> Count:
    """Propose again what the framework of the next year takes over, where that one is a draft."""
    proposed = 0
    for opened in standing(models.PolicyFramework).filter(state="draft"):
        before = standing(models.PolicyFramework).filter(year=opened.year - 1).first()
        if before is not None:
            proposed += steering.propose_lines(before, opened, on=closing.known_on)
    return {"count": proposed}


def _changed(closing: Closing, progress: Progress) -> Count:
    """Divide what the expectation became over its causes; nothing when there is no study of before to compare."""
    end = closing.round.month_end
    now, before = moving.newest(settings.FIRST_STUDY), moving.newest(settings.FIRST_STUDY, before=end)
    if now is None or before is None or now.name != moving.name_of(settings.FIRST_STUDY, end):
        return {"count": 0, "changed": []}
    studies = read_study(before), read_study(now)
    then = studies[0].scenario.law.figures_date
    day = max(closing.known_on, then)  # a study that knew more than the closing keeps what it knew
    found = month.changed_since(
        *studies,
        known_on=day,
        figures=known.known_on(day),
        figures_before=known.known_on(then),
        progress=progress,
    )
    rows = [change.as_document() for change in found]
    return {"count": len(rows), "changed": rows, "studies": [before.name, now.name]}


TELL = _("Look at what is said, put it right, and close the month again; what was done stands.")
ON_FIGURES = _("Ask the partner whose figures these are to deliver them again, and close the month again.")
STEPS = (
    Step("actuals", _("Actuals of agreements"), _actuals, ON_FIGURES),
    Step("signals", _("Signals from the figures"), _signals, ON_FIGURES),
    Step("agreements", _("Agreements judged"), _agreements, TELL),
    Step("studies", _("Base studies"), _studies,
         _("Look at the study on the page Scenarios, put right what is said, and close the month again."),
         _weight_of_studies, is_long=True),
    Step("ahead", _("Signals ahead"), _ahead, TELL),
    Step("choices", _("Choices judged"), _choices, TELL),
    Step("framework", _("Proposals for the next framework"), _framework, TELL),
    Step("changed", _("What changed, and why"), _changed, TELL, lambda _closing: month.runs_needed(), is_long=True),
)  # fmt: skip
