# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: E501 - tables in text are wider than code
"""The chain as tables: what stands in them, and what happens when they do not fit together.

The chain in these tests is `chains.SMALL`: an interview, an appeal term, and two ways out. Each test breaks it in one
place and reads what the check says about it.
"""

from datetime import date
from pathlib import Path

import pytest
import yaml
from chains import SMALL, chain_of, tables_of

from keten.domain.errors import ParameterError
from keten.domain.words import CoreProcess
from keten.parameters.chain import Chain, StageKind, matches
from keten.parameters.check import problems_of
from keten.parameters.load import load_chain
from keten.parameters.paths import Place, routes_from, ways_onward
from keten.parameters.values import at

WAIT_STAGE = "kind: wait,\n     delay: {low: 7, mode: 14, high: 28, unit: days, assumption: test}}"


def broken(old: str, new: str) -> Chain:
    """Read the small chain with one piece of its text replaced."""
    assert SMALL.count(old) == 1, f"the small chain has {SMALL.count(old)} times: {old}"
    return chain_of(SMALL.replace(old, new))


def only_problem(chain: Chain) -> str:
    """Read the one problem of a chain as where, what and remedy in one sentence."""
    problems = problems_of(chain)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return str(problems[0])


def written(folder: Path, text: str = SMALL) -> Path:
    """Write the small chain as one YAML file per table."""
    for name, rows in tables_of(text).items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    return folder


# What is consistent --------------------------------------------------------------------------------------------------


def test_the_small_chain_is_consistent():
    assert problems_of(chain_of()) == []


def test_the_chain_that_comes_with_keten_is_consistent():
    assert problems_of(load_chain()) == []


def test_a_chain_is_read_from_a_folder_with_one_file_per_table(tmp_path):
    assert load_chain(written(tmp_path)) == chain_of()


def test_one_row_may_speak_for_several_stages(tmp_path):
    folder = written(tmp_path, SMALL.replace("{stage: interview, to: housed,", "{stage: [interview], to: housed,"))
    assert load_chain(folder) == chain_of()


# Names that do not exist ---------------------------------------------------------------------------------------------

UNKNOWN_NAMES = """
what is broken                 | written instead                  | the check says
to: departed, share            | to: departd, share               | stage departd does not exist (did you mean departed?)
resource: officers             | resource: offices                | resource offices does not exist (did you mean officers?)
from_stages: [interview]       | from_stages: [intervieuw]        | stage intervieuw does not exist (did you mean interview?)
to_partner: COURTS             | to_partner: COURT                | partner COURT does not exist (did you mean COURTS?)
en: Officers, partner: IND     | en: Officers, partner: INDIA     | partner INDIA does not exist (did you mean IND?)
{group: AZC,                   | {group: POL,                     | reception group POL does not exist (known: AZC)
case_class: "first_*"          | case_class: "second_*"           | case class second_* does not exist
to: housed, outcome: grant     | to: housed, becomes: first_syrie | case class first_syrie does not exist (did you mean first_syria?)
{stage: appeal_term, to:       | {stage: apeal_term, to:          | stage apeal_term does not exist (did you mean appeal_term?)
"""


@pytest.mark.parametrize("row", [line.split("|") for line in UNKNOWN_NAMES.strip().splitlines()[1:]])
def test_an_unknown_name_is_named_with_the_nearest_known_name(row):
    old, new, said = (cell.strip() for cell in row)
    problems = [str(problem) for problem in problems_of(broken(old, new))]
    assert any(said in problem for problem in problems), problems


def test_the_two_ways_to_repair_an_unknown_name():
    assert "Either correct the name COURT, or add a row for COURT to the table of partner names." in only_problem(
        broken("to_partner: COURTS", "to_partner: COURT")
    )


def test_a_name_stands_for_one_row():
    chain = broken("{id: departed,", "{id: housed,")
    assert "housed occurs 2 times" in str(problems_of(chain)[0])


# Shares --------------------------------------------------------------------------------------------------------------


def test_shares_that_do_not_add_up_to_one():
    said = only_problem(broken("{value: 0.4,", "{value: 0.3,"))
    assert said.startswith("stage interview, routes of first_other, first_syria: the shares add up to 0.9, not to 1.")
    assert "Either correct the shares, or add the route that is missing" in said


