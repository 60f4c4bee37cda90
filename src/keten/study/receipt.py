# SPDX-License-Identifier: EUPL-1.2
"""The receipt of a study: what went in, what came out, and hashes of both, so that anyone can do it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keten
from keten.domain.digest import hash_of, hash_of_files
from keten.study.inputs import Inputs

RECEIPT = "receipt.json"
_PACKAGE = Path(keten.__file__).parent
_DATA_SUFFIXES = (".yaml", ".csv")
_LIBRARIES = ("numpy", "numba", "polars")


@cache
def hash_of_code() -> str:
    """Hash the code of the core: the version number alone would not tell two working copies apart.

    Once per process, as its code is read once.
    """
    return hash_of_files((file for file in _PACKAGE.rglob("*.py") if "cli" not in file.parts), _PACKAGE)


@cache
def hash_of_parameters() -> str:
    """Hash every packaged parameter: chain tables, law, opening stock, signal values, assumptions.

    Once per process, as they are read once.
    """
    found = (file for file in _PACKAGE.rglob("*") if file.suffix in _DATA_SUFFIXES)
    return hash_of_files((file for file in found if "published" not in file.parts), _PACKAGE)


def library_versions() -> dict[str, str]:
    """Versions of the libraries that a result depends on."""
    return {name: version(name) for name in _LIBRARIES}


def canonical(content: Any) -> bytes:
    """Write JSON in one way only: sorted keys, no spaces at will, a newline at the end."""
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def input_hashes(inputs: Inputs) -> dict[str, str]:
    """Hash everything that determines a study, apart from seed and replications."""
    return {
        "code": hash_of_code(),
        "parameters": hash_of_parameters(),
        "observations": inputs.figures.fingerprint(),
        "scenario": hash_of(canonical(scenario_document(inputs))),
    }


def deliveries_used(inputs: Inputs) -> list[str]:
    """Name the deliveries of a store that were known, in the order of their storing; none without a store."""
    stream = inputs.observations.stream if inputs.observations is not None else None
    found = sorted((one for one, _ in stream.parts), key=lambda one: one.sequence) if stream else []
    return [one.identifier for one in found]


def scenario_document(inputs: Inputs) -> dict[str, Any]:
    """Write the scenario out in full, its base merged in, so that it can be read back from the receipt."""
    document: dict[str, Any] = inputs.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return document


def make_receipt(
    inputs: Inputs, *, seed: int, replications: int, with_events: bool, outputs: Mapping[str, bytes]
) -> dict[str, Any]:
    """Make the receipt of a study from its inputs and the content of its files."""
    files = {name: hash_of(content) for name, content in sorted(outputs.items())}
    return {
        "name": inputs.scenario.name,
        "code_version": keten.__version__,
        "libraries": library_versions(),
        "inputs": input_hashes(inputs),
        "scenario": scenario_document(inputs),
        "reference_date": inputs.span.reference_date.isoformat(),
        "horizon": inputs.span.horizon.isoformat(),
        "known_on": inputs.known_on.isoformat(),
        "reading": inputs.reading.value,
        "seed": seed,
        "replications": replications,
        "events": with_events,
        "opening_stock": [_figure(figure) for figure in inputs.opening.figures],
        "inflow": [_year(year, inputs.plan.definition) for year in inputs.plan.years],
        "calibration": inputs.calibration_note,
        "snapshot": inputs.figures.fingerprint(),
        **({"deliveries": deliveries_used(inputs)} if inputs.observations is not None else {}),
        "files": files,
        "output_hash": hash_of(canonical(files)),
    }


def _figure(figure: Any) -> dict[str, Any]:
    return {
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "on": figure.on.isoformat(),
        "source": figure.provenance.source,
        "note": figure.provenance.note,
    }


def _year(year: Any, definition: str) -> dict[str, Any]:
    low, high = year.total.bounds
    return {
        "year": year.year,
        "definition": definition,
        "low": low,
        "mode": year.total.central,
        "high": high,
        "observed": year.observed,
        "observed_until": year.observed_until.isoformat() if year.observed_until else None,
        "source": year.total.source or f"assumption: {year.total.assumption}",
    }
