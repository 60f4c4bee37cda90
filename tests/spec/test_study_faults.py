# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong around a study leaves nothing half-done, and says what to do."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keten.cli import main
from keten.domain.errors import ScenarioError
from keten.study.inputs import read_inputs
from keten.study.run import write_whole

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
STUDY = {"ledger.parquet": b"l" * 9_000, "summary.json": b"s" * 9_000, "receipt.json": b"r" * 100}


def scenario(tmp_path, *changes, more=""):
    """A copy of the most likely scenario with pieces of text replaced and lines added."""
    text = (LETTER / "most-likely.toml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "scenario.toml"
    path.write_text(text + more)
    return path


# A full disk ---------------------------------------------------------------------------------------------------------

LIMITED = """
import resource, sys
from keten.study.run import write_whole
from pathlib import Path
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
try:
    write_whole(Path(sys.argv[1]), {"small.json": b"1" * 1_000, "ledger.parquet": b"2" * 9_000, "receipt.json": b"3"})
except Exception as error:
    sys.exit(str(error))
"""


def write_with_little_room(folder):
    """Write a study where a file cannot grow beyond 5,000 bytes, as on a disk that is full."""
    return subprocess.run([sys.executable, "-c", LIMITED, str(folder)], capture_output=True, text=True, check=False)


def test_a_disk_that_is_full_leaves_nothing_and_says_what_to_do(tmp_path):
    answer = write_with_little_room(tmp_path / "study")
    assert answer.returncode == 1
    assert "cannot be written" in answer.stderr
    assert "Free space or choose another folder with --out" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_leaves_an_earlier_study_as_it_was(tmp_path):
    folder = tmp_path / "study"
    write_whole(folder, STUDY)
    assert write_with_little_room(folder).returncode == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == STUDY
    assert list(tmp_path.iterdir()) == [folder]


def test_a_study_that_replaces_another_leaves_no_file_of_it(tmp_path):
    receipt = b'{"files": {"events.parquet": "", "summary.json": ""}}'
    write_whole(tmp_path / "study", {"events.parquet": b"1", "summary.json": b"1", "receipt.json": receipt})
    (tmp_path / "study" / "notes.txt").write_text("of the analyst")
    write_whole(tmp_path / "study", {"summary.json": b"2", "receipt.json": b"{}"})
    assert sorted(path.name for path in (tmp_path / "study").iterdir()) == [
        "notes.txt",
        "receipt.json",
        "summary.json",
    ]


def test_a_folder_that_cannot_be_written_is_refused_before_the_first_replication(tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setattr("keten.study.run.replicate_all", None)  # calling it would fail
    for out in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(SystemExit) as ended:
            main(["study", "run", str(LETTER / "most-likely.toml"), "--out", str(out)])
        assert ended.value.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


# Ctrl-C --------------------------------------------------------------------------------------------------------------

TELLING = """
import signal
import sys
from contextlib import contextmanager
from keten.cli import main, output

signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background are deaf to the keys

@contextmanager
def telling(title, total, *, quiet):
    yield lambda done: print("done", done, flush=True)

output.progress_bar = telling
if __name__ == "__main__":
    main(sys.argv[1:])
"""


def test_ctrl_c_in_the_middle_of_a_study_leaves_nothing_and_nobody(tmp_path):
    """The keys reach every process of the terminal; sent when the third result is in, while others run."""
    program = tmp_path / "telling.py"
    program.write_text(TELLING)
    out = tmp_path / "out" / "study"
    command = ["study", "run", str(LETTER / "most-likely.toml"), "--out", str(out), "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, str(program), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        for line in running.stdout:
            if line == "done 3\n":
                os.killpg(running.pid, signal.SIGINT)
        # Reading ends when the last process that could write has ended: no worker is left behind.
        told = running.stderr.read()
    assert running.returncode == 130
    assert told == "Stopped. Nothing half-written was left behind.\n"
    assert list(tmp_path.iterdir()) == [program]


# Bad input -----------------------------------------------------------------------------------------------------------

ACCOUNT = """
owner = "Analyst"
reason = "To see what is refused."
source = "https://zoek.officielebekendmakingen.nl/kst-19637-3156.html"
"""
BELOW_ZERO = (
    """
[[capacity.baa_officers]]
from = 2023-05-01
value = -1
"""
    + ACCOUNT
)
TOO_MANY_PEOPLE = (
    """
[[staff.projects]]
name = "Everyone to the project"
lender = "decision_officers_track_1"
borrower = "decision_officers_track_4"
fte = 5000
from = 2023-06-01
"""
    + ACCOUNT
)
HOMES_AS_PEOPLE = (
    """
[[staff.hires]]
resource = "municipal_homes"
fte = 10
requested_on = 2023-06-01
"""
    + ACCOUNT
)
BACKWARDS = (
    """
[[staff.leave]]
resource = "decision_officers_track_4"
share = 0.5
from = 2023-08-01
until = 2023-07-01
"""
    + ACCOUNT
)
BEFORE_THE_START = ("horizon = 2024-12-31", "horizon = 2022-12-31")
MISSPELT = ("[policies.decision_officers_track_4]", "[policies.decision_oficers_track_4]")
NOBODY_COUNTED = ("reference_date = 2023-04-30", "reference_date = 2021-06-15")


@pytest.mark.parametrize(
    ("changes", "more", "told"),
    [
        ([], BELOW_ZERO, ["capacity cannot be negative (use 0 to close a resource)"]),
        ([BEFORE_THE_START], "", ["horizon 2022-12-31 must lie after reference_date 2023-04-30"]),
        ([], TOO_MANY_PEOPLE, ["draw 5,000 fte from 2023-06-01 on, and there are", "or hire first"]),
        ([], HOMES_AS_PEOPLE, ["counted in persons, not in hours of people", "[[capacity.municipal_homes]]"]),
        ([], BACKWARDS, ["from and until (2023-08-01 and 2023-07-01): the first must lie before the second"]),
        ([MISSPELT, NOBODY_COUNTED], "", ["did you mean decision_officers_track_4", "stock of track_4 on 2021-06-15"]),
        (
            [BEFORE_THE_START, MISSPELT],
            BELOW_ZERO + BACKWARDS,
            ["capacity cannot be negative", "must lie after", "the first must lie before", "did you mean"],
        ),
        ([BEFORE_THE_START], BELOW_ZERO + TOO_MANY_PEOPLE, ["be negative", "must lie after", "draw 5,000 fte"]),
    ],
)
def test_what_cannot_be_is_refused_with_everything_that_is_wrong(tmp_path, changes, more, told):
    with pytest.raises(ScenarioError) as refused:
        read_inputs(scenario(tmp_path, *changes, more=more))
    for words in told:
        assert words in str(refused.value)


def test_a_refused_scenario_has_exit_code_5(tmp_path, capsys):
    path = scenario(tmp_path, BEFORE_THE_START, more=BELOW_ZERO + TOO_MANY_PEOPLE)
    with pytest.raises(SystemExit) as ended:
        main(["study", "run", str(path), "--out", str(tmp_path / "out")])
    assert ended.value.code == 5
    assert "3 problems" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_name_is_no_way_out_of_a_study(tmp_path):
    """A receipt from elsewhere cannot make the replacement of a study remove other files."""
    beside = tmp_path / "beside.txt"
    beside.write_text("keep")
    write_whole(tmp_path / "study", {"receipt.json": b'{"files": {"../beside.txt": ""}}'})
    write_whole(tmp_path / "study", {"receipt.json": b"{}"})
    assert beside.exists()
