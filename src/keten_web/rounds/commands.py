# SPDX-License-Identifier: EUPL-1.2
"""What `python -m keten_web month` does: close a month, as the button on the page does, or reopen it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from keten.cli import output
from keten.domain.errors import KetenError, Problem, UsageError
from keten.domain.language import Words
from keten_web.config import database

if TYPE_CHECKING:
    from keten_web.accounts.models import User
    from keten_web.rounds.models import Closing


class NotClosedError(KetenError):
    """A step of a closing failed; for who closes the month (exit code 1)."""

    refusal = Words(en="not closed, what was done stands", nl="niet gesloten, wat klaar was blijft staan")


def close(chosen: argparse.Namespace) -> None:
    """Work out a month and close it; when it was stopped or a step failed it goes on from there."""
    from keten_web.record.errors import RecordError
    from keten_web.rounds import actions
    from keten_web.studies.models import State

    try:
        closing = actions.close(_month(chosen.month), by=_user(chosen.by), queue=False)
    except RecordError as refusal:
        raise UsageError("Closing a month", [Problem(chosen.month, "cannot be closed.", str(refusal))]) from None
    actions.carry_out(closing.pk, (lambda _closing: None) if chosen.json else _tell)
    closing.refresh_from_db()
    if chosen.json:
        output.print_json(document(closing))
    else:
        _print(closing)
    if closing.state in (State.RUNNING, State.WAITING):
        remedy = "Wait until it is done, and look at the page Maandronde."
        raise UsageError("Closing a month", [Problem(chosen.month, "is being closed by the worker now.", remedy)])
    failed = [(name, told) for name, told in closing.progress.items() if told["state"] == "failed"]
    if failed:
        problems = [Problem(name, f"failed: {told['problem']}", _remedy(name)) for name, told in failed]
        raise NotClosedError(f"month {chosen.month}", problems)


def step_names() -> tuple[str, ...]:
    """Name the steps of a closing, in the order in which they are done."""
    from keten_web.rounds.steps import STEPS

    return tuple(step.id for step in STEPS)


def _remedy(step: str) -> str:
    from keten_web.rounds.steps import STEPS

    return next(str(one.remedy) for one in STEPS if one.id == step)


def reopen(chosen: argparse.Namespace) -> None:
    """Let a closed month take figures that came since, until a day, with a reason."""
    from keten_web.record.errors import RecordError
    from keten_web.rounds import actions

    by = _user(chosen.by)
    if by is None:
        raise UsageError("Reopening a month", [Problem("--by", "is missing.", "Say who reopens it.")])
    try:
        row = actions.reopen(_month(chosen.month), by=by, reason=chosen.reason, until=_day(chosen.until))
    except RecordError as refusal:
        raise UsageError("Reopening a month", [Problem(chosen.month, "stays closed.", str(refusal))]) from None
    if chosen.json:
        output.print_json({"month": str(row), "state": row.state, "until": chosen.until})
    else:
        print(f"{row} is open until {chosen.until}.")


def document(closing: Closing) -> dict[str, Any]:
    """Give what a closing did, as `interface` promises it."""
    from keten_web.record.queries import standing
    from keten_web.steering.models import Signal

    signals = standing(Signal).filter(ended_on=None).order_by("code")
    told = {name: closing.progress[name] for name in step_names() if name in closing.progress}
    return {
        "month": str(closing.round),
        "state": closing.state,
        "reference_date": closing.round.month_end.isoformat(),
        "known_on": closing.known_on.isoformat(),
        "snapshot": closing.snapshot,
        "missing": closing.missing(),
        "actuals": told.get("actuals", {}).get("count", 0),
        "signals": [
            {"indicator": row.indicator, "state": row.state, "since": row.raised_on.isoformat()} for row in signals
        ],
        "studies": told.get("studies", {}).get("names", []),
        "changed": told.get("changed", {}).get("changed", []),
        "earlier_months": closing.outcome.get("earlier_months", []),
        "since_last_time": closing.outcome.get("since_last_time", []),
        "steps": {name: {"state": one["state"], "problem": one.get("problem", "")} for name, one in told.items()},
    }


def _tell(closing: Closing) -> None:
    print(f"\r{closing.done} of {closing.of}", end="", flush=True)


def _print(closing: Closing) -> None:
    told = document(closing)
    print(f"\n{told['month']}: {told['state']}; figures as known on {told['known_on']} ({told['snapshot'][:12]}).")
    for name, one in told["steps"].items():
        print(f"  {name:<12} {one['state']}  {closing.progress[name].get('count', '')}")
    for name in ("earlier_months", "since_last_time"):
        if told[name]:
            print(f"  {len(told[name])} figures moved ({name.replace('_', ' ')}).")


def _month(text: str) -> date:
    from keten.study.results import month_end

    try:
        return month_end(text)
    except ValueError:
        raise UsageError("A month", [Problem(text, "is no month.", "Write it as 2023-07.")]) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("A day", [Problem(text, "is no day.", "Write it as 2023-07-31.")]) from None


def _user(name: str | None) -> User | None:
    """Find who does it; without a name the only chain director there is, else the site itself."""
    from keten_web.accounts import queries

    if name:
        found = queries.who_may_log_in(name)
        if found is None:
            raise UsageError("--by", [Problem(name, "is no user who may log in.", "Check the user name.")])
        return found
    directors = list(queries.in_role("chain_director")[:2])
    return directors[0] if len(directors) == 1 else None


def add(parser: argparse.ArgumentParser, start_django: Callable[[], None]) -> None:
    """Add the commands to the parser."""
    parts = parser.add_subparsers(required=True, metavar="command")
    for name, do in {"close": close, "reopen": reopen}.items():
        example = f"Example: python -m keten_web month {name} 2023-07"
        part = parts.add_parser(name, help=do.__doc__, description=do.__doc__, epilog=example)
        part.add_argument("month", help="the month, as 2023-07")
        part.add_argument("--by", help="user name of who does it; without it the only chain director")
        part.add_argument("--json", action="store_true", help="print JSON on stdout, and nothing else")
        if do is reopen:
            part.add_argument("--reason", required=True, help="why; it stands in the history")
            part.add_argument("--until", required=True, help="last day on which figures are taken, as 2023-08-31")
        part.set_defaults(run=_in_the_site(do, start_django))


def _in_the_site(
    do: Callable[[argparse.Namespace], None], start_django: Callable[[], None]
) -> Callable[[argparse.Namespace], None]:
    def run(chosen: argparse.Namespace) -> None:
        with database.running():
            start_django()
            do(chosen)

    return run
