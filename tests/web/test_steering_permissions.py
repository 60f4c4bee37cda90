# SPDX-License-Identifier: EUPL-1.2
"""How the cycle goes: who agrees, what is locked, how a signal ends, on which figures a decision rests."""

from __future__ import annotations

from datetime import date
from string import Formatter

import pytest
from django.contrib.auth.models import Group
from django.utils.translation import override

from keten.domain.errors import ProblemKind
from keten.steering import problems
from keten.steering.outcomes import OutcomeKind
from keten_web.accounts.models import User
from keten_web.config.telling import reasons
from keten_web.record import actions, queries
from keten_web.record.errors import InvalidError, NotAllowedError
from keten_web.steering import evidence, judging, kinds, models, steps, words
from keten_web.steering import queries as pages

WHY = "Besproken in het tactisch overleg."


@pytest.fixture
def demo(letters_of_steering, cast) -> None:
    """The record of the letters, and who may do something with it."""


def user(role: str, partner: str) -> User:
    made, _ = User.objects.get_or_create(username=f"{role}-{partner}", defaults={"name": role, "partner_id": partner})
    made.groups.set(Group.objects.filter(name=role))
    return made


def step(kind, row, slug: str, by: User, reason: str = WHY, **values):
    row.refresh_from_db()
    return actions.move(kind, row.code, slug, by=by, expected_version=row.version, reason=reason, values=values)


# --- agreements -------------------------------------------------------------------------------------------------------


def new_agreement(**changes):
    values = {
        "title": "Dossier binnen drie dagen bij het COA",
        "counterparts": ["COA"],
        "duties": ["IND: levert het dossier.", "COA: leest het dossier."],
        "unit": "days",
        "direction": "lower_is_better",
        "norms": [{"from": "2023-01-01", "until": "2024-01-01", "value": 3.0}],
        **changes,
    }
    row = actions.create(kinds.AGREEMENTS, values, by=user("partner_planner", "IND"))
    return step(kinds.AGREEMENTS, row, "voorleggen", user("partner_planner", "IND"))


def test_an_agreement_holds_when_the_last_of_its_sides_agreed(demo):
    row = new_agreement()
    step(kinds.AGREEMENTS, row, "instemmen", user("board_member", "IND"))
    assert models.PerformanceAgreement.objects.get(pk=row.pk).state == "offered"
    step(kinds.AGREEMENTS, row, "instemmen", user("board_member", "COA"))
    row.refresh_from_db()
    assert (row.state, row.signed_by) == ("agreed", ["COA", "IND"])


def test_nobody_agrees_for_another_and_nobody_twice(demo):
    row = new_agreement()
    with pytest.raises(NotAllowedError):
        step(kinds.AGREEMENTS, row, "instemmen", user("board_member", "DTV"))
    step(kinds.AGREEMENTS, row, "instemmen", user("board_member", "IND"))
    with pytest.raises(NotAllowedError):
        step(kinds.AGREEMENTS, row, "instemmen", user("board_member", "IND"))


def test_a_changed_text_is_asked_to_both_sides_again(demo):
    row = new_agreement()
    for partner in ("IND", "COA"):
        step(kinds.AGREEMENTS, row, "instemmen", user("board_member", partner))
    row.refresh_from_db()
    planner = user("partner_planner", "COA")
    actions.change(
        kinds.AGREEMENTS, row.code, {"title": "Binnen twee dagen"}, by=planner, expected_version=row.version, reason=WHY
    )
    row.refresh_from_db()
    assert (row.state, row.signed_by) == ("draft", [])


def test_production_needs_the_minister_of_the_chain_too(demo):
    row = new_agreement(subject="production", counting="adds_up")
    for partner in ("IND", "COA"):
        step(kinds.AGREEMENTS, row, "instemmen", user("board_member", partner))
    row.refresh_from_db()
    assert row.state == "offered"
    step(kinds.AGREEMENTS, row, "instemmen", user("board_member", "MINISTRY"))
    row.refresh_from_db()
    assert row.state == "agreed"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"counterparts": ["NOBODY"]}, "NOBODY"),
        ({"duties": ["IND: levert het dossier."]}, "COA heeft geen plicht"),
        ({"norms": [], "still_to_be_agreed": ""}, "norm"),
        ({"error_budget_unit": "periods", "error_budget_share": 1.0}, "foutbudget"),
    ],
)
def test_an_agreement_that_is_not_sound_is_refused(changes, said, demo):
    with pytest.raises(InvalidError) as refusal:
        new_agreement(**changes)
    assert said in str(refusal.value)


# --- actuals ----------------------------------------------------------------------------------------------------------


def new_actual(agreement, value: float, **changes):
    values = {
        "title": "Januari",
        "agreement": agreement,
        "period_start": date(2023, 1, 1),
        "period_end": date(2023, 1, 31),
        "recorded_on": date(2023, 2, 10),
        "value": value,
        **changes,
    }
    return actions.create(kinds.ACTUALS, values, by=user("partner_planner", "IND"))


