# SPDX-License-Identifier: EUPL-1.2
"""The one door through which the folder of a study is read: what is not as promised is refused in words.

Whoever reads a folder did not always write it: a disk was full, a file was cut or edited, another version made it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from keten.domain.errors import Problem, ScenarioError, UsageError
from keten.scenario.model import Scenario
from keten.scenario.read import as_scenario
from keten.study.receipt import RECEIPT

AGAIN = "Run the study again with this version: `keten study run SCENARIO --out FOLDER`."
INPUTS = ("code", "parameters", "observations", "scenario")
"""What a receipt holds a hash of."""


def _plain_name(name: str) -> str:
    if name in {"", ".", ".."} or Path(name).name != name:
        raise ValueError(f"{name!r} is not the name of a file in the folder")
    return name


def _with_all(inputs: dict[str, str]) -> dict[str, str]:
    if missing := [name for name in INPUTS if name not in inputs]:
        raise ValueError(f"it has no hash of {', '.join(missing)}")
    return inputs


class _Receipt(BaseModel):
    """What every receipt of this version holds; more may stand in it."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

    name: str
    code_version: str
    seed: int = Field(ge=0, lt=2**63)
    replications: int = Field(ge=1, le=1_000_000)
    events: bool
    reference_date: Annotated[date, Field(strict=False)]
    horizon: Annotated[date, Field(strict=False)]
    inputs: Annotated[dict[str, str], AfterValidator(_with_all)]
    scenario: dict[str, Any]
    files: dict[Annotated[str, AfterValidator(_plain_name)], str]
    output_hash: str


def read_receipt(folder: Path) -> dict[str, Any]:
    """Read the receipt of a study, complete enough to run and compare it.

    Raises
    ------
    UsageError
        When the folder holds no complete study, or the receipt is not one of this version; every problem is listed.
    """
    receipt = read_document(folder, RECEIPT)
    try:
        _Receipt.model_validate(receipt)
    except ValidationError as error:
        by = f" (it was made by version {receipt['code_version']})" if receipt.get("code_version") else ""
        raise UsageError(
            str(folder),
            [
                Problem(
                    f"{RECEIPT}: {'.'.join(map(str, row['loc']))}",
                    f"is not as this version writes it{by}: {row['msg'].removeprefix('Value error, ').rstrip('.')}.",
                    AGAIN,
                )
                for row in error.errors(include_url=False, include_input=False)
            ],
        ) from None
    return receipt


def scenario_of(folder: Path, receipt: Mapping[str, Any]) -> Scenario:
    """Read the scenario of a study from its receipt.

    Raises
    ------
    UsageError
        When it is no scenario of this version.
    """
    try:
        return as_scenario(receipt.get("scenario"), str(folder))
    except ScenarioError as error:
        problems = [
            Problem(f"{RECEIPT}: scenario.{problem.where}", f"this version cannot read it: {problem.what}", AGAIN)
            for problem in error.problems
        ]
        raise UsageError(str(folder), problems) from None


def read_document(folder: Path, name: str) -> dict[str, Any]:
    """Read a JSON file of a study.

    Raises
    ------
    UsageError
        When it is not there, or does not hold a JSON object.
    """
    remedy = "Give the folder that `keten study run ... --out` wrote, or run the study again."
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"), parse_constant=_no_number)
    except (OSError, ValueError, RecursionError):
        raise UsageError(str(folder), [Problem(name, "is not there or is not JSON.", remedy)]) from None
    if not isinstance(content, dict):
        raise UsageError(str(folder), [Problem(name, "does not hold what a study writes there.", remedy)])
    return content


def _no_number(said: str) -> float:
    raise ValueError(f"{said} is no number")


def read_table(folder: Path, name: str, *, replications: int | None = None) -> pl.DataFrame | None:
    """Read a table of a study; None when the folder does not have it.

    With a number only the rows of the first so many replications.

    Raises
    ------
    UsageError
        When the file is cut or is no table.
    """
    path = folder / f"{name}.parquet"
    if not path.is_file():
        return None
    try:
        rows = pl.scan_parquet(path)
        return (rows if replications is None else rows.filter(pl.col("replication") < replications)).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UsageError(str(folder), [_cut(path.name, error)]) from None


def table_problems(folder: Path, names: Iterable[str]) -> Iterator[Problem]:
    """Find the tables that a folder should have and that are not there or are cut, without reading their rows."""
    for name in names:
        try:
            pl.read_parquet_schema(folder / name)
        except FileNotFoundError:
            yield Problem(name, "is missing.", AGAIN)
        except (OSError, pl.exceptions.PolarsError) as error:
            yield _cut(name, error)


def _cut(name: str, error: Exception) -> Problem:
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return Problem(name, f"is cut off or is no table ({said}).", AGAIN)
