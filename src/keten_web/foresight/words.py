# SPDX-License-Identifier: EUPL-1.2
"""The closed lists of this room with their names on the screen; the values are those of the core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keten.whatif.ledger import Cause, Verdict, judgement_of
from keten_web.words import wording

CHOICE_STATES = [
    ("predicted", _("predicted")),
    ("judged", _("looked back on")),
]
CAUSES = {
    Cause.INFLOW: _("Inflow other than foreseen"),
    Cause.STAFF: _("Staff other than foreseen"),
    Cause.RULES: _("Rules other than foreseen"),
    Cause.CHOICE: _("The choice itself"),
    Cause.REMAINDER: _("Remainder: not explained by the model"),
}
VERDICTS = {
    Verdict.NO_MEASURABLE_EFFECT: _("no measurable effect"),
    Verdict.DROWNED: _("effect smaller than what is unexplained"),
    Verdict.AS_PREDICTED: _("as predicted"),
    Verdict.OTHERWISE: _("other than predicted"),
    None: pgettext_lazy("verdict", "not published yet"),
}
STATES = {
    Verdict.NO_MEASURABLE_EFFECT: "attention",
    Verdict.DROWNED: "unknown",
    Verdict.AS_PREDICTED: "on_course",
    Verdict.OTHERWISE: "signal",
    None: "unknown",
}
"""The shape beside a verdict."""
MEANINGS = {
    Verdict.NO_MEASURABLE_EFFECT: _(
        "By the model itself the effect of this choice cannot be told from none: its interval holds zero."
    ),
    Verdict.DROWNED: _(
        "The model gives the choice an effect, but what it does not explain is at least as large. Nobody can say yet "
        "that the choice worked."
    ),
    Verdict.AS_PREDICTED: _("The effect can be told, and the figure lies within the predicted range of 80%."),
    Verdict.OTHERWISE: _("The effect can be told, and the figure lies outside the predicted range of 80%."),
    None: _("No figure was published yet that this choice can be judged on."),
}


def prediction_in_words(prediction: Mapping[str, Any] | None) -> str:
    """Say on what a prediction rests; the page of the choice shows it."""
    said = {"number": (prediction or {}).get("replications")}
    return gettext("a prediction of %(number)s pairs of replications") % said if prediction else ""


def judgement_in_words(judgement: Mapping[str, Any] | None) -> str:
    """Say what was found when a choice was looked back on; the page of the choice shows it in parts."""
    if not judgement:
        return ""
    found = judgement_of(judgement)
    said = {"verdict": VERDICTS[found.verdict], "day": wording.day(found.known_on)}
    return gettext("%(verdict)s, with what was published by %(day)s") % said
