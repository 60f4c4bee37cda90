# SPDX-License-Identifier: EUPL-1.2
"""A study folder that is cut, edited or of another version is refused in words by everything that reads one."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from keten.cli import main
from keten.domain.errors import UsageError
from keten.scenario.effect import cut_off
from keten.scenario.read import read_scenario
from keten.study.folder import INPUTS, read_receipt
from keten.study.inputs import prepare
from keten.study.receipt import canonical
from keten.study.results import read_results
from keten.study.run import Settings, run_study

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folders") / "sound"
    run_study(
        prepare(cut_off(read_scenario(LETTER / "most-likely.toml"), date(2023, 6, 30))),
        Settings(replications=2),
        folder,
    )
    return folder


def cut(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def edited(change):
    def write(path):
        receipt = json.loads(path.read_text())
        change(receipt)
        path.write_text(json.dumps(receipt))

    return write


def without(name):
    return edited(lambda receipt: receipt.pop(name))


def set_to(name, value):
    return edited(lambda receipt: receipt.update({name: value}))


EVERYBODY = ("show", "compare", "explain", "verify")
RUNNERS = ("compare", "explain", "verify")
"""Who needs more of a receipt than that it is there: what is shown stands in the summary."""
HURT = {
    "a receipt of no bytes": ("receipt.json", lambda path: path.write_bytes(b""), EVERYBODY),
    "a receipt that is a list": ("receipt.json", lambda path: path.write_text("[]"), EVERYBODY),
    "a receipt with NaN": ("receipt.json", lambda path: path.write_text('{"seed": NaN}'), EVERYBODY),
    "a receipt that is too deep": ("receipt.json", lambda path: path.write_text("[" * 100_000), EVERYBODY),
    "a receipt that is no text": ("receipt.json", lambda path: path.write_bytes(b"\xff\xfe{}"), EVERYBODY),
    "an empty object": ("receipt.json", lambda path: path.write_text("{}"), RUNNERS),
    "a receipt cut in two": ("receipt.json", cut, EVERYBODY),
    "no receipt": ("receipt.json", Path.unlink, EVERYBODY),
    "no summary": ("summary.json", Path.unlink, ("show",)),
    "an empty summary": ("summary.json", lambda path: path.write_text("{}"), ("show",)),
    "a summary cut in two": ("summary.json", cut, ("show",)),
    "a ledger cut in two": ("ledger.parquet", cut, ("show", "compare")),
    "a ledger of no bytes": ("ledger.parquet", lambda path: path.write_bytes(b""), ("show", "compare")),
    "no ledger": ("ledger.parquet", Path.unlink, ("show", "compare")),
    "costs cut in two": ("costs.parquet", cut, ("show", "compare")),
    "a seed of words": ("receipt.json", set_to("seed", "seven"), RUNNERS),
    "a seed below zero": ("receipt.json", set_to("seed", -1), RUNNERS),
    "no replications": ("receipt.json", set_to("replications", 0), RUNNERS),
    "too many replications": ("receipt.json", set_to("replications", 10**12), RUNNERS),
    "a scenario of another version": ("receipt.json", set_to("scenario", {"name": "old"}), RUNNERS),
    "a file elsewhere": ("receipt.json", set_to("files", {"../../etc/passwd": ""}), RUNNERS),
    **{f"without {name}": ("receipt.json", without(name), RUNNERS)
       for name in ("seed", "replications", "events", "inputs", "scenario", "files", "horizon", "reference_date")},
    **{f"without the hash of {name}": (
        "receipt.json", edited(lambda receipt, name=name: receipt["inputs"].pop(name)), RUNNERS) for name in INPUTS},
}  # fmt: skip


def asked_of(command, folder, sound):
    return ["study", command, *([str(sound)] if command in ("compare", "explain") else []), str(folder)]


@pytest.mark.parametrize("how", HURT, ids=lambda how: how.replace(" ", "-"))
def test_a_folder_that_is_hurt_is_refused_in_words(sound, tmp_path, how, capsys):
    name, hurt, readers = HURT[how]
    folder = tmp_path / "hurt"
    shutil.copytree(sound, folder)
    hurt(folder / name)
    for command in readers:
        with pytest.raises(SystemExit) as ended:
            main(asked_of(command, folder, sound))
        told = capsys.readouterr().err
        assert ended.value.code in (2, 5), command
        assert name in told, command
        assert "Traceback" not in told
        assert "un the study again" in told, command


def test_a_sound_folder_is_read(sound, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["study", "show", str(sound), "--json"])
    assert not ended.value.code
    assert json.loads(capsys.readouterr().out)["scenario"] == read_receipt(sound)["name"]


def test_whoever_reads_results_says_everything_that_is_wrong(sound, tmp_path):
    folder = tmp_path / "hurt"
    shutil.copytree(sound, folder)
    cut(folder / "ledger.parquet")
    (folder / "costs.parquet").unlink()
    with pytest.raises(UsageError) as refused:
        read_results(folder)
    assert {problem.where for problem in refused.value.problems} == {"ledger.parquet", "costs.parquet"}


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf")])
def test_no_file_of_a_study_can_hold_a_number_that_is_none(odd):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"value": odd})
