# SPDX-License-Identifier: EUPL-1.2
"""Why something was not written. In each case nothing was stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Change:
    """A field with what it was and what it became, as a reader sees them."""

    field: str
    label: str
    before: str
    after: str


class RecordError(Exception):
    """Nothing was stored, and this is why; never raised as itself."""


class NotAllowedError(RecordError):
    """The user may not do this with this row."""


class ReasonMissingError(RecordError):
    """A reason is asked here, because someone will ask for it."""

    def __init__(self) -> None:
        super().__init__(_("Give a reason: it stands in the history, for who asks later why this was done."))


class InvalidError(RecordError):
    """The values cannot be right: field (or empty for the whole) -> everything that is wrong with it."""

    def __init__(self, problems: Mapping[str, Sequence[str]]) -> None:
        self.problems = {field: tuple(found) for field, found in problems.items()}
        super().__init__(" ".join(f"{field}: {' '.join(found)}".lstrip(": ") for field, found in self.problems.items()))


class EditConflictError(RecordError):
    """Somebody else changed the row after it was read; `changes` says what."""

    def __init__(self, version: int, who: str, changes: Sequence[Change]) -> None:
        self.version = version
        self.who = who
        self.changes = tuple(changes)
        super().__init__(
            _("%(who)s changed this while you were writing. Nothing of either is lost: look, and save again.")
            % {"who": who or _("Someone else")}
        )
