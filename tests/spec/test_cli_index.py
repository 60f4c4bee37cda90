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


def commands_with(command, name, path=""):
    """Every command with an option of that name, with its path."""
    for word, part in getattr(command, "commands", {}).items():
        yield from commands_with(part, name, f"{path} {word}".strip())
    for option in command.params:
        if name in option.opts:
            yield path, command


COMMANDS = dict(commands_with(typer.main.get_command(build()), "--seed"))


def test_a_seed_can_be_given_to_every_command_that_draws():
    assert {"study run", "study seek", "study tornado", "choice predict"} <= set(COMMANDS)


def given_to(path):
    """Something for everything that a command asks for, so that only the seed is wrong."""
    for option in COMMANDS[path].params:
        if option.required:
            yield from ([option.opts[0]] if option.opts[0].startswith("-") else [])
            yield "1"


@pytest.mark.parametrize("path", sorted(COMMANDS))
@pytest.mark.parametrize("seed", ["-1", str(2**63), "9" * 30, "1e5", "nan"])
def test_a_seed_that_cannot_be_is_refused_in_words_before_anything_runs(path, seed, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*path.split(), *given_to(path), f"--seed={seed}"])
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert "--seed" in said.err
    assert "Traceback" not in said.err


def counts():
    """Every command with a number of replications or processes, and the most that it takes."""
    for option, most in (("--replications", "10,000"), ("--maximum", "10,000"), ("--workers", "512")):
        for path, command in commands_with(typer.main.get_command(build()), option):
            if path != "penalty":  # there a maximum is an amount
                yield pytest.param(path, command, option, most, id=f"{path} {option}")


@pytest.mark.parametrize(("path", "command", "option", "most"), list(counts()))
def test_a_number_that_no_machine_can_do_is_refused_in_words_before_anything_runs(path, command, option, most, capsys):
    given = [
        word for one in command.params if one.required for word in ([one.opts[0]] * one.opts[0].startswith("-") + ["1"])
    ]
    for value, told in ((1_000_001, f"is more than {most}"), (0, "is too few"), (-1, "is too few")):
        with pytest.raises(SystemExit) as ended:
            main([*path.split(), *given, f"{option}={value}"])
        said = capsys.readouterr().err
        assert ended.value.code == 2
        assert f"{option} {value}: {told}" in said
