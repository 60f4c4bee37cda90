# SPDX-License-Identifier: EUPL-1.2
"""Errors that tell someone what to do.

Three families, one per reader: the law desk (`ParameterError`), a partner (`DeliveryError`) and an analyst
(`ScenarioError`). Each carries *all* problems of a file and has its own exit code. Nothing is stored when one is
raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keten.domain.language import Language, Words, said


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what it is, and what to do about it; `Words` know their Dutch."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return self.said(Language.EN)

    def said(self, language: Language | str | None) -> str:
        """Give the problem as one line in a language, as far as it is known in it."""
        return ": ".join((said(self.where, language), f"{said(self.what, language)} {said(self.remedy, language)}"))


class KetenError(Exception):
    """An error with every problem found; never raised as itself.

    Parameters
    ----------
    subject
        What was read or asked, for instance a file name.
    problems
        All problems found, at least one.
    """

    exit_code = 1
    refusal = Words("refused", "geweigerd")

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("An error without a problem tells nobody what to do.")
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__(str(self))

    language: Language | None = None
    """Language of the reader, where it is known."""

    def __str__(self) -> str:
        return self.said(self.language)

    def said(self, language: Language | str | None) -> str:
        """Give the error with all its problems in a language, as far as they are known in it."""
        many = len(self.problems) > 1
        count = Words("problems", "problemen") if many else Words("problem", "probleem")
        first = f"{said(self.subject, language)} is {said(self.refusal, language)}: "
        lines = [f"{first}{len(self.problems)} {said(count, language)}."]
        return "\n".join(lines + [f"  - {problem.said(language)}" for problem in self.problems])

    def __reduce__(self) -> tuple[type[KetenError], tuple[str, tuple[Problem, ...]]]:
        """Survive the way back from a worker process."""
        return type(self), (self.subject, self.problems)


class RunError(KetenError):
    """A run broke off, through no fault of its scenario: workers were killed, a machine went away (exit code 1)."""

    refusal = Words("broken off, nothing was written", "afgebroken, er is niets geschreven")


class UsageError(KetenError):
    """The question itself cannot be answered: an impossible date, a judgment before the appeal (exit code 2)."""

    exit_code = 2


class ParameterError(KetenError):
    """A parameter file is wrong; for the law desk and the keepers of the chain tables (exit code 3)."""

    exit_code = 3


class DeliveryError(KetenError):
    """A delivery of figures is refused; for the partner who delivered it (exit code 4)."""

    exit_code = 4
    refusal = Words("refused, nothing was stored", "geweigerd, er is niets opgeslagen")


class ScenarioError(KetenError):
    """A scenario is refused; for the analyst who wrote it (exit code 5)."""

    exit_code = 5
    refusal = Words("refused, nothing was run", "geweigerd, er is niets doorgerekend")
