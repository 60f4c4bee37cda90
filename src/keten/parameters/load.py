# SPDX-License-Identifier: EUPL-1.2
"""Read the chain tables from YAML files: one file per table, one list of rows per file.

All problems of all files are collected before one error is raised, so that a keeper of the tables can repair a folder
in one go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from keten.domain.errors import ParameterError, Problem
from keten.domain.yaml_text import parse_yaml
from keten.parameters.chain import Chain
from keten.parameters.check import nearest, problems_of
from keten.parameters.values import Row

PACKAGED_CHAIN = Path(__file__).parent / "chain"
"""The chain tables that come with Keten."""

TABLES: dict[str, type[Row]] = {
    name: next(part for part in get_args(field.annotation) if isinstance(part, type) and issubclass(part, Row))
    for name, field in Chain.model_fields.items()
}
"""Name of each table with the type of its rows; the file of a table is `<name>.yaml`."""

# A row may say once what holds for several stages: the shares of AA, AA+ and VA are equal for a case class.
_REPEATED_PER_STAGE = frozenset({"routes", "services"})

_WHAT_TO_DO = {
    "extra_forbidden": "Either correct the spelling of the field, or remove it.",
    "missing": "Either add the field, or remove the row.",
}


def load_chain(folder: Path | None = None) -> Chain:
    """Read the chain tables and check that they fit together.

    Parameters
    ----------
    folder
        Folder with one YAML file per table; by default the tables that come with Keten.

    Raises
    ------
    ParameterError
        With every problem of every file: a missing file, a row that cannot be read, tables that do not fit together.
    """
    return _packaged() if folder is None else read_chain(folder)


@cache
def _packaged() -> Chain:
    return read_chain(PACKAGED_CHAIN)


def read_chain(folder: Path) -> Chain:
    """Read and check the tables of a folder; see `load_chain`."""
    if not folder.is_dir():
        raise ParameterError(
            f"The chain in {folder}",
            [Problem(str(folder), "there is no such folder.", "Correct the path, or copy the tables of Keten there.")],
        )
    tables = {name: _read_table(folder / f"{name}.yaml", row_type) for name, row_type in TABLES.items()}
    unreadable = [problem for table in tables.values() for problem in table.problems]
    if unreadable:
        raise ParameterError(f"The chain in {folder}", unreadable)
    chain = Chain.model_validate({name: table.rows for name, table in tables.items()})
    inconsistent = problems_of(chain)
    if inconsistent:
        raise ParameterError(f"The chain in {folder}", inconsistent)
    return chain


@dataclass(frozen=True)
class _Table:
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def _read_table(file: Path, row_type: type[Row]) -> _Table:
    raw = _read_list(file)
    if isinstance(raw, Problem):
        return _Table(problems=(raw,))
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, content in enumerate(raw, start=1):
        for part in _repeated_per_stage(file.stem, content):
            try:
                rows.append(row_type.model_validate(part))
            except ValidationError as error:
                where = f"{file.name}, row {number}{_named(part)}"
                problems += [_problem(where, detail, row_type) for detail in error.errors()]
    return _Table(tuple(rows), tuple(dict.fromkeys(problems)))


def _read_list(file: Path) -> list[Any] | Problem:
    if not file.is_file():
        return Problem(file.name, "this table is missing.", "Add the file, or copy the one that comes with Keten.")
    try:
        raw = parse_yaml(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        return Problem(file.name, f"this is not YAML: {' '.join(str(error).split())}.", "Correct the line.")
    if not isinstance(raw, list):
        return Problem(file.name, "a table is a list of rows.", "Start each row with a dash.")
    return raw


def _repeated_per_stage(table: str, content: Any) -> Iterator[Any]:
    stages = content.get("stage") if isinstance(content, dict) else None
    if table in _REPEATED_PER_STAGE and isinstance(stages, list):
        yield from ({**content, "stage": stage} for stage in stages)
    else:
        yield content


def _named(content: Any) -> str:
    if not isinstance(content, dict):
        return ""
    name = content.get("id") or " -> ".join(str(content[key]) for key in ("stage", "to") if content.get(key))
    return f" ({name})" if name else ""


def _problem(where: str, detail: ErrorDetails, row_type: type[Row]) -> Problem:
    place = ".".join(str(part) for part in detail["loc"])
    # Our own messages say what is wrong and, after a semicolon, what to do.
    what, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
    remedy = f"{remedy[0].upper()}{remedy[1:]}." if remedy else _WHAT_TO_DO.get(detail["type"], "Correct the value.")
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        known = [field.alias or name for name, field in row_type.model_fields.items()]
        what = f"this field does not exist{nearest(place, known)}"
    return Problem(f"{where}, {place}" if place else where, f"{what.rstrip('.')}.", remedy)
