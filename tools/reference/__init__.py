# SPDX-License-Identifier: EUPL-1.2
"""Documents that are made from the code. Every file here has a `PAGE` and a function `render() -> str`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def documents() -> Iterator[tuple[Path, str]]:
    """Give each generated document: where it stands and what should be in it."""
    for document in modules():
        yield ROOT / document.PAGE, document.render()


def modules() -> Iterator[Any]:
    """Give each module that makes a document."""
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name != "__main__"):
        yield importlib.import_module(f"{__name__}.{module}")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
