# SPDX-License-Identifier: EUPL-1.2
"""A command starts without loading what only others need, and the help knows them all the same."""

import subprocess
import sys

import pytest
import typer.main

from keten.cli import build, index, main

HEAVY = {"numba", "numpy", "polars", "pydantic"}


def paths(app):
    """The commands of a command line, as they are typed."""
    found = set()
    for name, command in typer.main.get_command(app).commands.items():
        parts = getattr(command, "commands", None)
        found |= {f"{name} {part}" for part in parts} if parts is not None else {name}
    return found


def loaded_by(*words):
    """The large libraries that a command line loads before it does its work."""
    asked = f"import sys, keten.cli; keten.cli.build({list(words)!r}); print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return HEAVY & set(answer.stdout.split())


@pytest.mark.parametrize("words", [(), ("study", "run"), ("no-such-command",)])
def test_the_core_is_not_loaded_before_it_is_needed(words):
    assert loaded_by(*words) == set()


@pytest.mark.parametrize("words", [("--help",), ()])
def test_the_help_is_the_same_as_when_everything_is_loaded(words, capsys, monkeypatch):
    def told():
        with pytest.raises(SystemExit):
            main(list(words))
        return capsys.readouterr()

    light = told()
    monkeypatch.setattr(index, "is_needed", lambda _module, _words: True)
    assert told() == light, "the index of commands (src/keten/cli/index.py) is not what the files say"


@pytest.mark.parametrize("path", sorted(paths(build())))
def test_every_command_can_be_reached_through_the_index(path):
    assert path in paths(build(path.split())), f"the index does not lead to {path}"


def test_the_help_of_a_group_shows_all_its_commands():
    everything = {path for path in paths(build()) if path.startswith("study ")}
    assert everything <= paths(build(["study"]))


def test_a_misspelt_command_is_told_the_nearest(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["studdy"])
    assert ended.value.code == 2
    assert "study" in capsys.readouterr().err
