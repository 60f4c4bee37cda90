# SPDX-License-Identifier: EUPL-1.2
"""Who may do what with which rows of the record: the table of rights as the site itself reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import django
from django.apps import apps
from django.utils.translation import override

from tools.reference import table

PAGE = "docs/rights.md"

INTRODUCTION = """\
# Rights

Who may do what with which rows of the record. This is the table that the site reads: the buttons on a page, the forms,
the files that are read in and the API all follow it, and `make docs` writes it here. A line is a role and a relation to
the row; one line is enough. Whoever may read the record reads all of it, but counts below ten and the files in which
figures are delivered are for the roles that work with them; roles stand in
[`roles.py`](../src/keten_web/accounts/roles.py), the lines with each kind.

A step that cannot be taken yet is not offered: the page says what stands in the way. *Stays in sight* means that a
withdrawn row stays in the lists and counts, marked as withdrawn, because it says something about its owner. A new row
belongs to the organisation of who makes it; only who steers the chain makes rows for another.
"""


def render() -> str:
    """Write a table per kind."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keten_web.config.settings")
    if not apps.ready:
        django.setup()
    from keten_web.record.kinds import kinds

    with override("en"):
        return "\n".join([INTRODUCTION, *(_section(kind) for kind in kinds()), _month_round()])


def _month_round() -> str:
    """Write the table of what is no row of the record: the round of a month."""
    from keten_web.rounds.rights import ROUND_RIGHTS

    rows = [
        (str(row.label), ", ".join(str(state.label) for state in row.states), _who(line), str(line.relation.label),
         "yes" if row.needs_reason else "")
        for row in ROUND_RIGHTS
        for line in row.right.lines
    ]  # fmt: skip
    head = "## Month round\n\n`maandronde`. It belongs to the chain, and no role deletes it."
    return f"{head}\n\n{table(('what', 'in state', 'who', 'which rows', 'reason'), rows)}"


def _section(kind: Any) -> str:
    head = f"## {kind.plural[:1].upper()}{kind.plural[1:]}\n\n`{kind.slug}`"
    stays = ". Stays in sight when withdrawn." if kind.stays_in_sight else "."
    return f"{head}{stays}\n\n{table(('what', 'in state', 'who', 'which rows', 'reason'), list(_rows(kind)))}"


def _rows(kind: Any) -> Iterator[tuple[str, ...]]:
    states = dict(kind.field("state").flatchoices) if kind.has_states else {}
    for row in kind.rights:
        origins = ", ".join(str(states[state]) for state in row.origins)
        for line in row.right.lines:
            yield str(row.label), origins, _who(line), str(line.relation.label), "yes" if row.needs_reason else ""


def _who(line: Any) -> str:
    from keten_web.accounts.roles import ROLES

    if len(line.roles) == len(ROLES):
        return "every role"
    return ", ".join(str(ROLES[name][0]) for name in line.roles)
