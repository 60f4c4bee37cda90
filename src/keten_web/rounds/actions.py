# SPDX-License-Identifier: EUPL-1.2
"""Close a month, stop that, do it again, and reopen a month; every step is done once, whatever happened before."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from keten.domain.errors import KetenError
from keten.whatif import ledger as choices
from keten.whatif import month
from keten_web.accounts.models import User
from keten_web.audit import actions as audit
from keten_web.config.today import today
from keten_web.deliveries import known
from keten_web.record.errors import InvalidError, NotAllowedError, ReasonMissingError, RecordError
from keten_web.rounds import figures, reporting, rights, steps
from keten_web.rounds.models import Closing, MonthReport, MonthRound, RoundState
from keten_web.studies import actions as studies
from keten_web.studies.models import State

TASK = "keten_web.rounds.close"
PRIORITY = 5
"""Before studies that people asked for, after questions for which somebody waits."""
LOCK = 0x6D6F6E7468  # the letters "month"
OPEN = (State.WAITING, State.RUNNING)
LONGEST_REOPENING = 62
"""Days for which a month may be reopened: two months, after which its figures belong to another report."""


def close(
    end: date, *, by: User | None, known_on: date | None = None, queue: bool = True, request: HttpRequest | None = None
) -> Closing:
    """Ask for the closing of a month; one that waits, runs or was stopped goes on.

    A month that is closed stands: doing it again reads the same figures and changes nothing. Figures that came since
    are read when the month was reopened, or by the round of the next month.

    Parameters
    ----------
    by
        Who asks; the site itself when nobody does.
    known_on
        Day as of which figures are read, at first; today when it is not given.
    queue
        Whether a worker does it; else who asks calls `carry_out`.

    Raises
    ------
    NotAllowedError, InvalidError
        And then nothing was asked.
    """
    _need(by, rights.CLOSE)
    _check(end)
    with transaction.atomic(), _one_at_a_time():
        row = MonthRound.objects.filter(month_end=end).first()
        last = row.closings.first() if row is not None else None
        if last is not None and last.state in (*OPEN, State.CANCELLED, State.BROKEN_OFF):
            _go_on(last, by, request)
            closing = last
        else:
            closing = _begin(row, end, last, known_on or today(), by, request)
        if queue:
            app.configure_task(TASK, queue=studies.QUEUE, priority=PRIORITY).defer(closing=closing.pk)
    return closing


def _check(end: date) -> None:
    if end.day != monthrange(end.year, end.month)[1]:
        raise InvalidError({"": [_("A round is of a whole month; give its last day.")]})
    if end >= today():
        said = _("%(month)s is not over yet. Close it after its last day.") % {"month": f"{end:%Y-%m}"}
        raise InvalidError({"": [said]})
    later = MonthRound.objects.filter(month_end__gt=end).exclude(state=RoundState.OPEN).first()
    if later is not None and not MonthRound.objects.filter(month_end=end).exclude(state=RoundState.OPEN).exists():
        said = _("%(later)s was closed already; what comes late for %(month)s belongs to the next round.")
        raise InvalidError({"": [said % {"later": str(later), "month": f"{end:%Y-%m}"}]})


def _begin(
    row: MonthRound | None, end: date, last: Closing | None, on: date, by: User | None, request: HttpRequest | None
) -> Closing:
    fresh = last is None or row is None or row.takes_new_figures(today())
    known_on = on if fresh or last is None else last.known_on
    version = known.version() if fresh or last is None else (last.deliveries, last.decided_until)
    with audit.written("ask_closing", lambda: f"maandronde/{end:%Y-%m}", by=by, request=request,
                       details={"known_on": known_on.isoformat()}):  # fmt: skip
        row = row or MonthRound.objects.create(month_end=end)
        with known.held(version):
            used = figures.known(known_on, end)
        return Closing.objects.create(
            round=row,
            asked_by=by,
            known_on=known_on,
            deliveries=version[0],
            decided_until=version[1],
            figures=used,
            snapshot=choices.hash_of_document(used),
        )


def _go_on(closing: Closing, by: User | None, request: HttpRequest | None) -> None:
    """Let a closing wait again; the steps that were done stand, those that failed are tried again."""
    left = {name: told for name, told in closing.progress.items() if told["state"] == "done"}
    if closing.state in (State.CANCELLED, State.BROKEN_OFF):
        Closing.objects.filter(pk=closing.pk).update(state=State.WAITING, progress=left, ended_at=None)
        closing.refresh_from_db()
        audit.record("retry_closing", f"maandronde/{closing.round}", request=request, by=by)


def stop(closing: Closing, *, by: User, request: HttpRequest | None = None) -> None:
    """Stop a closing that is open; what was done stands, and closing again goes on from there.

    Raises
    ------
    NotAllowedError
    """
    _need(by, rights.STOP)
    with transaction.atomic():
        if Closing.objects.filter(pk=closing.pk, state__in=OPEN).update(state=State.CANCELLED, ended_at=timezone.now()):
            audit.record("stop_closing", f"maandronde/{closing.round}", request=request, by=by)


def reopen(end: date, *, by: User, reason: str, until: date | None, request: HttpRequest | None = None) -> MonthRound:
    """Let a closed month take figures that came since, until a day.

    Raises
    ------
    NotAllowedError, ReasonMissingError, InvalidError
        And then it stays closed.
    """
    _need(by, rights.REOPEN)
    if not reason.strip():
        raise ReasonMissingError
    on = today()
    if until is None or not 0 <= (until - on).days <= LONGEST_REOPENING:
        said = _("Give the last day of it: today or later, at most %(days)s days from now.")
        raise InvalidError({"until": [said % {"days": LONGEST_REOPENING}]})
    with transaction.atomic(), _one_at_a_time():
        row = MonthRound.objects.select_for_update().filter(month_end=end).first()
        if row is None or row.state == RoundState.OPEN:
            raise NotAllowedError(_("This month is not closed; its figures are open already."))
        row.state, row.reopened_by, row.reopened_until = RoundState.REOPENED, by, until
        row.reopened_because = reason.strip()
        details = {"until": until.isoformat()}
        with audit.written("reopen_month", lambda: f"maandronde/{row}", by=by, reason=reason, request=request,
                           details=details):  # fmt: skip
            row.save()
    return row


def carry_out(pk: int, tell: Callable[[Closing], None] = lambda _closing: None) -> None:
    """Do a closing, from the first step that was not done; what is done or stopped is left alone.

    Two programs never do it at once: the second one finds it being done and leaves it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return
    try:
        _carry_out(pk, tell)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _carry_out(pk: int, tell: Callable[[Closing], None]) -> None:
    still_open = Closing.objects.filter(pk=pk, state__in=OPEN)
    if not still_open.update(state=State.RUNNING, attempts=F("attempts") + 1):
        return
    closing = Closing.objects.select_related("round", "asked_by").get(pk=pk)
    weights = {step.id: step.weight(closing) for step in steps.STEPS}
    closing.of = sum(weights.values())
    before = 0
    try:
        for step in steps.STEPS:
            if step.id not in closing.progress:
                with known.held((closing.deliveries, closing.decided_until)):
                    _do(closing, step, _watching(still_open, closing, before, tell))
            before += weights[step.id]
            _watching(still_open, closing, before, tell)(0)
    except studies.WithdrawnError:
        return
    _end(closing, still_open)


