# SPDX-License-Identifier: EUPL-1.2
"""A scenario read from a file, on top of its base, or from what a receipt or a database holds."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from keten.domain.errors import Problem, ScenarioError
from keten.domain.toml_text import toml_text
from keten.scenario.bounds import beyond, bounds, too_deep
from keten.scenario.model import Scenario, plain


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file, on top of its `base` when it names one.

    Raises
    ------
    ScenarioError
        With every problem of the file.
    """
    return as_scenario(_with_base(path, seen=()), str(path))


def as_scenario(content: object, subject: str) -> Scenario:
    """Read a scenario from what a file, a receipt or a database holds.

    Raises
    ------
    ScenarioError
        With every problem of it.
    """
    try:
        return Scenario.model_validate(content)
    except ValidationError as error:
        raise ScenarioError(
            subject,
            [
                Problem(
                    ".".join(str(part) for part in detail["loc"]) or "the scenario as a whole",
                    f"{plain(detail['msg'])}.",
                    _remedy(detail["type"], str(detail["loc"][-1]) if detail["loc"] else ""),
                )
                for detail in error.errors(include_url=False, include_input=False)
            ],
        ) from None


def readable_part(path: Path) -> Scenario | None:
    """Read what is sound in a scenario file with problems, to see what else is wrong; None when too little is sound.

    A horizon that cannot be is put a year after the reference date.
    """
    content = _with_base(path, seen=())
    try:
        Scenario.model_validate(content)
    except ValidationError as error:
        for detail in error.errors():
            content.pop(str(detail["loc"][0]) if detail["loc"] else "", None)
    reference_date = content.get("reference_date")
    if isinstance(reference_date, date):
        content.setdefault("horizon", reference_date + timedelta(days=365))
    try:
        return Scenario.model_validate(content)
    except ValidationError:
        return None


def _with_base(path: Path, seen: tuple[Path, ...]) -> dict[str, object]:
    try:
        path = path.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise _unreadable(path, error) from None
    if too_many := beyond("bases", len(seen)):
        raise ScenarioError(str(path), [Problem("base", f"{too_many}.", "Write what they change in one scenario.")])
    if path in seen:
        raise ScenarioError(
            str(path), [Problem("base", "the scenarios name each other as their base.", "Break the circle.")]
        )
    try:
        content = _content(path)
    except FileNotFoundError:
        known = ", ".join(sorted(found.name for found in path.parent.glob("*.toml"))) or "none"
        raise ScenarioError(
            str(path), [Problem("file", "there is no such file.", f"Scenarios in that folder: {known}.")]
        ) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    except ValueError as error:  # of TOML, of UTF-8, or a number of thousands of digits
        told = isinstance(error, tomllib.TOMLDecodeError | UnicodeDecodeError)
        said = f"it is not TOML: {error}" if told else "it holds a number or a day that nobody can count"
        raise ScenarioError(str(path), [Problem("file", f"{said}.", "Correct that line.")]) from None
    base = content.pop("base", None)
    if base is None:
        return content
    if not isinstance(base, str):
        remedy = 'Give the name of a file: base = "most-likely.toml".'
        raise ScenarioError(str(path), [Problem("base", "it is not the name of a scenario.", remedy)])
    return _merged(_with_base(path.parent / str(base), (*seen, path)), content)


def _content(path: Path) -> dict[str, Any]:
    """Read a file of TOML that is not too large and not too deep, for a scenario.

    Raises
    ------
    ScenarioError
        When it is too large or too deep, or is no file.
    OSError, ValueError
        When it cannot be read, or is no TOML.
    """
    if path.exists() and not path.is_file():  # a pipe or a device has no end, or waits for ever
        kind = "a folder" if path.is_dir() else "a pipe or a device"
        raise ScenarioError(str(path), [Problem("file", f"it is {kind}, not a file.", "Give the file of a scenario.")])
    with path.open("rb") as file:
        raw = file.read(bounds().size("bytes_of_a_file").high + 1)
    said = beyond("bytes_of_a_file", len(raw))
    content: dict[str, Any] = {}
    if not said:
        try:
            content = tomllib.loads(toml_text(raw))
        except RecursionError:
            said = "the tables lie too deep within each other to be read"
    if said := said or too_deep(content):
        raise ScenarioError(str(path), [Problem("file", f"{said}.", "Write it shorter, or put it in more than one.")])
    return content


def _unreadable(path: Path, error: Exception) -> ScenarioError:
    said = getattr(error, "strerror", None) or error
    return ScenarioError(str(path), [Problem("file", f"it cannot be read: {said}.", "Give the file of a scenario.")])


def _merged(under: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    """Lay one table over another; a value with its account replaces the old one whole."""
    result = dict(under)
    for key, value in over.items():
        old = result.get(key)
        replaces = isinstance(value, dict) and "owner" in value
        result[key] = (
            _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) and not replaces else value
        )
    return result


def _remedy(kind: str, field: str) -> str:
    if kind == "missing" and field in ("owner", "reason", "source"):
        return "Every changed value carries owner, reason and source: say who wants it, why, and where it comes from."
    if kind == "missing":
        return f"Add {field}."
    if kind == "extra_forbidden":
        return "Check the spelling, or leave it out."
    return "Correct it and run again."
