# SPDX-License-Identifier: EUPL-1.2
"""Print the benchmark table and write `out/bench.json`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import Row, collect, topics

OUT = Path(__file__).resolve().parents[1] / "out" / "bench.json"
WIDTH = 140
"""Of the table in a file or a log."""


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _table(rows: list[Row]) -> Table:
    table = Table(title="Benchmarks", title_justify="left", header_style="bold")
    for name in ("what", "unit"):
        table.add_column(name)
    for name in ("ours", "peer", "its value", "times better"):
        table.add_column(name, justify="left" if name == "peer" else "right", no_wrap=name != "peer")
    table.add_column("note")
    for row in rows:
        numbers = (_number(row.ours), row.peer, _number(row.peer_value), _number(row.ratio))
        table.add_row(row.name, row.unit, *numbers, row.note)
    return table


def main() -> None:
    """Measure the topics asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", choices=[[], *topics()], default=[], help="only these")
    chosen = parser.parse_args().topics or topics()
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    rows: list[Row] = []
    with console.status("Measuring ...") as status_line:
        for topic in chosen:
            status_line.update(f"Measuring {topic} ...")
            rows.extend(collect([topic]))
    console.print(_table(rows))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([row.as_json() for row in rows], indent=2) + "\n", encoding="utf-8")
    console.print(f"written: {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")


if __name__ == "__main__":
    main()
