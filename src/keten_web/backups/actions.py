# SPDX-License-Identifier: EUPL-1.2
"""The whole database in one file with the studies of its runs, and back; all of it or nothing.

Rows are written by PostgreSQL's own COPY, in one snapshot, so a backup needs no program beside this one and goes from
any server to any other. The shape of the tables comes from the migrations that the backup names.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from psycopg import sql

from keten import __version__
from keten.domain.errors import DeliveryError, Problem, RunError, UsageError
from keten_web.accounts import actions as accounts
from keten_web.audit import actions as audit
from keten_web.audit import anchors, upgrades, verification
from keten_web.backups import manifest as manifests
from keten_web.backups import runs
from keten_web.backups.manifest import ANOTHER, Hashed, Manifest, Sequence, Table
from keten_web.deliveries import actions as deliveries
from keten_web.studies.models import State

FILLED_BY_MIGRATE = frozenset(
    {
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "auth_group",
        "auth_group_permissions",
        "accounts_partnerorganisation",
        "deliveries_delivery",
        "deliveries_deliveryevent",
        "deliveries_deliveredfigure",
    }
)
"""Tables that hold rows in a database in which nobody has done anything."""

OF_MIGRATE = ("migrate", "seal", "synchronise")
"""Events of the audit trail in such a database."""

SAME_TEXT_EVERYWHERE = (
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';"
    " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
)


def migrate() -> list[str]:
    """Bring the database to the shape of this version, partners and roles to the chain tables; say what was applied."""
    loader = MigrationLoader(connection)
    before = set(loader.applied_migrations)
    if before.issuperset(loader.graph.nodes):
        with audit.changing() as changes:
            _bring_in_line()
            changes.sign("synchronise", "chain tables", even_when_none=False, request=None, by=None)
        _seed()
        return []
    with upgrades.changing_shape("migrate", f"Keten {__version__}"):
        _bring_in_line()
    _seed()
    connection.close()  # so that the loader reads what is there now
    return [".".join(name) for name in sorted(set(MigrationLoader(connection).applied_migrations) - before)]


def _bring_in_line() -> None:
    """Bring tables, partners and roles to what this version says they are."""
    call_command("migrate", verbosity=0, interactive=False)
    accounts.synchronise_partners()
    accounts.synchronise_roles()


def _seed() -> None:
    """Put in the published figures that come with this version, where they are not there; signed."""
    if not deliveries.is_seeded():
        with audit.written("synchronise", lambda: "published figures", request=None, by=None):
            deliveries.seed()


# --- out --------------------------------------------------------------------------------------------------------------


def backup(path: Path) -> dict[str, Any]:
    """Write the database as it is at one moment to one file, readable by its owner only; whole or not at all.

    The folders of runs that are done come along. One that is not what its receipt says is left out, and told under
    `left_out`.

    Raises
    ------
    UsageError
        When the file is there already, or its folder is not, or the database has no tables (of this version).
    RunError
        When the file cannot be written, as on a full disk; nothing is left of it, and the audit trail says so.
    """
    if path.exists():
        raise UsageError(
            str(path), [Problem(str(path), "exists already.", "Choose another name; no backup is overwritten.")]
        )
    if not path.absolute().parent.is_dir():
        raise UsageError(str(path), [Problem(str(path.parent), "is not a folder.", "Make it first.")])
    with connection.cursor() as cursor:
        verification.refuse_another_shape(cursor, "A backup")
    audit.record("backup", path.name, request=None, by=None)
    try:
        return _written_whole(path).told()
    except OSError as error:
        why = f"could not be written: {error.strerror or error}."
        audit.record("backup", path.name, request=None, by=None, result="failed", reason=why)
        remedy = "Nothing is left of it. Free some space, or write it elsewhere."
        raise RunError(str(path), [Problem(path.name, why, remedy)]) from None


def _written_whole(path: Path) -> Manifest:
    with _whole_or_not_at_all(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with _snapshot() as cursor:
            kept, left_out = runs.copy_out(archive, _runs_that_are_done(cursor))
            made = Manifest(
                format=manifests.FORMAT,
                keten=__version__,
                postgresql=_scalar(cursor, "SHOW server_version"),
                made_at=timezone.now(),
                head=_scalar(cursor, "SELECT number || ':' || digest FROM audit_head"),
                migrations=tuple(_rows(cursor, "SELECT app, name FROM django_migrations ORDER BY app, name")),
                tables=tuple(_copy_out(cursor, archive, name) for name in _tables(cursor)),
                sequences=tuple(_sequences(cursor)),
                runs=tuple(kept),
                left_out=tuple(left_out),
            )
        archive.writestr(manifests.MANIFEST, made.model_dump_json(indent=1))
    return made


@contextmanager
def _whole_or_not_at_all(path: Path) -> Iterator[IO[bytes]]:
    handle, half = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}-")  # 0600 from the start
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


@contextmanager
def _snapshot() -> Iterator[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(SAME_TEXT_EVERYWHERE)
        yield cursor


def _copy_out(cursor: Any, archive: zipfile.ZipFile, name: str) -> Table:
    with archive.open(f"tables/{name}.copy", "w", force_zip64=True) as file:
        return _written(cursor, name, Hashed(file))


def _runs_that_are_done(cursor: Any) -> list[tuple[int, str]]:
    """Give number and hash of the outcome of every run that is done; none in a database that knows no runs yet."""
    if "studies_run" not in _tables(cursor):
        return []
    return _rows(cursor, "SELECT id, output_hash FROM studies_run WHERE state = %s ORDER BY id", (State.DONE.value,))


def _written(cursor: Any, name: str, hashed: Hashed) -> Table:
    """Write the rows of a table in the order of its key, and say what was written."""
    columns = _columns(cursor, name)
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _listed(columns), sql.Identifier(name), _listed(_key(cursor, name) or columns)
    )
    with cursor.copy(query) as rows:
        for some in rows:
            hashed.write(bytes(some))
    return Table(name=name, columns=columns, rows=hashed.rows, sha256=hashed.sha256.hexdigest())


# --- back -------------------------------------------------------------------------------------------------------------


def restore(path: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put the content of a backup in the database, in one transaction, and bring it to the shape of this version.

    The folders of runs take the place of those that are here, as the last thing before the transaction ends.

    Raises
    ------
    DeliveryError
        When the file is damaged or of a newer version; nothing was touched.
    UsageError
        When the database is not empty and may not be replaced; nothing was touched.
    """
    made = manifests.read(path)
    _refuse_newer(path, made)
    with (
        zipfile.ZipFile(path) as archive,
        runs.unpacked(archive, made.runs) as folders,
        transaction.atomic(durable=True),
        connection.cursor() as cursor,
    ):
        if not replace:
            _refuse_content(made, cursor)
        _as_then(cursor, made)
        _refuse_other_tables(path, made, cursor)
        _copy_in(cursor, archive, made)
        _compare(path, made, cursor)
        details = {"head": made.head, "replace": replace, "head_before": list(anchors.kept())}
        with upgrades.changing_shape("restore", path.name, code_is_new=True, details=details):
            _bring_in_line()
        _seed()
        folders.take_their_place()
        transaction.on_commit(lambda: anchors.keep(go_back=True))
    return made.told()


