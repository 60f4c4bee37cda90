# SPDX-License-Identifier: EUPL-1.2
"""A study with a store starts from what was delivered, and knows nothing that was received later."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from keten.domain.errors import DeliveryError, ScenarioError
from keten.observations.snapshot import read_snapshot, write_snapshot
from keten.observations.store import load_delivery
from keten.observations.tables import TABLES
from keten.study.inputs import read_inputs
from keten.study.receipt import deliveries_used, input_hashes
from keten.study.run import figures_of

SCENARIO = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
AUGUST = date(2023, 8, 31)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Two deliveries: the counts of July and August, and a correction of August that came a week later."""
    folder = tmp_path_factory.mktemp("store")
    for name, received, text in (
        ("first.csv", datetime(2023, 9, 5, 9, tzinfo=UTC), "2023-07-31,track_1,3710\n2023-08-31,track_4,38390\n"),
        ("later.csv", datetime(2023, 9, 12, 9, tzinfo=UTC), "2023-08-31,track_4,38400\n"),
    ):
        (folder / name).write_text(f"reference_date,group,count\n{text}")
        load_delivery(folder / name, store=folder / "kept", delivered_by="IND", received_at=received)
    return folder / "kept"


def opening(inputs, group):
    return next(figure for figure in inputs.opening.figures if figure.name == f"opening.{group}")


@pytest.mark.parametrize(
    ("known_on", "track_4"), [(None, 38_400), (date(2023, 9, 12), 38_400), (date(2023, 9, 11), 38_390)]
)
def test_the_opening_stock_comes_from_what_was_received_by_then(store, known_on, track_4):
    inputs = read_inputs(SCENARIO, store=store, reference_date=AUGUST, known_on=known_on)
    figure = opening(inputs, "track_4")
    assert (figure.value, figure.on) == (track_4, AUGUST)
    assert figure.provenance.source.startswith("urn:sha256:")
    assert inputs.span.reference_date == AUGUST
    assert len(deliveries_used(inputs)) == (1 if known_on == date(2023, 9, 11) else 2)


def test_an_older_count_tells_its_age(store):
    inputs = read_inputs(SCENARIO, store=store, reference_date=AUGUST)
    assert opening(inputs, "track_1").on == date(2023, 7, 31)
    assert "counted 62 days before the reference date" in opening(inputs, "family_reunification").provenance.note


def test_the_figures_of_a_store_are_part_of_the_hash_and_are_found_again_by_name(store):
    with_store = read_inputs(SCENARIO, store=store, reference_date=AUGUST)
    earlier = read_inputs(SCENARIO, store=store, reference_date=AUGUST, known_on=date(2023, 9, 11))
    assert input_hashes(with_store)["observations"] != input_hashes(earlier)["observations"]
    receipt = {"name": "August", "deliveries": deliveries_used(earlier)}
    again = figures_of(store, receipt, store)
    assert again is not None
    assert again.known_on(earlier.known_on).fingerprint() == earlier.figures.fingerprint()
    with pytest.raises(ScenarioError, match="deliveries that are not there"):
        figures_of(store, receipt)
    assert figures_of(store, {"name": "April"}, store) is None


OTHERS = (
    ("stock", "reference_date,group,count\n2023-07-31,appeal,4321\n2023-08-31,return_file,5100\n", "appeal", 4_321, 31),
    ("stock", "reference_date,group,count\n2023-09-30,subsequent,9\n2023-08-31,subsequent,640\n", "subsequent", 640, 0),
    ("reception", "reference_date,measure,persons\n2023-06-30,permit_holders,15800\n", "permit_holders", 15_800, 62),
    (
        "detention",
        "period_start,period_end,measure,value,unit\n2023-08-31,2023-08-31,occupancy,287,persons\n",
        "detention",
        287,
        0,
    ),
)


