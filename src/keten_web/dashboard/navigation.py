# SPDX-License-Identifier: EUPL-1.2
"""The entries at the left: what is now, what is ahead, what was agreed, money and risk, and the account of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keten_web.accounts.requests import UserRequest
from keten_web.accounts.roles import Permission


@dataclass(frozen=True)
class Entry:
    """A page to start from; `pages` and `theme` say on which other pages it is marked."""

    name: str
    label: Any
    pages: frozenset[str] = frozenset()
    theme: str = ""
    kind: str = ""
    """Slug of a kind, when the page is the list of that kind."""
    permission: Permission = Permission.VIEW_RECORD

    def address(self) -> str:
        return reverse("record-list", args=(self.kind,)) if self.kind else reverse(self.name)


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    name: str
    label: Any
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "now",
        _("Now"),
        (
            Entry("overview", _("Overview"), frozenset({"indicator"}), permission=Permission.VIEW_DASHBOARD),
            Entry("month-round", _("Month round"), frozenset({"month-round-of"})),
            Entry("chain-map", _("Chain map"), permission=Permission.VIEW_DASHBOARD),
            Entry("stock", _("Stock"), permission=Permission.VIEW_DASHBOARD),
            Entry("deliveries", _("Figures"), frozenset({"delivery"}), permission=Permission.VIEW_EXACT_COUNTS),
            Entry("signals", _("Signals"), theme="signals"),
        ),
    ),
    Group(
        "ahead",
        _("Ahead"),
        (
            Entry(
                "tower",
                _("Control tower"),
                frozenset({"tower-partner", "tower-location", "promise"}),
                permission=Permission.VIEW_DASHBOARD,
            ),
            Entry("what-if", _("What if"), permission=Permission.VIEW_DASHBOARD),
            Entry(
                "kept-scenarios",
                _("Scenarios"),
                frozenset({"kept-scenario", "scenario-compare"}),
                permission=Permission.VIEW_DASHBOARD,
            ),
            Entry("choices", _("Choices"), frozenset({"choice-lay-down"}), theme="choices"),
            Entry(
                "clock",
                _("Decision period"),
                frozenset({"clock-life", "clock-law"}),
                permission=Permission.VIEW_DASHBOARD,
            ),
        ),
    ),
    Group(
        "agreed",
        _("Agreements"),
        (
            Entry("steering-cycle", _("Steering cycle")),
            Entry("framework", _("Framework"), theme="framework"),
            Entry("agreements", _("Agreements"), theme="agreements"),
            Entry("handover-points", _("Handover points"), theme="handover-points", kind="koppelvlakken"),
            Entry("decisions", _("Decisions"), theme="decisions"),
        ),
    ),
    Group(
        "money-and-risk",
        _("Money and risk"),
        (
            Entry("finance", _("Money"), theme="finance"),
            Entry("risks", _("Risks"), theme="risks"),
            Entry("incidents", _("Incidents"), theme="incidents"),
        ),
    ),
    Group(
        "account",
        _("Account"),
        (
            Entry("recommendations", _("Follow-up"), theme="recommendations"),
            Entry("commitments", _("Commitments"), theme="commitments"),
            Entry("partners", _("Partners")),
            Entry("search", _("Search")),
            Entry("audit", _("Audit trail"), permission=Permission.VIEW_AUDIT),
            Entry("users", _("Users"), frozenset({"user", "user-invite"}), permission=Permission.MANAGE_USERS),
        ),
    ),
)


def groups(request: UserRequest) -> list[dict[str, Any]]:
    """Give the groups with the entries this user may open, the one that is open now marked; no empty group."""
    shown = [{"name": group.name, "label": group.label, "entries": _entries(group, request)} for group in GROUPS]
    return [group for group in shown if group["entries"]]


def _entries(group: Group, request: UserRequest) -> list[dict[str, Any]]:
    match = request.resolver_match
    here = match.url_name if match else ""
    theme = getattr(match.kwargs.get("kind") if match else None, "theme", "")
    return [
        {
            "address": entry.address(),
            "label": entry.label,
            "here": here == entry.name or here in entry.pages or bool(theme and theme == entry.theme),
        }
        for entry in group.entries
        if request.user.has_perm(entry.permission)
    ]