def _refuse_newer(path: Path, made: Manifest) -> None:
    known = set(MigrationLoader(None).disk_migrations)
    unknown = [name for name in made.migrations if name not in known]
    if unknown:
        remedy = f"Restore it with Keten {made.keten}, which made it, or a later version; this is {__version__}."
        raise DeliveryError(
            str(path),
            [
                Problem(".".join(name), "is a change of the tables this version does not know.", remedy)
                for name in unknown
            ],
        )


def _refuse_content(made: Manifest, cursor: Any) -> None:
    """Refuse to throw away rows or studies that nobody said could go."""
    filled = []
    tables = set(_tables(cursor)) - FILLED_BY_MIGRATE
    if "audit_event" not in tables or _only_migrated(cursor):
        tables -= {"audit_event", "audit_head", "pghistory_context"}
    for name in tables:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(name)))
        if cursor.fetchone()[0]:
            filled.append(name)
    remedy = "Restore to an empty database, or give --replace to throw away what is there; make a backup of it first."
    problems = [Problem(", ".join(sorted(filled)), "hold rows.", remedy)] if filled else []
    lost = runs.lost_by(made.runs)
    if lost:
        remedy = "Move these folders elsewhere, or give --replace to throw them away."
        problems.append(Problem(", ".join(lost), "hold studies that are not in this backup.", remedy))
    if problems:
        raise UsageError("The database", problems)


def _only_migrated(cursor: Any) -> bool:
    """Say whether the audit trail tells of nothing but the making of these tables."""
    cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM audit_event WHERE action <> ALL (%s))", [list(OF_MIGRATE)])
    return bool(cursor.fetchone()[0])


def _as_then(cursor: Any, made: Manifest) -> None:
    """Make the schema again in the shape it had when the backup was made."""
    cursor.execute("SELECT current_schema()")
    schema = sql.Identifier(cursor.fetchone()[0])
    cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema))
    cursor.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    executor = MigrationExecutor(connection)
    executor.migrate(_last_of_each_app(made, executor.loader))
    ContentType.objects.clear_cache()