def test_shares_are_counted_per_case_class():
    chain = broken(
        "{stage: interview, to: housed, outcome: grant,",
        "{stage: interview, case_classes: [first_syria], to: housed, outcome: grant,",
    )
    assert "routes of first_other: the shares add up to 0.4" in only_problem(chain)


def test_shares_add_up_on_every_day_on_which_something_changes():
    chain = broken(
        "share: {value: 0.6, unit: share of cases, assumption: test}",
        "share: [{value: 0.6, unit: share of cases, until: 2024-01-01, assumption: test},"
        " {value: 0.7, unit: share of cases, from: 2024-01-01, assumption: test}]",
    )
    assert "the shares add up to 1.1, not to 1 from 2024-01-01 on" in only_problem(chain)


def test_a_route_without_a_share_while_the_others_have_one():
    chain = broken(
        "{stage: appeal_term, to: departed, share: {value: 1, unit: share of cases, assumption: test}}",
        "{stage: appeal_term, to: departed, share: {value: 1, unit: share of cases, assumption: test}}\n"
        "  - {stage: appeal_term, to: housed,"
        " share: {value: 0, unit: share of cases, from: 2024-01-01, assumption: test}}",
    )
    assert "the route to housed has no share at first, while the others have; write 0 if none" in only_problem(chain)


def test_a_stage_that_no_route_leaves():
    chain = broken(
        "  - {stage: appeal_term, to: departed, share: {value: 1, unit: share of cases, assumption: test}}\n", ""
    )
    said = [str(problem) for problem in problems_of(chain)]
    assert any("stage appeal_term, routes of first_other, first_syria: no route leaves the stage." in s for s in said)
    assert any("stage departed: no case can ever come here." in s for s in said)


# Stages and work -----------------------------------------------------------------------------------------------------


def test_a_work_stage_that_no_resource_serves_for_a_case_class():
    chain = broken("stage: interview, effort", "stage: interview, case_classes: [first_other], effort")
    assert "stage interview: no resource does the work for first_syria." in only_problem(chain)


def test_a_wait_stage_without_a_delay():
    said = only_problem(broken(WAIT_STAGE, "kind: wait}"))
    assert "stage appeal_term: people wait here, but for how long is missing." in said
    assert "Either give a delay in days, or make it a work stage with a resource that serves it." in said


def test_a_delay_that_is_never_used():
    chain = broken(
        "en: Departed, core_process: RETURN, partner: IND, kind: exit}",
        "en: Departed, core_process: RETURN, partner: IND, kind: exit,"
        " delay: {value: 3, unit: days, assumption: test}}",
    )
    assert "a delay is never used in a stage of kind exit" in only_problem(chain)


def test_an_exit_that_cases_leave_again():
    chain = broken(
        "{stage: appeal_term, to: departed, share",
        "{stage: departed, to: housed, share: {value: 1, unit: share of cases, assumption: test}}\n"
        "  - {stage: appeal_term, to: departed, share",
    )
    assert "stage departed: cases leave the chain here, yet a route goes on from it." in only_problem(chain)


def test_a_stage_that_no_case_reaches():
    chain = broken(
        "  - {id: housed,",
        "  - {id: onward_appeal, nl: Hoger beroep, en: Onward appeal, core_process: ADMISSION,"
        " partner: COURTS, kind: wait, delay: {value: 90, unit: days, assumption: test}}\n  - {id: housed,",
    )
    assert "stage onward_appeal: no case can ever come here." in only_problem(chain)


def test_a_loop_that_no_case_can_leave():
    chain = broken("{stage: appeal_term, to: departed, share", "{stage: appeal_term, to: appeal_term, share")
    said = [str(problem) for problem in problems_of(chain)]
    assert any("stage appeal_term: first_other, first_syria can never leave the chain from here." in s for s in said)


def test_a_case_class_that_enters_nowhere():
    chain = broken('case_class: "first_*"', "case_class: first_other")
    assert "case class first_syria: its cases enter nowhere." in only_problem(chain)


def test_a_resource_without_work():
    chain = broken(
        "services:",
        "  - {id: judges, nl: Rechters, en: Judges, partner: COURTS, unit: hours,"
        " capacity: {value: 8, unit: hours, assumption: test}}\nservices:",
    )
    assert "resource judges: it does the work of no stage." in only_problem(chain)


