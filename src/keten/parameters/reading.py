# SPDX-License-Identifier: EUPL-1.2
"""Read a parameter file as what it must be, and say everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from keten.domain.errors import ParameterError, Problem
from keten.domain.yaml_text import parse_yaml


def read_parameters(path: Path, content: Any) -> Any:
    """Read a YAML file and check it against a type: a row model, or a tuple of them.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    try:
        return TypeAdapter(content).validate_python(parse_yaml(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problem = Problem("file", f"it cannot be read: {error}.", "Correct the file and load again.")
        raise ParameterError(path.name, [problem]) from None
    except ValidationError as error:
        problems = [
            Problem(".".join(map(str, detail["loc"])), f"{_plain(detail['msg'])}.", "Correct the row and load again.")
            for detail in error.errors()
        ]
        raise ParameterError(path.name, problems) from None


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")
