# SPDX-License-Identifier: EUPL-1.2
"""When a signal is raised, how long it lasts, what it must end in, and whether it would have warned."""

from dataclasses import replace
from datetime import date

import pytest
from indicator_tables import written

from keten.domain.errors import UsageError
from keten.domain.words import SignalState
from keten.indicators import find
from keten.steering.bodies import GovernanceBody, GovernanceLevel, Mandate, body_with_mandate
from keten.steering.lessons import Forewarning, Warned, would_have_warned
from keten.steering.outcomes import AnsweredSignal, Outcome, OutcomeKind, Silence, answer, is_answered, silent
from keten.steering.signals import Episode, episodes, watch, watch_indicator

LETTERS = {
    "o": SignalState.ON_COURSE,
    "a": SignalState.ATTENTION,
    "s": SignalState.SIGNAL,
    "?": SignalState.UNKNOWN,
}


def months(count):
    return [date(2022 + (n // 12), n % 12 + 1, 28) for n in range(count)]


def watched(seen, persistence=2):
    ends = months(len(seen))
    return watch(
        [(end, None, LETTERS[letter]) for end, letter in zip(ends, seen, strict=True)], persistence=persistence
    )


def shown(rows):
    back = {state: letter for letter, state in LETTERS.items()}
    return "".join(back[row.state] for row in rows)


def test_a_state_settles_only_when_it_persists():
    table = """
        persistence | seen      | state     | why
        2           | ooss      | ooos      | the second month of a crossing raises the signal
        2           | oosoo     | ooooo     | one bad month may be chance
        2           | sosososo  | ssssssss  | what flaps does not switch
        2           | ssoo      | ssso      | and so it ends
        2           | ooasa     | oooaa     | two months at least at attention
        2           | ooass     | oooas     | the third month makes it a signal
        2           | ssaa      | sssa      | coming back in steps
        2           | ssao      | sssa      | two better months prove attention, not yet on course
        3           | oossso    | oooo ss   | three months were asked
        1           | osos      | osos      | without persistence it follows the month
    """
    for row in written(table):
        rows = watched(row["seen"], int(row["persistence"]))
        assert shown(rows) == row["state"].replace(" ", ""), row


def test_missing_data_freeze_and_are_never_green():
    table = """
        seen     | state    | why
        oo?      | oo?      | it was on course; now nobody knows
        oo?o     | oo?o     | and when it is known again it goes on
        ss?      | sss      | a signal does not end because figures are missing
        ss?oo    | ssss o   | nor faster: two known good months
        sso?o    | sssss    | a gap starts the count of good months again
        oos?s    | ooo?s    | but does not help a bad run to be forgotten
        ?        | ?        | nothing known yet
        ?s       | ?s       | the first known month settles at once
    """
    for row in written(table):
        rows = watched(row["seen"])
        assert shown(rows) == row["state"].replace(" ", ""), row
        assert [month.frozen for month in rows] == [letter == "?" for letter in row["seen"]]


def test_a_signal_has_a_beginning_and_an_end():
    ends = months(8)
    assert episodes(watched("oossoo?s")) == (Episode(ends[2], ends[3], ends[5], None, frozen=False),)
    assert episodes(watched("ss?")) == (Episode(ends[0], ends[0], None, None, frozen=True),)
    assert episodes(watched("oo")) == ()


def test_months_out_of_order_and_no_persistence_are_refused():
    with pytest.raises(ValueError, match="in order"):
        watch([(date(2023, 2, 28), 1, SignalState.SIGNAL), (date(2023, 1, 31), 1, SignalState.SIGNAL)])
    with pytest.raises(ValueError, match="at least one month"):
        watched("oo", persistence=0)


def test_an_indicator_is_watched_with_its_own_signal_value():
    series = [(end, value) for end, value in zip(months(4), (0.05, 0.20, 0.25, None), strict=True)]
    rows = watch_indicator(find("overdue_share"), series)
    assert [row.state for row in rows] == ["on_course", "on_course", "signal", "signal"]
    assert [row.frozen for row in rows] == [False, False, False, True]
    assert rows[-1].since == months(3)[-1]


PLANNING = GovernanceBody("planning", GovernanceLevel.OPERATIONAL, frozenset({Mandate.ACKNOWLEDGE_SIGNAL}))
TACTICAL = GovernanceBody(
    "tactical", GovernanceLevel.TACTICAL, frozenset({Mandate.ACKNOWLEDGE_SIGNAL, Mandate.CHANGE_AGREEMENT})
)
EXECUTIVE = GovernanceBody("executive", GovernanceLevel.EXECUTIVE, frozenset(Mandate))
BODIES = {body.id: body for body in (PLANNING, TACTICAL, EXECUTIVE)}
SIGNAL = AnsweredSignal("s1", raised_on=date(2023, 5, 31), owner="IND")
UP = Outcome(
    OutcomeKind.ESCALATION,
    date(2023, 6, 10),
    "planning",
    "More hands are needed.",
    needs=Mandate.MOVE_CAPACITY,
    escalated_to="executive",
)
DECIDED = Outcome(
    OutcomeKind.DECISION,
    date(2023, 7, 1),
    "executive",
    "Twenty officers move.",
    steering_decision="d1",
    needs=Mandate.MOVE_CAPACITY,
)


def test_a_signal_ends_in_a_decision_no_action_or_an_escalation_that_is_answered():
    nothing = Outcome(OutcomeKind.NO_ACTION, date(2023, 6, 10), "planning", "A one-off: holidays.")
    assert is_answered(answer(SIGNAL, nothing, BODIES))
    escalated = answer(SIGNAL, UP, BODIES)
    assert not is_answered(escalated)
    assert is_answered(answer(escalated, DECIDED, BODIES))
    assert body_with_mandate(BODIES.values(), Mandate.CHANGE_AGREEMENT) == TACTICAL
    assert body_with_mandate(BODIES.values(), Mandate.CHANGE_AGREEMENT, above=TACTICAL) == EXECUTIVE
    assert body_with_mandate([PLANNING], Mandate.CLAIM_BUDGET) is None


def test_an_outcome_that_is_none_is_refused_with_every_problem():
    table = """
        kind       | body      | reason | decision | to       | problems
        decision   | executive |        |          |          | gives no reason. names no steering decision.
        decision   | planning  | x      | d1       |          | planning has no mandate for move_capacity.
        no_action  | friends   | x      |          |          | names friends, which is no governance body.
        escalation | planning  | x      |          | tactical | tactical has no mandate for move_capacity.
        escalation | tactical  | x      |          | planning | does not stand above tactical. has no mandate
        escalation | tactical  | x      |          |          | an escalation goes to a governance body.
    """
    for row in written(table):
        outcome = Outcome(
            OutcomeKind(row["kind"]),
            date(2023, 6, 10),
            row["body"],
            row["reason"],
            steering_decision=row["decision"] or None,
            needs=Mandate.MOVE_CAPACITY,
            escalated_to=row["to"] or None,
        )
        with pytest.raises(UsageError) as refusal:
            answer(SIGNAL, outcome, BODIES)
        expected = [part.strip() for part in row["problems"].split(".") if part.strip()]
        said = [str(problem.what) for problem in refusal.value.problems]
        assert len(said) == len(expected), row
        assert all(part in whole for part, whole in zip(expected, said, strict=True)), (row, said)


def test_an_escalated_signal_is_answered_by_the_body_it_went_to_and_only_once():
    escalated = answer(SIGNAL, UP, BODIES)
    with pytest.raises(UsageError, match="lies with executive"):
        answer(escalated, replace(DECIDED, body="tactical", needs=Mandate.CHANGE_AGREEMENT), BODIES)
    with pytest.raises(UsageError, match="before the last outcome"):
        answer(escalated, replace(DECIDED, on=date(2023, 6, 1)), BODIES)
    with pytest.raises(UsageError, match="after the signal was answered"):
        answer(answer(escalated, DECIDED, BODIES), DECIDED, BODIES)
    with pytest.raises(UsageError, match="before the signal"):
        answer(SIGNAL, replace(UP, on=date(2023, 5, 1)), BODIES)


def test_which_signals_are_still_silent_on_a_date():
    acknowledged = replace(SIGNAL, id="s2", acknowledged_on=date(2023, 6, 2), ended_on=date(2023, 6, 30))
    later = replace(SIGNAL, id="s3", raised_on=date(2023, 12, 31))
    escalated = answer(replace(SIGNAL, id="s4"), UP, BODIES)
    answered = answer(answer(replace(SIGNAL, id="s5"), UP, BODIES), DECIDED, BODIES)
    rows = silent([SIGNAL, acknowledged, later, escalated, answered], on=date(2023, 7, 15))
    assert [(row.signal.id, row.why, row.lies_with, row.days, row.overdue) for row in rows] == [
        ("s1", Silence.NOT_ACKNOWLEDGED, "IND", 45, True),
        ("s2", Silence.NO_OUTCOME, "IND", 45, True),
        ("s4", Silence.ESCALATION_UNANSWERED, "executive", 35, True),
    ]
    on_the_day_before = silent([answered], on=date(2023, 6, 30))
    assert [(row.why, row.overdue) for row in on_the_day_before] == [(Silence.ESCALATION_UNANSWERED, False)]
    assert silent([answered], on=date(2023, 7, 1)) == ()


def test_would_a_signal_have_warned():
    incident = date(2022, 7, 5)
    table = """
        seen   | answer         | days
        oossss | yes            | 68
        oooosa | attention_only | 7
        oooooo | no             |
        oooo?? | no_data        |
        ossss? | yes            | 99
    """
    for row in written(table):
        answered = would_have_warned(incident, {"x": watched(row["seen"])})
        assert answered.answer == Warned(row["answer"]), row
        assert answered.days_before == (int(row["days"]) if row["days"] else None), row
    assert would_have_warned(incident, {}) == Forewarning(Warned.NO_INDICATOR)
    both = would_have_warned(incident, {"x": watched("oooooo"), "y": watched("oossss")})
    assert (both.answer, both.indicator) == (Warned.YES, "y")


def test_only_figures_that_were_known_before_the_incident_count():
    rows = watched("oooss")
    assert would_have_warned(date(2022, 6, 1), {"x": rows}).answer is Warned.YES
    assert would_have_warned(date(2022, 6, 1), {"x": rows}, publication_days=20).answer is Warned.NO
    assert would_have_warned(date(2022, 1, 1), {"x": rows}).answer is Warned.NO_DATA
