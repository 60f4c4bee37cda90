# SPDX-License-Identifier: EUPL-1.2
"""The problems that the rules of the core find, in the language of the reader; the core itself speaks English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from keten.domain.errors import Problem
from keten_web.steering import words
from keten_web.words import names

MANDATES = dict(words.MANDATES)

SENTENCES = (
    (r"a partner is named twice\.", _("A partner is named twice. Name each partner once.")),
    (
        r"a bilateral agreement has two partners, this one has (?P<count>\d+)\.",
        _("A bilateral agreement has two partners, this one has %(count)s. Correct the partners, or make it joint."),
    ),
    (
        r"a joint agreement has several partners, this one has (?P<count>\d+)\.",
        _("A joint agreement has several partners, this one has %(count)s. Add the other partners."),
    ),
    (
        r"(?P<name>\S+) has no duty\.",
        _("%(name)s has no duty. Write what this side must do, or leave the partner out."),
    ),
    (
        r"(?P<name>\S+) has a duty but did not agree\.",
        _("%(name)s has a duty but is no party. Add the partner, or remove the duty."),
    ),
    (
        r"has a norm or a reason why it is still to be agreed, one of the two\.",
        _("Give a norm, or say why there is none yet; one of the two."),
    ),
    (
        r"a qualitative agreement has no norm in numbers\.",
        _("A qualitative agreement has no norm in numbers. Remove the norm, or make it quantitative."),
    ),
    (r"the norm has no unit\.", _("The norm has no unit. Say in which unit it is.")),
    (
        r"the norm from (?P<day>\S+) is not a value in a period\.",
        _("The norm from %(day)s is not a value in a period. Correct its value or its dates."),
    ),
    (
        r"two norms hold on (?P<day>\S+)\.",
        _("Two norms hold on %(day)s. End the earlier one where the later one starts."),
    ),
    (
        r"an error budget of (?P<share>\S+) is not a share from 0 up to 1\.",
        _("An error budget of %(share)s is not a share from 0 up to 1. Give the share that may miss."),
    ),
    (
        r"what adds up over a year is judged on its total\.",
        _("What adds up over a year is judged on its total. Remove the error budget, or let each period stand alone."),
    ),
    (
        r"(?P<name>.+) has not agreed\.",
        _("%(name)s has not agreed. Ask this partner, or leave it out of the framework."),
    ),
    (
        r"(?P<name>.+) has not approved\.",
        _("%(name)s has not approved. Present the framework to this minister."),
    ),
    (
        r"lines are not decided: (?P<names>.+)\.",
        _("Not decided yet: %(names)s. Take each of these lines over, or drop it."),
    ),
    (
        r"not every side consented to: (?P<names>.+)\.",
        _("Not every side consented yet to: %(names)s. Ask them, or take it out of the framework."),
    ),
    (r"agreement (?P<name>\S+) has no end verdict\.", _("Agreement %(name)s has no end verdict. Judge it first.")),
    (r"signal (?P<name>\S+) has no answer\.", _("Signal %(name)s has no answer. Answer it first.")),
    (
        r"the year (?P<year>\d+) is not over\.",
        _("The year %(year)s is not over. Close it after the last day of the year."),
    ),
    (
        r"the norm of (?P<value>\S+) (?P<unit>.+) cannot be: it lies from (?P<low>\S+) up to (?P<high>\S+)\.",
        _("A norm of %(value)s cannot be: it lies from %(low)s up to and including %(high)s."),
    ),
    (r"its term ends before it begins\.", _("It ends before it begins; correct one of the days.")),
    (
        r"what adds up is agreed over whole months\.",
        _("What adds up is agreed over whole months; let it begin and end with a month."),
    ),
    (
        r"the norm from (?P<day>\S+) is not spread over whole months\.",
        _("The norm from %(day)s is not spread over whole months; let it begin and end with a month."),
    ),
    (
        r"the agreement runs from (?P<first>\S+) up to (?P<last>\S+)\.",
        _("The agreement runs from %(first)s up to and including %(last)s; give a figure within it."),
    ),
    (
        r"what adds up is counted over whole months\.",
        _("What adds up is counted over whole months; let the period begin and end with a month."),
    ),
    (
        r"it was known before the period was over\.",
        _("It was known before the period was over; give the day on which the whole period was known."),
    ),
    (
        r"a qualitative agreement is kept or not, it has no value\.",
        _("A qualitative agreement is kept or not kept; leave the value empty and say which of the two."),
    ),
    (
        r"a quantitative agreement is judged on its value\.",
        _("This agreement is judged on its value; give the value and leave “kept” empty."),
    ),
    (
        r"of how many cases these missed is not said\.",
        _("Of how many cases these missed the norm is not said; give the cases counted."),
    ),
    (
        r"(?P<missed>\d+) missed of (?P<cases>\d+) cases\.",
        _("%(missed)s of %(cases)s cases cannot have missed the norm: a part is no more than the whole."),
    ),
    (
        r"the row it corrects is about (?P<first>\S+) up to (?P<last>\S+)\.",
        _("A correction has the same period as the row it corrects: %(first)s up to and including %(last)s."),
    ),
    (
        r"there is an actual of (?P<first>\S+) up to (?P<last>\S+) already\.",
        _(
            "There is an actual of %(first)s up to and including %(last)s already, and a month counts once. "
            "Change that one, or add a correction that names it."
        ),
    ),
    (
        r"no steering relation is recorded on (?P<day>\S+)\.",
        _(
            "No steering relation is recorded on %(day)s for one of the partners. "
            "Add it to the partners with its source."
        ),
    ),
    (r"gives no reason\.", _("A reason is missing. Say why; a reader years later has nothing else.")),
    (r"of (?P<day>\S+) lies before .+\.", _("%(day)s lies before what came earlier. Correct the date.")),
    (
        r"comes after the signal was answered\.",
        _("The signal was answered already. Open a new signal, or correct the decision itself."),
    ),
    (
        r"names (?P<name>\S*), which is no governance body\.",
        _("No governance body is named with which the signal lies. Acknowledge it first, and name the body."),
    ),
    (
        r"the signal lies with (?P<there>\S+), not with (?P<here>\S+)\.",
        _("The signal lies with %(there)s, not with %(here)s. Let that body answer it."),
    ),
    (
        r"(?P<name>\S+) has no mandate for (?P<mandate>\S+)\.",
        _("%(name)s has no mandate for this (%(mandate)s). Escalate to a body that has it."),
    ),
    (
        r"a decision names no steering decision\.",
        _("The steering decision is missing. Record the decision and refer to it."),
    ),
    (
        r"an escalation goes to a governance body\.",
        _("The body to which it goes is missing. Name the body that has the mandate."),
    ),
    (
        r"(?P<higher>\S+) does not stand above (?P<name>\S+)\.",
        _("%(higher)s does not stand above %(name)s. Escalate to a higher level."),
    ),
)
"""What the core says, as a pattern, and how it is told here; more precise patterns stand first."""


def texts(problems: Sequence[Problem]) -> list[str]:
    """Tell problems to a reader; one that is not in the list is told as the core says it."""
    return [_told(problem) for problem in problems]


def _told(problem: Problem) -> str:
    for pattern, sentence in SENTENCES:
        found = re.fullmatch(pattern, problem.what)
        if found:
            blanks = {name: MANDATES.get(value) or names.approver(value) for name, value in found.groupdict().items()}
            return str(sentence) % blanks if blanks else str(sentence)
    return f"{problem.what[:1].upper()}{problem.what[1:]} {problem.remedy}"