def test_a_handover_point_whose_stages_no_route_connects():
    chain = broken("to_stages: [appeal_term]", "to_stages: [departed]")
    said = [str(problem) for problem in problems_of(chain)]
    assert any("handover point to_court: no route goes from interview to departed." in s for s in said)
    assert all("Either add the route, or take the stage out of the handover point." in s for s in said)


def test_a_partner_without_a_steering_relation():
    assert "partner COURTS: no steering relation" in only_problem(broken("relations: [*relation]", "relations: []"))


def test_two_steering_relations_on_one_day():
    said = only_problem(broken("relations: [*relation]", "relations: [*relation, *relation]"))
    assert "two steering relations hold on 2007-08-30" in said


def test_two_names_on_one_day():
    names = (
        "[{until: 2012-01-01, nl: a, en: a, source: x}, {from: 2011-01-01, until: 2013-01-01, nl: b, en: b, source: x}]"
    )
    said = only_problem(broken("relations: [*relation]", f"relations: [*relation], earlier_names: {names}"))
    assert "it has two names on 2011-01-01" in said


# Numbers -------------------------------------------------------------------------------------------------------------

NUMBERS = """
what is broken                                | written instead                                | the check says
{value: 16, unit: hours per working day,      | {value: -1, unit: hours per working day,       | -1 hours per working day is too low
{value: 8, unit: hours,                       | {value: 0, unit: hours,                        | 0 hours is too low
{low: 7, mode: 14,                            | {low: -7, mode: 14,                            | -7 days is too low
{value: 0.9, unit: share,                     | {value: 90, unit: share,                       | 90 share is too high
"""


@pytest.mark.parametrize("row", [line.split("|") for line in NUMBERS.strip().splitlines()[1:]])
def test_a_number_that_cannot_be(row):
    old, new, said = (cell.strip() for cell in row)
    assert said in only_problem(broken(old, new))


def test_a_gap_in_validity():
    chain = broken(
        "capacity: {value: 16, unit: hours per working day, assumption: test}",
        "capacity: [{value: 16, unit: hours, until: 2023-01-01, assumption: test},"
        " {value: 24, unit: hours, from: 2023-03-01, assumption: test}]",
    )
    assert "resource officers, capacity: no value holds from 2023-01-01 until 2023-03-01." in only_problem(chain)


def test_who_withdraws_while_waiting_needs_an_exit():
    chain = broken(
        "{id: first_syria,", "{id: first_syria, withdrawal: {value: 0.1, unit: share per year, assumption: test},"
    )
    assert "there is no exit named withdrawn" in only_problem(chain)


# Files that cannot be read -------------------------------------------------------------------------------------------

UNREADABLE = """
what is broken                   | written instead                                | the error says
nl: Gehoor,                      | nll: Gehoor,                                   | stages.yaml, row 1 (interview), nll: this field does not exist (did you mean nl?).
kind: work,                      | kind: werk,                                    | stages.yaml, row 1 (interview), kind: Input should be 'work', 'wait' or 'exit'.
{low: 7, mode: 14, high: 28,     | {low: 7, mode: 14,                             | part of low, mode and high is missing. Add the missing part, or give one value.
{low: 7, mode: 14, high: 28,     | {low: 7, mode: 1, high: 28,                    | low 7.0 <= mode 1.0 <= high 28.0 does not hold.
{value: 8, unit: hours, assumption: test} | {value: 8, unit: hours}               | a number has a source or an assumption, never both and never neither.
{value: 8, unit: hours, assumption: test} | {value: 8, unit: hours, assumption: test, from: 2024-01-01, until: 2023-01-01} | from does not lie before until.
{value: 8, unit: hours, assumption: test} | [{value: 8, unit: hours, assumption: test}, {value: 9, unit: hours, from: 2024-01-01, assumption: test}] | validity overlaps: until 9999-12-31 and from 2024-01-01. End the earlier value on the day the later one starts, or start the later one when the earlier ends.
"""