def _last_of_each_app(made: Manifest, loader: MigrationLoader) -> list[tuple[str, str]]:
    then = set(made.migrations)
    nodes = loader.graph.node_map
    return sorted(
        name
        for name in then
        if name in nodes and not any(child.key[0] == name[0] and child.key in then for child in nodes[name].children)
    )


def _refuse_other_tables(path: Path, made: Manifest, cursor: Any) -> None:
    remedy = f"Restore it with Keten {made.keten}, which made it."
    here = {name: set(_columns(cursor, name)) for name in _tables(cursor)}
    then = {table.name: set(table.columns) for table in made.tables}
    problems = [
        Problem(name, "has other columns than the migrations make, or is not one of their tables.", remedy)
        for name in sorted(here.keys() | then.keys())
        if here.get(name) != then.get(name)
    ]
    if problems:
        raise DeliveryError(str(path), problems)


def _copy_in(cursor: Any, archive: zipfile.ZipFile, made: Manifest) -> None:
    tables = [sql.Identifier(table.name) for table in made.tables]
    for table in tables:  # rows come back as they were: nothing may stamp, link or refuse them
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
    with _without_foreign_keys(cursor):
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
        for table in made.tables:
            query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), _listed(table.columns))
            with archive.open(table.file) as file, cursor.copy(query) as rows:
                for some in Hashed(file).read_all():
                    rows.write(some)
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))
    for sequence in made.sequences:
        name = sql.Identifier(sequence.name).as_string(None)
        cursor.execute("SELECT setval(%s::regclass, %s, %s)", (name, sequence.last, sequence.is_called))


@contextmanager
def _without_foreign_keys(cursor: Any) -> Iterator[None]:
    """Fill tables in any order: rows may point at each other and at themselves, so no order would do.

    The keys are made again at the end, and PostgreSQL then looks at every row; deferring them would leave out those
    that cannot be deferred, and ask the same of millions of rows one by one.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait while tables change their shape
    keys = _rows(
        cursor,
        "SELECT relname, conname, pg_get_constraintdef(constraint_.oid) FROM pg_constraint constraint_"
        " JOIN pg_class ON pg_class.oid = conrelid WHERE contype = 'f' AND conparentid = 0"
        " AND relnamespace = current_schema()::regnamespace ORDER BY relname, conname",
    )
    for table, name, _definition in keys:
        named = sql.Identifier(table), sql.Identifier(name)
        cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*named))
    yield
    for table, name, definition in keys:
        named = sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)
        try:
            cursor.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(*named))
        except IntegrityError as error:
            raise DeliveryError("The backup", [Problem(table, f"breaks a foreign key: {error}", ANOTHER)]) from None
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _compare(path: Path, made: Manifest, cursor: Any) -> None:
    """Write every table again, to nowhere, and compare it with the backup."""
    cursor.execute(SAME_TEXT_EVERYWHERE)
    with open(os.devnull, "wb") as nowhere:
        back = [_written(cursor, table.name, Hashed(nowhere)) for table in made.tables]
    problems = [
        Problem(
            then.name, f"came back with {now.rows} rows that are not the {then.rows} of the backup.", "Report this."
        )
        for then, now in zip(made.tables, back, strict=True)
        if (then.rows, then.sha256) != (now.rows, now.sha256)
    ]
    if problems:
        raise DeliveryError(str(path), problems)


# --- what PostgreSQL knows of itself ----------------------------------------------------------------------------------


def _rows(cursor: Any, query: str, arguments: tuple[object, ...] = ()) -> list[Any]:
    cursor.execute(query, arguments)
    return list(cursor.fetchall())


def _scalar(cursor: Any, query: str) -> str:
    cursor.execute(query)
    row = cursor.fetchone()
    return str(row[0]) if row else ""


def _tables(cursor: Any) -> list[str]:
    query = (
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition ORDER BY relname"
    )
    return [row[0] for row in _rows(cursor, query)]


def _columns(cursor: Any, table: str) -> tuple[str, ...]:
    """Give the columns that are stored, not computed, in the order of their names."""
    query = (
        "SELECT attname FROM pg_attribute WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attname"
    )
    return tuple(row[0] for row in _rows(cursor, query, (table,)))


def _key(cursor: Any, table: str) -> tuple[str, ...]:
    query = (
        "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)"
        " WHERE indrelid = quote_ident(%s)::regclass AND indisprimary ORDER BY attname"
    )
    return tuple(row[0] for row in _rows(cursor, query, (table,)))


def _sequences(cursor: Any) -> Iterator[Sequence]:
    query = (
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S' ORDER BY 1"
    )
    for (name,) in _rows(cursor, query):
        cursor.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name)))
        last, is_called = cursor.fetchone()
        yield Sequence(name=name, last=last, is_called=is_called)


def _listed(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