def test_a_locked_period_stays_and_a_correction_stands_beside_it(demo):
    agreement = new_agreement()
    first = new_actual(agreement, 5.0)
    step(kinds.ACTUALS, first, "vastzetten", user("partner_planner", "IND"))
    with pytest.raises(NotAllowedError):
        actions.change(
            kinds.ACTUALS,
            first.code,
            {"value": 2.0},
            by=user("partner_planner", "IND"),
            expected_version=2,
            reason=WHY,
        )
    with pytest.raises(InvalidError):
        new_actual(agreement, 2.0)
    new_actual(agreement, 2.0, corrects=first, recorded_on=date(2023, 3, 1))
    before = pages.lines_of(models.PerformanceAgreement.objects.filter(pk=agreement.pk), on=date(2023, 2, 15))[0]
    after = pages.lines_of(models.PerformanceAgreement.objects.filter(pk=agreement.pk), on=date(2023, 3, 15))[0]
    assert before.verdict is judging.core.Verdict.BROKEN
    assert after.actual.value == 2.0


# --- signals ----------------------------------------------------------------------------------------------------------


def open_signal() -> models.Signal:
    row = models.Signal.objects.filter(state="raised").earliest("pk")
    return step(kinds.SIGNALS, row, "bevestigen", user("partner_planner", "IND"), body=_body("operational_body"))


def _body(code: str) -> models.GovernanceBody:
    return models.GovernanceBody.objects.get(code=code)


def test_a_signal_is_raised_from_published_figures_with_their_hash_and_source(demo):
    row = models.Signal.objects.get(indicator="lead_time_track_4")
    assert row.receipt and row.source.startswith("https://")
    assert row.figure > row.signal_value
    assert row.is_frozen, "the figures end before the day of the letter, so nobody knows"


def test_no_action_needs_a_reason(demo):
    row = open_signal()
    with pytest.raises(InvalidError, match="reden"):
        step(kinds.SIGNALS, row, "geen-actie", user("board_member", "IND"), verdict="")
    step(kinds.SIGNALS, row, "geen-actie", user("board_member", "IND"), verdict="Gevolg van het project; loopt af.")
    assert pages.signal_lines()[-1].row.state == "answered" or row.pk in {
        line.row.pk for line in pages.signal_lines() if line.silent is None
    }


def test_a_body_without_the_mandate_escalates(demo):
    row = open_signal()
    board = user("board_member", "IND")
    decision = models.SteeringDecision.objects.get(code="start_baa")
    with pytest.raises(InvalidError, match="mandaat"):
        step(
            kinds.SIGNALS,
            row,
            "besluiten",
            board,
            needs="claim_budget",
            steering_decision=decision,
            verdict="Meer geld.",
        )
    step(
        kinds.SIGNALS,
        row,
        "escaleren",
        board,
        needs="claim_budget",
        escalated_to=_body("executive_body"),
        verdict="Geld.",
    )
    row.refresh_from_db()
    assert (row.state, row.body.code) == ("escalated", "executive_body")
    step(kinds.SIGNALS, row, "besluiten", board, needs="claim_budget", steering_decision=decision, verdict="Meer geld.")
    row.refresh_from_db()
    assert [said["kind"] for said in row.outcomes] == ["escalation", "decision"]


# --- decisions --------------------------------------------------------------------------------------------------------


def new_decision(**changes):
    values = {
        "title": "Meer mensen op spoor 4",
        "body": _body("tactical_body"),
        "indicators": ["overdue_share"],
        **changes,
    }
    return actions.create(kinds.DECISIONS, values, by=user("chain_director", "MINISTRY"))


def test_a_decision_freezes_its_figures_with_the_receipt_of_the_study(demo):
    row = new_decision()
    step(kinds.DECISIONS, row, "nemen", user("board_member", "IND"))
    row.refresh_from_db()
    assert row.evidence["study"] == {"name": "likely", "output_hash": "verzonnen hash"}
    assert row.evidence["figures"][0]["indicator"] == "overdue_share"
    assert evidence.digest(row.evidence) == row.evidence_hash
    with pytest.raises(NotAllowedError):
        actions.change(
            kinds.DECISIONS,
            row.code,
            {"title": "Iets anders"},
            by=user("chain_director", "MINISTRY"),
            expected_version=row.version,
            reason=WHY,
        )