@pytest.mark.parametrize("row", [line.split("|") for line in UNREADABLE.strip().splitlines()[1:]])
def test_a_row_that_cannot_be_read_says_where_and_what_to_do(tmp_path, row):
    old, new, said = (cell.strip() for cell in row)
    with pytest.raises(ParameterError) as refusal:
        load_chain(written(tmp_path, SMALL.replace(old, new)))
    assert said in str(refusal.value)


def test_all_problems_of_all_files_are_told_at_once(tmp_path):
    folder = written(tmp_path, SMALL.replace("nl: Gehoor,", "nll: Gehoor,").replace("unit: hours,", "unit: fte,"))
    (folder / "entries.yaml").unlink()
    (folder / "routes.yaml").write_text("- {stage: interview", encoding="utf-8")
    (folder / "partners.yaml").write_text("IND: agency", encoding="utf-8")
    with pytest.raises(ParameterError) as refusal:
        load_chain(folder)
    told = {problem.where.split(",")[0] for problem in refusal.value.problems}
    assert told == {"entries.yaml", "routes.yaml", "partners.yaml", "stages.yaml", "resources.yaml"}
    assert refusal.value.exit_code == 3


@pytest.mark.parametrize("text", ["- just a sentence", "- [1, 2]", "- {en: Nameless}"])
def test_a_row_that_is_not_a_row(tmp_path, text):
    folder = written(tmp_path)
    (folder / "routes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=r"routes\.yaml, row 1"):
        load_chain(folder)


def test_tables_that_do_not_fit_together_are_refused_with_every_problem(tmp_path):
    folder = written(
        tmp_path, SMALL.replace("{value: 0.4,", "{value: 0.3,").replace("to_partner: COURTS", "to_partner: X")
    )
    with pytest.raises(ParameterError, match=r"2 problems") as refusal:
        load_chain(folder)
    assert len(refusal.value.problems) == 2


# The asylum chain ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chain() -> Chain:
    return load_chain()


def test_all_six_core_processes_have_a_stage(chain):
    assert {stage.core_process for stage in chain.stages} == set(CoreProcess)


WAYS = """
stage                         | case class             | leads to
registration                  | first_track_4_other    | registration_interview withdrawn
registration                  | first_track_2          | simplified_procedure withdrawn
registration_interview        | first_track_1          | dublin_request withdrawn
dublin_transfer               | first_track_1          | departed_unsupervised rest_and_preparation transferred
rest_and_preparation          | lateral                | ready_to_schedule withdrawn
ready_to_schedule             | first_track_4_syr_yem  | detailed_interview
detailed_interview            | first_track_4_other    | decision_aa decision_aa_plus decision_va
decision_va                   | first_track_4_syr_yem  | appeal awaiting_housing departure_period
appeal                        | first_track_4_other    | departure_period onward_appeal remitted_decision
awaiting_housing              | following_family_member | housed
departure_period              | first_track_4_other    | departed_unsupervised return_file
detention                     | supervision            | departed_forced return_file
family_reunification_decision | family_reunification   | family_reunification_granted family_reunification_rejected withdrawn
"""


@pytest.mark.parametrize("row", [line.split("|") for line in WAYS.strip().splitlines()[1:]])
def test_where_cases_go(chain, row):
    stage, case_class, leads_to = (cell.strip() for cell in row)
    found = sorted({route.to for route in routes_from(chain, Place(stage, case_class))})
    assert found == leads_to.split()


def test_a_lapsed_dublin_case_becomes_a_track_4_case(chain):
    back = [route for route in chain.routes if route.stage == "dublin_transfer" and route.to == "rest_and_preparation"]
    assert [(route.becomes, route.outcome) for route in back] == [("first_track_4_other", "term_lapsed")]


def test_the_project_for_syrians_and_yemenis_starts_on_1_may_2023(chain):
    capacity = chain.resource("baa_officers").capacity
    assert at(capacity, date(2023, 4, 30), name="baa").central == 0
    assert at(capacity, date(2023, 5, 1), name="baa").central > 0
    served = {name for row in chain.services if row.resource == "baa_officers" for name in row.case_classes}
    assert served == {"first_track_4_syr_yem"}


def test_the_rest_and_preparation_period_ends_as_a_standard_step_on_12_june_2026(chain):
    delay = chain.stage("rest_and_preparation").delay
    assert at(delay, date(2026, 6, 11), name="rest").bounds[0] == 6
    assert at(delay, date(2026, 6, 12), name="rest").bounds == (0, 0)


def test_people_without_lawful_stay_enter_through_supervision(chain):
    entries = {entry.case_class: entry.stage for entry in chain.entries}
    assert chain.stage(entries["supervision"]).core_process is CoreProcess.SUPERVISION


def test_only_first_instance_stages_are_undecided(chain):
    undecided = {stage.id for stage in chain.stages if stage.undecided}
    assert undecided == {
        "registration_interview", "dublin_request", "dublin_decision", "simplified_procedure",
        "rest_and_preparation", "ready_to_schedule", "detailed_interview", "decision_aa", "decision_aa_plus",
        "decision_va", "subsequent_assessment", "family_reunification_decision",
    }  # fmt: skip


def test_the_steering_relation_of_2007_and_of_today(chain):
    on = {"2007": date(2007, 8, 30), "2023": date(2023, 7, 13), "today": date(2025, 1, 1)}
    found = {
        (partner, year): next(
            (row.relation for row in chain.partner(partner).relations if row.valid_from <= day < row.valid_until), None
        )
        for partner in ("COA", "DTV", "KMAR")
        for year, day in on.items()
    }
    assert found == {
        ("COA", "2007"): "subsidy", ("COA", "2023"): "independent_body", ("COA", "today"): "independent_body",
        ("DTV", "2007"): "hierarchical", ("DTV", "2023"): "hierarchical", ("DTV", "today"): "hierarchical",
        ("KMAR", "2007"): "managed_by_other_minister", ("KMAR", "2023"): "managed_by_other_minister",
        ("KMAR", "today"): "managed_by_other_minister",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2007, 8, 30), "Ministerie van Justitie (ketenregie)"),
        (date(2010, 10, 13), "Ministerie van Justitie (ketenregie)"),
        (date(2010, 10, 14), "Ministerie van Veiligheid en Justitie (ketenregie)"),
        (date(2023, 7, 13), "Ministerie van Justitie en Veiligheid (Directie Regie Migratieketen)"),
        (date(2024, 7, 1), "Ministerie van Justitie en Veiligheid (Directie Regie Migratieketen)"),
        (date(2024, 7, 2), "Ministerie van Asiel en Migratie (Directie Regie Migratieketen)"),
    ],
)
def test_the_ministry_is_called_what_it_was_called_on_a_day(chain, day, name):
    assert chain.partner("MINISTRY").named_on(day).nl == name


