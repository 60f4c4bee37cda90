# SPDX-License-Identifier: EUPL-1.2
"""How the kinds of events are called; one that has no words here is written as it is kept."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "create": _("made a row"),
    "change": _("changed a row"),
    "withdraw": _("withdrew a row"),
    "load": _("loaded a row"),
    "export": _("took out a file"),
    "log_in": _("logged in"),
    "log_out": _("logged out"),
    "wait_to_log_in": _("must wait to log in"),
    "unlock_log_in": _("let somebody log in again"),
    "invite": _("invited somebody"),
    "invite_again": _("made a new invitation"),
    "accept_invitation": _("accepted an invitation"),
    "change_person": _("changed a user"),
    "end_account": _("ended a user"),
    "open_account": _("opened a user again"),
    "hand_over": _("handed over open tasks"),
    "first_administrator": _("made the first administrator"),
    "load_starting_set": _("loaded the starting set"),
    "turn_day": _("turned the day"),
    "check_audit": _("checked the audit trail"),
    "ask_check_audit": _("asked to check the audit trail"),
    "keep_scenario": _("kept a scenario"),
    "ask_study": _("asked for a study"),
    "end_study": _("ended a study"),
    "deliver": _("delivered figures"),
    "accept": _("accepted figures"),
    "drop": _("left figures out"),
    "withdraw_delivery": _("withdrew a delivery"),
    "migrate": _("changed the shape of the database"),
    "backup": _("made a backup"),
    "restore": _("put back a backup"),
}


RESULTS: dict[str, str | Promise] = {
    "refused": _("refused"),
    "failed": _("failed"),
    "locked": _("has to wait"),
    "holds": _("as it was written"),
    "does not hold": _("not as it was written"),
    "broken off": _("broken off"),
}
"""What came of it, when it was something else than that it was done."""


def result(name: str) -> str:
    """Say what came of it; nothing when it was simply done."""
    return "" if name == "done" else str(RESULTS.get(name, name))


def action(name: str) -> str:
    """Say what was done."""
    return str(ACTIONS.get(name, name.replace("_", " ").replace("-", " ")))


def detail(value: object) -> str:
    """Write what an event tells beside its reason."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {detail(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(detail(part) for part in value)
    return str(value)