def test_evidence_that_was_changed_behind_the_back_is_seen(demo, cast):
    row = models.SteeringDecision.objects.get(code="start_baa")
    assert pages.decision(row, None)["holds"]
    changed = {**row.evidence, "figures": [{**row.evidence["figures"][0], "value": 1}]}
    models.SteeringDecision.objects.filter(pk=row.pk).update(evidence=changed)
    row.refresh_from_db()
    assert not pages.decision(row, None)["holds"]
    assert queries.history(kinds.DECISIONS, row)[0].is_outside


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"needs": "claim_budget"}, "mandaat"),
        ({"indicators": ["nothing"]}, "nothing"),
        ({"indicators": []}, "cijfers"),
    ],
)
def test_a_decision_without_mandate_or_figures_is_refused(changes, said, demo):
    row = new_decision(**changes)
    with pytest.raises(InvalidError, match=said):
        step(kinds.DECISIONS, row, "nemen", user("board_member", "IND"))


def test_who_has_no_seat_takes_no_decision(demo):
    with pytest.raises(NotAllowedError):
        step(kinds.DECISIONS, new_decision(), "nemen", user("board_member", "NIDOS"))


# --- framework --------------------------------------------------------------------------------------------------------


def test_a_framework_is_agreed_by_every_partner_and_then_approved(demo):
    row = models.PolicyFramework.objects.get(year=2024)
    director = user("chain_director", "MINISTRY")
    with pytest.raises(InvalidError) as refusal:
        step(kinds.POLICY_FRAMEWORKS, row, "overeenkomen", director)
    assert len(refusal.value.problems[""]) >= len(row.partners_bound) - 1
    for partner in row.partners_bound:
        step(kinds.POLICY_FRAMEWORKS, row, "instemmen", user("board_member", partner))
    step(kinds.POLICY_FRAMEWORKS, row, "overeenkomen", director)
    for partner in {*row.partners_bound, "MINISTRY"}:
        board = user("board_member", partner)
        if steps.ministers_of(board, row):
            step(kinds.POLICY_FRAMEWORKS, row, "goedkeuren-namens", board)
    models.FrameworkLine.objects.filter(framework=row).update(state="dropped")
    step(kinds.POLICY_FRAMEWORKS, row, "goedkeuren", director)
    row.refresh_from_db()
    assert row.state == "approved"


def test_giving_a_framework_back_takes_the_consents_with_it(demo):
    row = models.PolicyFramework.objects.get(year=2024)
    for partner in row.partners_bound:
        step(kinds.POLICY_FRAMEWORKS, row, "instemmen", user("board_member", partner))
    step(kinds.POLICY_FRAMEWORKS, row, "overeenkomen", user("chain_director", "MINISTRY"))
    step(kinds.POLICY_FRAMEWORKS, row, "teruggeven", user("chain_director", "MINISTRY"))
    row.refresh_from_db()
    assert (row.state, row.agreed_by) == ("draft", [])


def test_the_next_framework_has_a_line_for_every_agreement_and_every_signal_that_asks_for_more(demo):
    """Only a signal that was answered with a reasoned "no action" asks for nothing more."""
    about = set(models.FrameworkLine.objects.filter(framework__year=2024).values_list("about", flat=True))
    agreements = models.PerformanceAgreement.objects.filter(framework__year=2023)
    assert set(agreements.values_list("code", flat=True)) <= about
    said = {row.code: judging.as_signal(row).outcomes for row in models.Signal.objects.filter(ended_on=None)}
    left_alone = {code for code, outcomes in said.items() if outcomes and outcomes[-1].kind is OutcomeKind.NO_ACTION}
    assert left_alone, "the demonstration has one"
    assert set(said) - left_alone <= about
    assert not left_alone & about


def test_the_next_framework_opens_once(demo):
    director = user("chain_director", "MINISTRY")
    row = models.PolicyFramework.objects.get(year=2023)
    with pytest.raises(InvalidError, match="2024"):
        step(kinds.POLICY_FRAMEWORKS, row, "openen", director)


# --- in the language of the reader ------------------------------------------------------------------------------------

KINDS = {name: kind for name, kind in vars(problems).items() if isinstance(kind, ProblemKind)}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_problem_of_the_rules_is_told_in_the_language_of_the_reader(name):
    kind = KINDS[name]
    blanks = {blank for words in (kind.what.en, kind.remedy.en) for _, blank, _, _ in Formatter().parse(words) if blank}
    with override("nl"):
        (said,) = reasons([kind.of(**dict.fromkeys(blanks, "IND"))], words.in_full)
    assert said[0] == kind.what.nl[0].upper() or kind.what.nl[0] == "{"
    assert "{" not in said


def test_a_rule_that_names_partner_and_mandate_is_told_with_their_names():
    refused = problems.NO_MANDATE.of(id="IND", needs="move_capacity")
    with override("nl"):
        assert reasons([refused], words.in_full) == [
            "IND heeft geen mandaat om dit te doen: capaciteit verplaatsen. "
            "Escaleer naar een gremium dat het mandaat heeft."
        ]
    with override("en"):
        assert reasons([refused], words.in_full)[0].startswith("IND has no mandate for move capacity.")