def test_every_partner_is_steered_on_the_day_of_the_letter_and_today(chain):
    for day in (date(2023, 7, 13), date(2026, 1, 1)):
        for partner in chain.partners:
            assert [row for row in partner.relations if row.valid_from <= day < row.valid_until], partner.id


def test_nationality_groups_name_the_policy_that_names_them(chain):
    for row in chain.case_classes:
        assert bool(row.nationalities) == bool(row.policy), row.id


def test_values_hold_on_every_day_from_2022_to_2030(chain):
    series = [
        *((stage.delay, stage.no_show) for stage in chain.stages),
        *((row.capacity,) for row in chain.resources),
        *((row.effort,) for row in chain.services),
        *((row.share,) for row in chain.routes),
    ]
    for day in (date(2022, 1, 1), date(2023, 5, 1), date(2026, 6, 12), date(2030, 12, 31)):
        for values in (part for row in series for part in row if part):
            assert at(values, day, name="any").central >= 0


def test_every_published_number_has_an_address_and_every_other_a_reason(chain):
    for stage, route in ((stage, route) for stage in chain.stages for route in chain.routes if route.stage == stage.id):
        for quantity in route.share:
            assert (quantity.source or "").startswith("http") or len(quantity.assumption or "") > 10, stage.id


def test_every_case_class_of_the_chain_reaches_an_exit(chain):
    exits = {stage.id for stage in chain.stages if stage.kind is StageKind.EXIT}
    reached = {place.stage for place in ways_onward(chain)}
    assert exits <= reached


def test_patterns_speak_for_several_case_classes():
    assert matches("first_track_4_other", ("first_track_4_*",))
    assert not matches("first_track_1", ("first_track_4_*", "lateral"))
