# SPDX-License-Identifier: EUPL-1.2
"""Errors that tell someone what to do.

Three families, one per reader: the law desk (`ParameterError`), a partner (`DeliveryError`) and an analyst
(`ScenarioError`). Each carries *all* problems of a file and has its own exit code. Nothing is stored when one is
raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from keten.domain.language import Language, Words, said


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what it is, and what to do about it.

    `code` names the kind of problem for programs, `values` are what its words were filled with. A place that is called
    the same in every language (a file, a field of a scenario) is text.
    """

    where: Words | str
    what: Words | str
    remedy: Words | str
    code: str = ""
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    kind: ProblemKind | None = field(default=None, repr=False, compare=False)

    def at(self, where: Words | str) -> Problem:
        """Give the same problem at another place."""
        return replace(self, where=where)

    def renamed(self, change: Callable[[object], object]) -> Problem:
        """Give the problem with its values called otherwise, for instance partners by their full name."""
        if self.kind is None:
            return self
        return self.kind.at(self.where, **{name: change(value) for name, value in self.values.items()})

    def __str__(self) -> str:
        return self.said(Language.EN)

    def said(self, language: Language | str | None) -> str:
        """Give the problem as one line in a language, as far as it is known in it."""
        return f"{said(self.where, language)}: {said(self.what, language)} {said(self.remedy, language)}"


@dataclass(frozen=True, kw_only=True)
class ProblemKind:
    """A kind of problem, said once in both languages with blanks for what differs; a room keeps them in `problems`."""

    code: str
    what: Words
    remedy: Words

    def at(self, where: Words | str, **values: object) -> Problem:
        """Make the problem of this kind at a place, with the blanks of its words filled."""
        return Problem(where, self.what.filled(**values), self.remedy.filled(**values), self.code, values, self)

    def of(self, **values: object) -> Problem:
        """Make the problem of this kind, at a place that is still to be given."""
        return self.at("", **values)


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
    refusal = Words(en="refused", nl="geweigerd")

    def __init__(self, subject: Words | str, problems: Sequence[Problem]) -> None:
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
        count = Words(en="problems", nl="problemen") if many else Words(en="problem", nl="probleem")
        first = f"{said(self.subject, language)} is {said(self.refusal, language)}: "
        lines = [f"{first}{len(self.problems)} {said(count, language)}."]
        return "\n".join(lines + [f"  - {problem.said(language)}" for problem in self.problems])

    def __reduce__(self) -> tuple[type[KetenError], tuple[Words | str, tuple[Problem, ...]]]:
        """Survive the way back from a worker process."""
        return type(self), (self.subject, self.problems)


class RunError(KetenError):
    """A run broke off, through no fault of its scenario: workers were killed, a machine went away (exit code 1)."""

    refusal = Words(en="broken off, nothing was written", nl="afgebroken, er is niets geschreven")


class UsageError(KetenError):
    """The question itself cannot be answered: an impossible date, a judgment before the appeal (exit code 2)."""

    exit_code = 2


class ParameterError(KetenError):
    """A parameter file is wrong; for the law desk and the keepers of the chain tables (exit code 3)."""

    exit_code = 3


class DeliveryError(KetenError):
    """A delivery of figures is refused; for the partner who delivered it (exit code 4)."""

    exit_code = 4
    refusal = Words(en="refused, nothing was stored", nl="geweigerd, er is niets opgeslagen")


class ScenarioError(KetenError):
    """A scenario is refused; for the analyst who wrote it (exit code 5)."""

    exit_code = 5
    refusal = Words(en="refused, nothing was run", nl="geweigerd, er is niets doorgerekend")