@pytest.mark.parametrize(("table", "text", "group", "count", "age"), OTHERS)
def test_a_delivered_count_goes_before_an_assumption_and_tells_its_age(table, text, group, count, age, tmp_path):
    counted = "reference_date,group,count\n2023-08-31,track_4,38390\n2023-08-31,track_1,3710\n"
    for name, content, number in (("stock.csv", counted, 1), (f"{table}-two.csv", text, 2)):
        (tmp_path / name).write_text(content)
        received = datetime(2023, 10, number, tzinfo=UTC)
        owner = {"reception": "COA", "detention": "DJI"}.get(name.partition("-")[0], "IND")
        load_delivery(tmp_path / name, store=tmp_path / "kept", delivered_by=owner, received_at=received)
    found = opening(read_inputs(SCENARIO, store=tmp_path / "kept", reference_date=AUGUST), group)
    assert found.value == count
    assert (f"counted {age} days before" in found.provenance.note) == bool(age)
    before = read_inputs(SCENARIO, store=tmp_path / "kept", reference_date=AUGUST, known_on=date(2023, 10, 1))
    assert opening(before, group).value != count


FLOWS = {
    "stock.csv": (
        "IND",
        "reference_date,group,count\n2023-06-30,family_reunification,9000\n2023-08-31,track_4,38390\n",
    ),
    "inflow.csv": (
        "IND",
        "period_start,period_end,period_type,definition,application_type,nationality,count\n"
        "2023-07-01,2023-07-31,month,family_reunification_applications,family_reunification,ALL,1200\n"
        "2023-08-01,2023-08-31,month,family_reunification_applications,family_reunification,ALL,1300\n",
    ),
    "decisions.csv": (
        "IND",
        "period_start,period_end,group,nationality,decisions\n"
        "2023-07-01,2023-07-31,family_reunification,ALL,700\n2023-08-01,2023-08-31,family_reunification,ALL,800\n",
    ),
}


@pytest.mark.parametrize(
    ("left_out", "count", "told"),
    [
        ("", 9000 + 1200 - 700 + 1300 - 800, "taken forward to 2023-08-31"),
        ("2023-08-01,2023-08-31,family_reunification,ALL,800\n", 9000 + 1200 - 700, "taken forward to 2023-07-31"),
        ("2023-07-01,2023-07-31,family_reunification,ALL,700\n", 9000, "counted 62 days before"),
    ],
)
def test_a_group_is_carried_to_the_reference_date_by_the_identity_of_the_ledger(left_out, count, told, tmp_path):
    """A month of which one of the two flows is not known ends it: no flow is guessed."""
    for number, (name, (owner, text)) in enumerate(FLOWS.items(), start=1):
        (tmp_path / name).write_text(text.replace(left_out, "") if left_out else text)
        received = datetime(2023, 10, number, tzinfo=UTC)
        load_delivery(tmp_path / name, store=tmp_path / "kept", delivered_by=owner, received_at=received)
    found = opening(read_inputs(SCENARIO, store=tmp_path / "kept", reference_date=AUGUST), "family_reunification")
    assert found.value == count
    assert told in found.provenance.note


def test_no_constant_stands_in_silently(store):
    """Each group that nobody counted says that it is assumed, and each older count its age."""
    found = read_inputs(SCENARIO, store=store, reference_date=AUGUST).opening.figures
    for figure in found:
        told = figure.provenance.note
        assert figure.on == AUGUST or "days before the reference date" in told or "taken" in told, figure
        if figure.provenance.source.startswith("assumption"):
            assert "no count of it is known" in told


def test_a_snapshot_gives_the_very_figures_back_and_is_named_by_them(store, tmp_path):
    known = read_inputs(SCENARIO, store=store, reference_date=AUGUST).figures
    path = write_snapshot(known, tmp_path)
    assert path.name == f"{known.fingerprint()}.parquet"
    again = read_snapshot(path, path.stem)
    assert again.fingerprint() == known.fingerprint()
    assert all(again.table(name).equals(known.table(name)) for name in TABLES)
    assert write_snapshot(again, tmp_path) == path
    with pytest.raises(DeliveryError, match="other figures"):
        read_snapshot(path, "0" * 64)
    path.write_bytes(b"cut off")
    with pytest.raises(DeliveryError, match="cannot be read"):
        read_snapshot(path, path.stem)


def test_a_start_after_the_horizon_is_refused(store):
    with pytest.raises(ScenarioError):
        read_inputs(SCENARIO, store=store, reference_date=date(2025, 8, 31))


def test_without_a_store_a_month_that_nobody_counted_is_refused():
    with pytest.raises(ScenarioError, match="nobody counted it"):
        read_inputs(SCENARIO, reference_date=AUGUST)
