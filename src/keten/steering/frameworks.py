# SPDX-License-Identifier: EUPL-1.2
"""The policy framework of a year: how it becomes lawful, and what this year proposes for the next.

A framework is drawn up with the partners and approved by the ministers concerned. The next one does not start from a
blank page: each line is proposed from an actual, a signal, a lesson, a risk or an open matter, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from keten.domain.errors import Problem, UsageError
from keten.domain.language import Words
from keten.parameters.chain import Chain
from keten.steering.agreements import Agreement, Verdict, YearVerdict
from keten.steering.authority import Approver, Matter, Role, consent_of_all, relation_on, still_missing
from keten.steering.lessons import Lesson
from keten.steering.outcomes import AnsweredSignal, OutcomeKind, is_answered
from keten.steering.problems import (
    LINES_UNDECIDED,
    NO_END_VERDICT,
    NO_SUCH_MOVE,
    NOT_AGREED,
    NOT_APPROVED,
    SIDES_MISSING,
    SIGNAL_UNANSWERED,
    YEAR_NOT_OVER,
)
from keten.steering.risks import ChainRisk, RiskLevel


class FrameworkState(StrEnum):
    """How far a policy framework is."""

    DRAFT = "draft"
    AGREED = "agreed"
    APPROVED = "approved"
    CLOSED = "closed"


TRANSITIONS: Mapping[FrameworkState, tuple[FrameworkState, ...]] = {
    FrameworkState.DRAFT: (FrameworkState.AGREED,),
    FrameworkState.AGREED: (FrameworkState.APPROVED, FrameworkState.DRAFT),
    FrameworkState.APPROVED: (FrameworkState.CLOSED,),
    FrameworkState.CLOSED: (),
}
"""Where a framework may go from a state. An agreed one may go back to the partners; an approved one only to its end."""


@dataclass(frozen=True)
class Framework:
    """A policy framework with its consents.

    `partners` are the partners it binds, `agreed_by` the partners and ministers that agreed to the draft, and
    `approved_by` the ministers that approved it. `open_agreements` are agreements of the year without an end verdict.
    `undecided_lines` were proposed and neither taken over nor dropped; `unsigned_agreements` have a norm to which not
    every side consented.
    """

    year: int
    state: FrameworkState
    partners: tuple[str, ...]
    agreed_by: frozenset[str] = field(default_factory=frozenset)
    approved_by: frozenset[str] = field(default_factory=frozenset)
    open_agreements: tuple[str, ...] = ()
    silent_signals: tuple[str, ...] = ()
    undecided_lines: tuple[str, ...] = ()
    unsigned_agreements: tuple[str, ...] = ()


def who_must_agree(chain: Chain, framework: Framework, *, on: date) -> tuple[Approver, ...]:
    """Give the partners that must agree to the draft; ministers follow at approval."""
    everybody = consent_of_all(chain, framework.partners, Matter.POLICY_FRAMEWORK, on=on)
    return tuple(approver for approver in everybody if approver.role is Role.PARTNER)


def who_must_approve(chain: Chain, framework: Framework, *, on: date) -> tuple[Approver, ...]:
    """Give the ministers concerned: those of the partners bound, and the minister who answers for the chain."""
    from_partners = (
        Approver(Role.RESPONSIBLE_MINISTER, relation.responsible)
        for partner in framework.partners
        if (relation := relation_on(chain, partner, on)).relation in _MINISTERIAL
    )
    return tuple({approver.name: approver for approver in from_partners}.values())


_MINISTERIAL = frozenset({"director", "hierarchical", "agency", "independent_body", "managed_by_other_minister"})
"""Relations in which a minister answers to parliament for the partner."""


def problems_of_move(chain: Chain, framework: Framework, to: FrameworkState, *, on: date) -> list[Problem]:
    """Find what stands in the way of a transition; empty when it is lawful."""
    where = Words(nl=f"beleidskader {framework.year}", en=f"policy framework {framework.year}")
    if to not in TRANSITIONS[framework.state]:
        allowed = ", ".join(TRANSITIONS[framework.state]) or Words(
            nl="nergens heen: het is gesloten", en="nowhere: it is closed"
        )
        return [NO_SUCH_MOVE.at(where, state=framework.state, to=to, allowed=allowed)]
    found: list[Problem] = []
    if to is FrameworkState.AGREED:
        missing = still_missing(who_must_agree(chain, framework, on=on), framework.agreed_by)
        found = [NOT_AGREED.of(name=row.name) for row in missing]
    if to is FrameworkState.APPROVED:
        missing = still_missing(who_must_approve(chain, framework, on=on), framework.approved_by)
        found = [NOT_APPROVED.of(name=row.name) for row in missing]
        if framework.undecided_lines:
            names = ", ".join(framework.undecided_lines)
            found.append(LINES_UNDECIDED.of(names=names))
        if framework.unsigned_agreements:
            names = ", ".join(framework.unsigned_agreements)
            found.append(SIDES_MISSING.of(names=names))
    if to is FrameworkState.CLOSED:
        found = [NO_END_VERDICT.of(name=name) for name in framework.open_agreements]
        found += [SIGNAL_UNANSWERED.of(name=name) for name in framework.silent_signals]
        if on < date(framework.year + 1, 1, 1):
            found.append(YEAR_NOT_OVER.of(year=framework.year))
    return [problem.at(where) for problem in found]


def move(chain: Chain, framework: Framework, to: FrameworkState, *, on: date) -> Framework:
    """Bring a framework to another state.

    Going back to draft takes the consents with it: what was agreed was another text.

    Raises
    ------
    UsageError
        With everything that stands in the way.
    """
    problems = problems_of_move(chain, framework, to, on=on)
    if problems:
        raise UsageError(Words(nl="De overgang", en="The transition"), problems)
    if to is FrameworkState.DRAFT:
        return replace(framework, state=to, agreed_by=frozenset(), approved_by=frozenset())
    return replace(framework, state=to)


class Proposal(StrEnum):
    """What is proposed for a line of the next framework."""

    CONTINUE = "continue"
    RENEGOTIATE = "renegotiate"
    AGREE_NORM = "agree_norm"
    REPAIR_FIGURES = "repair_figures"
    COVER_RISK = "cover_risk"
    ANSWER_SIGNAL = "answer_signal"
    CHECK_EFFECT = "check_effect"
    TAKE_IN_LESSON = "take_in_lesson"
    CARRY_OVER = "carry_over"


class Evidence(StrEnum):
    """What a proposed line rests on."""

    ACTUALS = "actuals"
    SIGNAL = "signal"
    LESSON = "lesson"
    RISK = "risk"
    OPEN_MATTER = "open_matter"


@dataclass(frozen=True)
class ProposedLine:
    """One line proposed for the next framework, with what it rests on and its reason in both languages.

    `about` is the identifier of the agreement, signal, lesson, risk or matter.
    """

    about: str
    proposal: Proposal
    evidence: Evidence
    reason_nl: str
    reason_en: str


@dataclass(frozen=True)
class OpenMatter:
    """A recommendation or commitment that is not finished, with its name in both languages."""

    id: str
    nl: str
    en: str


def propose_next(
    *,
    agreements: Iterable[tuple[Agreement, YearVerdict]] = (),
    signals: Iterable[AnsweredSignal] = (),
    lessons: Iterable[Lesson] = (),
    uncovered_risks: Iterable[tuple[ChainRisk, RiskLevel]] = (),
    open_matters: Iterable[OpenMatter] = (),
) -> tuple[ProposedLine, ...]:
    """Propose the lines of next year's framework from this year.

    Every agreement gets exactly one line, so that none disappears without a word; every signal that was not ended with
    a reasoned "no action", every lesson, every uncovered risk and every open matter gets one too. People decide.
    """
    return (
        *(_from_actuals(agreement, verdict) for agreement, verdict in agreements),
        *(line for signal in signals if (line := _from_signal(signal))),
        *(ProposedLine(row.id, Proposal.TAKE_IN_LESSON, Evidence.LESSON, row.nl, row.en) for row in lessons),
        *(_from_risk(risk, found) for risk, found in uncovered_risks),
        *(
            ProposedLine(
                row.id,
                Proposal.CARRY_OVER,
                Evidence.OPEN_MATTER,
                f"Nog niet afgerond: {row.nl}",
                f"Not finished yet: {row.en}",
            )
            for row in open_matters
        ),
    )


_LINES: Mapping[Verdict, tuple[Proposal, str, str]] = {
    Verdict.KEPT: (Proposal.CONTINUE, "De afspraak is nagekomen.", "The agreement was kept."),
    Verdict.RUNNING: (
        Proposal.CONTINUE,
        "Het jaar loopt nog; tot nu toe kan de afspraak worden nagekomen.",
        "The year is not over; so far the agreement can be kept.",
    ),
    Verdict.NOT_AGREED: (
        Proposal.AGREE_NORM,
        "Er is nog geen norm afgesproken.",
        "No norm has been agreed yet.",
    ),
}


def _from_actuals(agreement: Agreement, year: YearVerdict) -> ProposedLine:
    if year.verdict is Verdict.BROKEN:
        how_nl, how_en = _how_broken(agreement, year)
        return ProposedLine(agreement.id, Proposal.RENEGOTIATE, Evidence.ACTUALS, how_nl, how_en)
    if year.verdict is Verdict.UNKNOWN:
        count = len(year.missing)
        nl = f"Van {count} {'periode' if count == 1 else 'perioden'} is de realisatie niet bekend."
        en = f"The actual of {count} {'period' if count == 1 else 'periods'} is not known."
        return ProposedLine(agreement.id, Proposal.REPAIR_FIGURES, Evidence.ACTUALS, nl, en)
    proposal, nl, en = _LINES[year.verdict]
    return ProposedLine(agreement.id, proposal, Evidence.ACTUALS, nl, en)


def _how_broken(agreement: Agreement, year: YearVerdict) -> tuple[str, str]:
    if year.still_needed is not None:
        short = f"{abs(year.still_needed):g}"
        if year.still_needed > 0:
            return f"Tekort over het jaar: {short} {agreement.unit}.", f"Short over the year: {short} {agreement.unit}."
        return f"Te veel over het jaar: {short} {agreement.unit}.", f"Over the year: {short} {agreement.unit} too many."
    if year.budget is not None:
        used, allowed = year.budget.used, year.budget.allowed
        nl = f"Het foutbudget is op: {used} gemist, {allowed} toegestaan."
        return nl, f"The error budget is spent: {used} missed, {allowed} allowed."
    missed = sum(row.verdict is Verdict.BROKEN for row in year.periods)
    nl = f"In {missed} {'periode' if missed == 1 else 'perioden'} niet nagekomen."
    return nl, f"Not kept in {missed} {'period' if missed == 1 else 'periods'}."


def _from_signal(signal: AnsweredSignal) -> ProposedLine | None:
    if not is_answered(signal):
        return ProposedLine(
            signal.id,
            Proposal.ANSWER_SIGNAL,
            Evidence.SIGNAL,
            f"Het signaal van {signal.raised_on:%d-%m-%Y} heeft nog geen antwoord.",
            f"The signal of {signal.raised_on.isoformat()} has no answer yet.",
        )
    if signal.outcomes[-1].kind is OutcomeKind.DECISION:
        return ProposedLine(
            signal.id,
            Proposal.CHECK_EFFECT,
            Evidence.SIGNAL,
            f"Ga na of het besluit werkte: {signal.outcomes[-1].reason}",
            f"See whether the decision worked: {signal.outcomes[-1].reason}",
        )
    return None


def _from_risk(risk: ChainRisk, found: RiskLevel) -> ProposedLine:
    level_nl = {"low": "laag", "medium": "midden", "high": "hoog", "unknown": "onbekend"}[found]
    return ProposedLine(
        risk.id,
        Proposal.COVER_RISK,
        Evidence.RISK,
        f"Geen afspraak dekt dit risico (niveau: {level_nl}).",
        f"No agreement covers this risk (level: {found}).",
    )
