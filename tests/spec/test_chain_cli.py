# SPDX-License-Identifier: EUPL-1.2
"""`keten chain` on the command line: what it prints, and with which exit code it ends."""

import json

import pytest
import yaml
from chains import SMALL, tables_of

from keten.cli import main
from keten.parameters.load import TABLES


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    """Run the command line and give its exit code, what it printed, and what it said on stderr."""
    with pytest.raises(SystemExit) as ended:
        main(["chain", *arguments])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.fixture
def folder(tmp_path):
    for name, rows in tables_of(SMALL).items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    return tmp_path


def test_check_says_that_the_tables_fit_together(capsys):
    code, out, err = run(capsys, "check")
    assert (code, err) == (0, "")
    assert "published" in out and "assumptions with a reason" in out


def test_check_of_a_folder_as_json(capsys, folder):
    code, out, _ = run(capsys, "check", str(folder), "--json")
    found = json.loads(out)
    assert (code, found["consistent"]) == (0, True)
    assert found["rows"]["stages"] == 4
    assert found["numbers"] == {"published": 0, "assumptions": 7}


def test_check_refuses_a_broken_folder_with_all_problems_and_two_ways_out(capsys, folder):
    (folder / "services.yaml").write_text("[]", encoding="utf-8")
    code, out, err = run(capsys, "check", str(folder), "--json")
    assert (code, out) == (3, "")
    assert "2 problems" in err
    assert "no resource does the work for first_other, first_syria." in err
    assert err.count("Either ") == 2


def test_check_of_a_folder_that_is_not_there(capsys, tmp_path):
    code, _, err = run(capsys, "check", str(tmp_path / "nothing"))
    assert code == 3
    assert "there is no such folder" in err


@pytest.mark.parametrize("table", [name.replace("_", "-") for name in TABLES])
def test_show_prints_every_table(capsys, folder, table):
    code, out, _ = run(capsys, "show", table, "--folder", str(folder))
    assert (code, out != "") == (0, True)
    code, out, _ = run(capsys, "show", table, "--folder", str(folder), "--json")
    assert (code, type(json.loads(out))) == (0, list)


def test_show_as_json_gives_the_whole_row(capsys, folder):
    _, out, _ = run(capsys, "show", "resources", "--folder", str(folder), "--json")
    (officers,) = json.loads(out)
    assert officers["capacity"][0]["value"] == 16
    assert officers["capacity"][0]["assumption"] == "test"


def test_show_of_an_unknown_table_names_the_nearest(capsys):
    code, _, err = run(capsys, "show", "stags")
    assert code == 2
    assert "did you mean stages?" in err


def test_picture_is_written_to_a_file(capsys, tmp_path):
    file = tmp_path / "new" / "chain.svg"
    assert run(capsys, "picture", "--out", str(file), "--language", "nl") == (0, "", "")
    assert "De asielketen" in file.read_text(encoding="utf-8")
    _, out, _ = run(capsys, "picture", "--out", str(file), "--json")
    assert json.loads(out) == {"written": str(file)}


def test_picture_goes_to_stdout_without_a_file(capsys):
    code, out, _ = run(capsys, "picture")
    assert code == 0
    assert out.startswith("<svg") and "The asylum chain" in out
    _, out, _ = run(capsys, "picture", "--json")
    assert json.loads(out)["svg"].startswith("<svg")


def test_picture_that_cannot_be_written(capsys, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, err = run(capsys, "picture", "--out", str(tmp_path / "file" / "chain.svg"))
    assert code == 2
    assert "Choose another file with --out." in err


def test_reference_prints_the_page(capsys):
    code, out, _ = run(capsys, "reference")
    assert code == 0
    assert "## Handover points" in out
    _, out, _ = run(capsys, "reference", "--json")
    assert "## Stages" in json.loads(out)["markdown"]