def _watching(still_open: Any, closing: Closing, before: int, tell: Callable[[Closing], None]) -> steps.Progress:
    def progress(done: int) -> None:
        closing.done = min(before + done, closing.of)
        if not still_open.update(done=closing.done, of=closing.of, progress=closing.progress):
            raise studies.WithdrawnError
        tell(closing)

    return progress


def _do(closing: Closing, step: steps.Step, progress: steps.Progress) -> None:
    """Do one step, and write down what it counted, or what went wrong; the others are done all the same.

    What a short step wrote and that it was done are stored together: killed in between, neither is there.
    """
    try:
        if step.is_long:
            closing.progress[step.id] = {"state": "done", **step.run(closing, progress)}
        else:
            with transaction.atomic():
                closing.progress[step.id] = {"state": "done", **step.run(closing, progress)}
                Closing.objects.filter(pk=closing.pk).update(progress=closing.progress)
    except (KetenError, RecordError, OSError) as error:
        closing.progress[step.id] = {"state": "failed", "problem": str(error)}


def _end(closing: Closing, still_open: Any) -> None:
    failed = [name for name, told in closing.progress.items() if told["state"] == "failed"]
    state = State.BROKEN_OFF if failed else State.DONE
    subject = f"maandronde/{closing.round}"
    with known.held((closing.deliveries, closing.decided_until)):
        outcome = {"steps": closing.progress, **_moved(closing)}
    with audit.written("end_closing", lambda: subject, by=None, request=None, details={"failed": failed}):
        if not still_open.update(
            state=state, outcome=outcome, progress=closing.progress, done=closing.of, ended_at=timezone.now()
        ):
            return
        if failed:
            return
        row = MonthRound.objects.select_for_update().get(pk=closing.round_id)
        if row.state != RoundState.CLOSED or row.closed_at is None:
            row.state, row.closed_at = RoundState.CLOSED, timezone.now()
            row.save()
        _report(closing)


def _report(closing: Closing) -> None:
    """Write the report of the month as it stands now; one that says the same is not written twice."""
    with known.held((closing.deliveries, closing.decided_until)):
        content = reporting.written(closing.round.month_end)
    last, digest = closing.round.reports.first(), reporting.digest(content)
    if last is not None and last.sha256 == digest:
        return
    MonthReport.objects.create(
        round=closing.round,
        closing=closing,
        edition=last.edition + 1 if last is not None else 1,
        known_on=closing.known_on,
        snapshot=closing.snapshot,
        written_at=timezone.now(),
        content=content,
        sha256=digest,
    )


def _moved(closing: Closing) -> dict[str, Any]:
    """Say which figures of this and of earlier months moved since a closing that ended, and how the counts grew."""
    end = closing.round.month_end
    ended = Closing.objects.filter(state=State.DONE).exclude(pk=closing.pk).exclude(outcome={})
    same = ended.filter(round=closing.round).first()
    earlier = ended.filter(round__month_end__lt=end).order_by("-round__month_end", "-pk").first()
    said = figures.definitions(closing.known_on, end)
    breaks = figures.breaks(said, end)
    broken = {row["measure"] for row in breaks}
    found: dict[str, Any] = {
        "counted": figures.growth(closing.figures, month.MEASURES, end, broken),
        "definitions": said,
        "breaks": breaks,
    }
    for name, other in (("since_last_time", same), ("earlier_months", earlier)):
        if other is not None:
            until = other.round.month_end
            then = other.outcome.get("definitions", {})
            rows = figures.differences(other.figures, closing.figures, until=until, said=(then, said))
            found[name] = [row.as_document() for row in rows]
    return found


def _need(by: User | None, asked: rights.RoundRight) -> None:
    if by is not None and not asked.right.test(by):
        raise NotAllowedError(_("Only who steers the chain may do this."))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let nobody else ask for a round until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + 1])
    yield
