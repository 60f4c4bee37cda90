# SPDX-License-Identifier: EUPL-1.2
"""The only place that writes rows of the record. All or nothing, with one audit event, and a reason in the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import Any
from zlib import crc32

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _

from keten_web.accounts.models import User
from keten_web.audit import actions as audit
from keten_web.config.today import today
from keten_web.record import queries, rules
from keten_web.record.errors import EditConflictError, InvalidError, NotAllowedError, ReasonMissingError
from keten_web.record.kinds import RESERVED_CODES, Kind
from keten_web.record.models import Record

LONGEST_CODE = 60
NAMES = 0x6E616D65
"""First half of the number of the lock on new names, one per kind; “name” in ASCII, so that no other lock has it."""
YEARS = range(1900, 2200)
"""Years that a day in the record may lie in."""


def create(
    kind: Kind, values: Mapping[str, Any], *, by: User, reason: str = "", request: HttpRequest | None = None
) -> Any:
    """Make a row, owned by the partner of the user unless the values say otherwise.

    Raises
    ------
    NotAllowedError, InvalidError
        And then nothing was stored.
    """
    record = kind.model(**{"partner_id": by.partner_id, **values})
    record.created_by = by
    if not kind.may_make(by, record):
        raise NotAllowedError(
            _("You may not make this for %(partner)s.") % {"partner": record.partner_id or _("no partner")}
        )
    with transaction.atomic():
        one_at_a_time(kind)
        record.code = record.code or _free_code(kind, record.title)
        with _written("create", kind, record, by, reason, request):
            _store(record)
    return record


def change(
    kind: Kind,
    code: str,
    values: Mapping[str, Any],
    *,
    by: User,
    expected_version: int,
    reason: str,
    request: HttpRequest | None = None,
) -> Any:
    """Change fields of a row that was read at a version. What stays the same is no change and leaves no trace.

    Raises
    ------
    NotAllowedError, EditConflictError, ReasonMissingError, InvalidError
        And then nothing was stored.
    """
    with transaction.atomic():
        record = _locked(kind, code, by, expected_version)
        if not kind.may(by, record):
            raise NotAllowedError(_("You may not change this row as it is now."))
        changed = {name: value for name, value in values.items() if getattr(record, name) != value}
        if not changed:
            return record
        _need_reason(reason)
        for name, value in changed.items():
            setattr(record, name, value)
        if not kind.may_write.test(by, record):
            raise NotAllowedError(_("You may not give this row to another partner."))
        with _written("change", kind, record, by, reason, request):
            record.on_change(by, frozenset(changed))
            record.version += 1
            _store(record)
        return record


def move(
    kind: Kind,
    code: str,
    step: str,
    *,
    by: User,
    expected_version: int,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> Any:
    """Take a lawful step to another state, filling in what the step asks.

    Raises
    ------
    NotAllowedError, EditConflictError, ReasonMissingError, InvalidError
        And then nothing was stored.
    """
    transition = kind.transition(step)
    with transaction.atomic():
        record = _locked(kind, code, by, expected_version)
        if transition is None or transition not in kind.steps(by, record):
            raise NotAllowedError(_("You may not take this step from here."))
        if transition.needs_reason:
            _need_reason(reason)
        blocked = transition.obstacles(record, by)
        for name in transition.asks:
            if values and name in values:
                setattr(record, name, values[name])
        obstacles = blocked or tuple(transition.problems(record, by))
        if obstacles:
            raise InvalidError({"": obstacles})
        record.state = transition.to
        transition.effect(record, by)
        with _written(step, kind, record, by, reason, request):
            record.version += 1
            _store(record)
        return record


def withdraw(
    kind: Kind, code: str, *, by: User, expected_version: int, reason: str, request: HttpRequest | None = None
) -> Any:
    """Take a row out of the lists; it stays readable, with the reason.

    Raises
    ------
    NotAllowedError, EditConflictError, ReasonMissingError
        And then nothing was stored.
    """
    with transaction.atomic():
        record = _locked(kind, code, by, expected_version)
        if not kind.may_withdraw(by, record):
            raise NotAllowedError(_("You may not withdraw this row as it is now."))
        _need_reason(reason)
        with _written("withdraw", kind, record, by, reason, request):
            record.is_withdrawn = True
            record.version += 1
            _store(record)
        return record


@transaction.atomic
def load(
    kind: Kind, code: str, values: Mapping[str, Any], *, reason: str, followed: frozenset[str] = frozenset()
) -> Any:
    """Bring one row in line with a source that ships with the site; done by the site itself, again and again the same.

    A row that people changed since then is theirs: it is left as it is, but for the fields that are `followed`
    whatever people did: that a signal ended is a fact of the figures, also when somebody answered it.
    """
    record = kind.model.objects.select_for_update().filter(code=code).first()
    if record is not None and queries.was_changed_by_people(record):
        values = {name: value for name, value in values.items() if name in followed}
    is_new = record is None
    record = record or kind.model(code=code)
    if not is_new and all(getattr(record, name) == value for name, value in values.items()):
        return record
    for name, value in values.items():
        setattr(record, name, value)
    with _written("load", kind, record, None, reason, None):
        record.version += 0 if is_new else 1
        _store(record)
    return record


@contextmanager
def beside(kind: Kind, record: Record, *, reason: str) -> Iterator[None]:
    """Let the site write what belongs to a row but stands in a table of its own, with its audit event."""
    with _written("load", kind, record, None, reason, None):
        yield


def _locked(kind: Kind, code: str, by: User, expected_version: int) -> Any:
    record = kind.model.objects.select_for_update(of=("self",)).filter(code=code).first()
    if record is None or not kind.may_read.test(by, record):
        raise NotAllowedError(_("There is no such row, or you may not read it."))
    if record.version != expected_version:
        raise EditConflictError(record.version, *queries.changes_since(kind, record, expected_version))
    return record


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError


def _store(record: Record) -> None:
    """Check everything, tell every problem at once, then write."""
    problems: dict[str, list[str]] = {}
    try:
        record.full_clean()
    except ValidationError as error:
        problems = {name if name != "__all__" else "": list(found) for name, found in error.message_dict.items()}
    for name in _days_out_of_sight(record):
        problems.setdefault(name, []).append(
            _("This day lies outside the years %(first)s to %(last)s; check the year.")
            % {"first": YEARS[0], "last": YEARS[-1]}
        )
    can_be_read = not problems
    for name, found in rules.problems_of(record, on=today(), leaving_out=frozenset(problems)).items():
        problems.setdefault(name, []).extend(found)
    if record.code in RESERVED_CODES:
        problems.setdefault("code", []).append(_("This word has a meaning of its own in addresses; choose another."))
    if can_be_read:
        for name, what in record.problems().items():
            problems.setdefault(name, []).append(what)
    if problems:
        raise InvalidError(problems)
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        said = _("Somebody else stored the same at this moment. Look what is there, and try again.")
        raise InvalidError({"": [said]}) from error


def _days_out_of_sight(record: Record) -> list[str]:
    """Name the fields whose day lies in no year that steering speaks of, such as 0023 for 2023."""
    days = {field.name: getattr(record, field.name) for field in record._meta.concrete_fields}
    return [name for name, day in days.items() if isinstance(day, date) and day.year not in YEARS]


def _written(
    action: str, kind: Kind, record: Record, by: User | None, reason: str, request: HttpRequest | None
) -> AbstractContextManager[None]:
    return audit.written(action, lambda: f"{kind.slug}/{record.code}", by=by, reason=reason, request=request)


def one_at_a_time(kind: Kind) -> None:
    """Let nobody else make a row of this kind until this transaction ends.

    Two people who write the same title at the same moment would find the same code free. Whoever does more in one
    transaction asks this first, so that two of them never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (NAMES, crc32(kind.slug.encode()) - 2**31))


def _free_code(kind: Kind, title: str) -> str:
    """Make a code from the title that nothing else has."""
    stem = slugify(title)[:LONGEST_CODE].strip("-") or kind.slug
    taken = set(kind.model.objects.filter(code__startswith=stem).values_list("code", flat=True)) | RESERVED_CODES
    if stem not in taken:
        return stem
    return next(f"{stem}-{number}" for number in range(2, len(taken) + 3) if f"{stem}-{number}" not in taken)
