# SPDX-License-Identifier: EUPL-1.2
"""Keep deliveries: the figures as Parquet, and beside them who delivered what and when. Whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import polars as pl

from keten.domain.digest import hash_of
from keten.domain.errors import DeliveryError, Problem
from keten.domain.language import Language, Words
from keten.domain.tables import Table
from keten.files import Limits, Workbook, read_sheets
from keten.observations.agreed import hold, refuse_what_cannot_be
from keten.observations.checking import Checked, check_cells, lacking
from keten.observations.judging import known_in
from keten.observations.known import Observations, best_known, load_published
from keten.observations.reading import Cells, NoTableError, find_cells, refused
from keten.observations.recipe import Recipe, cells_by, find_recipe, fitting
from keten.observations.snapshot import as_parquet, from_parquet
from keten.observations.stream import NOT_STATED, Delivery, Stream
from keten.observations.tables import PARTNERS, TABLES

__all__ = [
    "NOT_STATED",
    "Delivery",
    "Loaded",
    "check_delivery",
    "check_file",
    "deliveries",
    "figures",
    "load_delivery",
    "read_store",
]

FIGURES = "figures.parquet"
PROVENANCE_FILE = "provenance.json"
BEGAN_WITH = "published.parquet"
"""The published figures that a store began with: the snapshot that ships, put in with the first delivery."""
_LOCK = ".lock"


@dataclass(frozen=True)
class Loaded:
    """A delivery that was stored, and what it did to what was known: rows replaced, rows that were known already."""

    delivery: Delivery
    replaced: int
    unchanged: int
    warnings: tuple[Words, ...]


def check_delivery(
    path: Path,
    *,
    table_name: str | None,
    received_at: datetime,
    recipe: str | None = None,
    language: Language | None = None,
    sheet: str | None = None,
) -> Checked:
    """Read and check a delivery without storing it.

    Raises
    ------
    DeliveryError
        With every problem of the file.
    """
    return check_file(
        path.name, _content(path), table_name=table_name, received_at=received_at, recipe=recipe, language=language,
        sheet=sheet,
    )  # fmt: skip


def check_file(
    name: str,
    content: bytes,
    *,
    table_name: str | None,
    received_at: datetime,
    recipe: str | None = None,
    language: Language | None = None,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> Checked:
    """Read and check the content of a file, as it came by form or API; see `check_delivery`."""
    if table_name is not None and table_name not in TABLES:
        tables = ", ".join(TABLES)
        raise refused(
            name,
            Words(en=f"there is no table {table_name}.", nl=f"er is geen tabel {table_name}."),
            Words(en=f"Choose from {tables}.", nl=f"Kies uit {tables}."),
            Words(en="table", nl="tabel"),
        )
    by = find_recipe(recipe) if recipe else None
    workbook = read_sheets(name, content, limits, separator=by.separator if by else None)
    table, cells = _cells(workbook, by, table_name, sheet)
    return check_cells(
        cells, table, subject=name, received_on=received_at.date(), marks=by.marks if by else None,
        language=by.notation if by and by.notation else language,
    )  # fmt: skip


def _cells(workbook: Workbook, recipe: Recipe | None, table_name: str | None, sheet: str | None) -> tuple[Table, Cells]:
    if recipe is None or recipe.table is None:
        try:
            table, cells = find_cells(workbook, TABLES[table_name] if table_name else None, sheet)
        except NoTableError as refusal:
            raise (_of_another_office(workbook) or refusal) from None
        other = _of_another_office(workbook) if lacking(cells, table) else None
        if other:
            raise other
        return table, cells
    try:
        return cells_by(recipe, workbook, sheet)
    except DeliveryError as refusal:
        if table_name not in {None, recipe.table}:
            raise
        try:  # a table of Keten itself, with the signs that the recipe knows
            return find_cells(workbook, TABLES[table_name] if table_name else None, sheet)
        except DeliveryError:
            raise refusal from None


def _of_another_office(workbook: Workbook) -> DeliveryError | None:
    """Name the recipe by which a file can be read that is no table of Keten; None where there is none."""
    found = fitting(workbook)
    if not found:
        return None
    names = " / ".join(f"--recipe {recipe.id}" for recipe in found)
    return refused(
        workbook.name,
        Words(en=f"this is a file of another office ({found[0].en}); no recipe was named.",
              nl=f"dit is een bestand van een andere instantie ({found[0].nl}); er is geen recept genoemd."),
        Words(en=f"Read it by the recipe: {names}.", nl=f"Lees het met het recept: {names}."),
        Words(en="header", nl="kopregel"),
    )  # fmt: skip


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:  # no more than is needed to refuse it: a device has no end
            return file.read(Limits().bytes + 1)
    except OSError as error:
        raise refused(
            path.name,
            Words(en="there is no such file.", nl="dit bestand bestaat niet.")
            if isinstance(error, FileNotFoundError)
            else Words(en=f"it cannot be read: {error.strerror}.", nl=f"het is niet te lezen: {error.strerror}."),
            Words(en="Check the path.", nl="Controleer het pad."),
        ) from None


def load_delivery(
    path: Path,
    *,
    store: Path,
    received_at: datetime,
    delivered_by: str = NOT_STATED,
    table_name: str | None = None,
    recipe: str | None = None,
    language: Language | None = None,
    sheet: str | None = None,
    corrects: str | None = None,
) -> Loaded:
    """Check a delivery and store it whole, or refuse it and store nothing.

    The folder of a delivery is written beside its place and then renamed, so that a reader never sees half of one.

    Raises
    ------
    DeliveryError
        When the file has problems, the partner is unknown, the same file was stored before, or what it corrects does
        not exist.
    """
    content = _content(path)
    checked = check_file(
        path.name,
        content,
        table_name=table_name,
        received_at=received_at,
        recipe=recipe,
        language=language,
        sheet=sheet,
    )
    told = held_against_contracts(path.name, checked, read_store(store), giver=_partner(delivered_by))
    digest = hash_of(content)
    delivery = Delivery(
        checked.table.name, path.name, digest, delivered_by, received_at.astimezone(UTC), checked.frame.height,
        corrects=corrects, recipe=recipe,
    )  # fmt: skip
    _refuse_stranger(delivery)
    _refuse_repetition(delivery, store)
    with _locked(store):
        earlier = deliveries(store)
        _refuse_unknown_correction(delivery, earlier)
        _seed(store)
        delivery = replace(delivery, sequence=max((d.sequence for d in earlier), default=0) + 1)
        replaced, unchanged = _compared(checked, delivery, store)
        _write(checked.frame, delivery, store)
    return Loaded(delivery, replaced, unchanged, (*checked.warnings, *told))


def _partner(delivered_by: str) -> str | None:
    return None if delivered_by == NOT_STATED else delivered_by


def held_against_contracts(
    name: str, checked: Checked, observations: Observations, *, giver: str | None
) -> tuple[Words, ...]:
    """Hold a checked delivery against the contracts of its giver; gives what it would be asked about.

    Raises
    ------
    DeliveryError
        With everything that cannot be.
    """
    return refuse_what_cannot_be(name, hold(checked, known_in(observations), giver=giver))


def _write(figures: pl.DataFrame, delivery: Delivery, store: Path) -> None:
    place = store / delivery.table / delivery.identifier
    waiting = store / delivery.table / f".{delivery.identifier}-{uuid4().hex}"
    waiting.mkdir(parents=True)
    try:
        figures.write_parquet(waiting / FIGURES)
        (waiting / PROVENANCE_FILE).write_text(_as_json(delivery), encoding="utf-8")
        waiting.rename(place)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    """Let one delivery at a time take its number; where a system has no such lock, the order is that of receipt."""
    store.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl  # noqa: PLC0415  not on every system
    except ImportError:
        yield
        return
    with (store / _LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _compared(checked: Checked, delivery: Delivery, store: Path) -> tuple[int, int]:
    """Count the rows that change what was known of a fact, and those that say what was known already."""
    table = checked.table
    figures = [column.name for column in table.figures]
    held = read_stream(store).rows_that_hold(table.name)
    known = best_known(_began_with(store).table(table.name), table.key).with_columns(state=pl.lit("final"))
    columns = [*table.key, *figures, "state"]
    if held.height:
        known = pl.concat([held.select(columns), known.select(columns).cast(held.select(columns).schema)])
    known = known.select(columns).unique(subset=list(table.key), keep="first", maintain_order=True)
    both = checked.frame.select(columns).join(
        known, on=list(table.key), how="inner", suffix="_before", nulls_equal=True
    )
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_before")) for name in (*figures, "state"))
    unchanged = both.filter(same).height
    return both.height - unchanged, unchanged


def _as_json(delivery: Delivery) -> str:
    return json.dumps(_told(delivery), indent=2, allow_nan=False) + "\n"


def _told(delivery: Delivery) -> dict[str, object]:
    """Give what a store keeps of a delivery; days that nobody gave are left out."""
    days = {name: day.isoformat() for name in ("known_on", "withdrawn_on") if (day := getattr(delivery, name))}
    kept = {name: value for name, value in asdict(delivery).items() if name not in {"known_on", "withdrawn_on"}}
    return kept | {"received_at": delivery.received_at.isoformat()} | days


def _refuse_stranger(delivery: Delivery) -> None:
    if delivery.delivered_by not in (*PARTNERS, NOT_STATED):
        partners = ", ".join(PARTNERS)
        what = Words(en=f"{delivery.delivered_by!r} is not a chain partner.",
                     nl=f"{delivery.delivered_by!r} is geen ketenpartner.")  # fmt: skip
        remedy = Words(en=f"Choose from {partners}.", nl=f"Kies uit {partners}.")
        raise DeliveryError(
            delivery.file_name, [Problem(Words(en="delivered by", nl="aangeleverd door"), what, remedy)]
        )


def _refuse_repetition(delivery: Delivery, store: Path) -> None:
    for earlier in deliveries(store):
        if earlier.sha256 == delivery.sha256 and earlier.table == delivery.table:
            day, name = f"{earlier.received_at:%Y-%m-%d}", earlier.identifier
            raise refused(
                delivery.file_name,
                Words(en=f"this very file was stored on {day} ({name}).",
                      nl=f"precies dit bestand is bewaard op {day} ({name})."),
                Words(en="Nothing to do; deliver again when figures change.",
                      nl="Er hoeft niets te gebeuren; lever opnieuw aan als cijfers veranderen."),
            )  # fmt: skip


def _refuse_unknown_correction(delivery: Delivery, earlier: tuple[Delivery, ...]) -> None:
    if delivery.corrects is None:
        return
    names = [one.identifier for one in earlier if one.table == delivery.table]
    if delivery.corrects not in names:
        known = ", ".join(names) or "none"
        raise refused(
            delivery.file_name,
            Words(en=f"there is no delivery {delivery.corrects} of {delivery.table} to correct.",
                  nl=f"er is geen aanlevering {delivery.corrects} van {delivery.table} om te verbeteren."),
            Words(en=f"Choose from {known}.", nl=f"Kies uit {known}."),
            Words(en="corrects", nl="verbetert"),
        )  # fmt: skip


def deliveries(store: Path) -> tuple[Delivery, ...]:
    """List the deliveries of a store, oldest first."""
    found = []
    for path in store.glob(f"*/[!.]*/{PROVENANCE_FILE}"):
        raw = json.loads(path.read_text(encoding="utf-8"))
        days = {name: date.fromisoformat(raw[name]) for name in ("known_on", "withdrawn_on") if raw.get(name)}
        found.append(Delivery(**raw | {"received_at": datetime.fromisoformat(raw["received_at"])} | days))
    return tuple(sorted(found, key=lambda delivery: (delivery.received_at, delivery.sequence)))


def read_stream(store: Path) -> Stream:
    """Read every delivery of a store with its figures."""
    return Stream(
        tuple((one, pl.read_parquet(store / one.table / one.identifier / FIGURES)) for one in deliveries(store))
    )


def read_store(store: Path, base: Observations | None = None) -> Observations:
    """Add what the deliveries of a store make known to the published figures it began with (or to another base).

    A delivered row counts as known from its receipt and, as it comes from the partner itself, goes before published
    rows of the same fact; a row of another partner goes behind them.
    """
    observations = _began_with(store) if base is None else base
    return observations.with_stream(read_stream(store))


def figures(store: Path | None = None) -> Observations:
    """Give the figures a command works with: those of a store, or the snapshot that ships where none is named."""
    return load_published() if store is None else read_store(store)


def with_deliveries(store: Path, names: Sequence[str]) -> Observations:
    """Give the published figures of a store with the deliveries of these names, as a study used them."""
    return _began_with(store).with_stream(read_stream(store).only(names))


def _began_with(store: Path) -> Observations:
    path = store / BEGAN_WITH
    if not path.is_file():  # nothing was delivered yet, or before stores kept it
        return load_published()
    written = path.stat()
    return _read_once(path, written.st_mtime_ns, written.st_size)


@lru_cache(maxsize=4)
def _read_once(path: Path, _changed_at: int, _size: int) -> Observations:
    return from_parquet(path.read_bytes())


def _seed(store: Path) -> None:
    """Put the figures that ship in a store: with its first delivery, and again when Keten ships others."""
    path, ships = store / BEGAN_WITH, load_published()
    if path.is_file() and _began_with(store).fingerprint() == ships.fingerprint():
        return
    waiting = store / f".{BEGAN_WITH}-{uuid4().hex}"
    try:
        waiting.write_bytes(as_parquet(ships))
        waiting.rename(path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
