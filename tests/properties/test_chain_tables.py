# SPDX-License-Identifier: EUPL-1.2
"""What holds for every chain, whatever is in its tables."""

from datetime import date

import yaml
from chains import chains
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.parameters.chain import Chain, StageKind
from keten.parameters.check import problems_of
from keten.parameters.load import TABLES, load_chain
from keten.parameters.paths import can_reach, entry_places, routes_from, ways_onward

CHANGE_ON = date(2023, 6, 1)


def exits_of(chain: Chain) -> set[str]:
    return {stage.id for stage in chain.stages if stage.kind is StageKind.EXIT}


@given(chains(change_on=CHANGE_ON))
def test_a_generated_chain_is_consistent(chain):
    assert problems_of(chain) == []


@given(chains())
def test_every_case_can_leave_a_consistent_chain(chain):
    onward = ways_onward(chain)
    ends = [place for place in onward if place.stage in exits_of(chain)]
    assert can_reach(ends, onward) == set(onward)


@given(chains())
def test_every_place_is_reached_from_an_entry(chain):
    onward = ways_onward(chain)
    for place in onward:
        assert can_reach([place], onward) & entry_places(chain)


@given(chains(change_on=CHANGE_ON), st.data())
def test_taking_any_used_route_away_is_noticed(chain, data):
    travelled = {route for place in ways_onward(chain) for route in routes_from(chain, place)}
    used = [route for route in chain.routes if route in travelled and all(part.central > 0 for part in route.share)]
    route = data.draw(st.sampled_from(used))
    broken = chain.model_copy(update={"routes": tuple(row for row in chain.routes if row != route)})
    assert problems_of(broken)


@given(chains(), st.data())
def test_taking_any_named_row_away_is_noticed(chain, data):
    table = data.draw(st.sampled_from(["partners", "stages", "case_classes", "resources"]))
    rows = getattr(chain, table)
    names_used = {
        "partners": {row.partner for row in (*chain.stages, *chain.resources)}
        | {name for point in chain.handover_points for name in (point.from_partner, point.to_partner)},
        "stages": {row.id for row in chain.stages},
        "case_classes": {row.id for row in chain.case_classes},
        "resources": {row.resource for row in chain.services},
    }[table]
    candidates = [row for row in rows if row.id in names_used]
    if not candidates:
        return
    gone = data.draw(st.sampled_from(candidates))
    broken = chain.model_copy(update={table: tuple(row for row in rows if row is not gone)})
    assert any(gone.id in f"{problem.where} {problem.what}" for problem in problems_of(broken))


@given(chains(change_on=CHANGE_ON))
def test_every_problem_names_two_ways_to_repair_it(chain):
    empty = chain.model_copy(update={"routes": (), "services": (), "entries": ()})
    for problem in problems_of(empty):
        assert str(problem.remedy).startswith("Either ") and ", or " in str(problem.remedy)


@settings(max_examples=20)
@given(chains(change_on=CHANGE_ON))
def test_a_chain_written_to_files_reads_back_as_the_same_chain(tmp_path_factory, chain):
    folder = tmp_path_factory.mktemp("chain")
    tables = chain.model_dump(mode="python", by_alias=True, exclude_none=True)
    for name in TABLES:
        rows = yaml.safe_load(yaml.safe_dump(_plain(tables[name])))
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    assert load_chain(folder) == chain


def _plain(value):
    """Turn enums and tuples into what YAML knows."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return getattr(value, "value", value)
