# SPDX-License-Identifier: EUPL-1.2
"""Words and problems of the core in the language of the page: the only place that asks which language that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import get_language

from keten.domain.errors import Problem
from keten.domain.language import said


def told(words: object) -> str:
    """Give words of the core in the language of the page; text is given as it is."""
    return said(words, get_language())


def sentence(problem: Problem) -> str:
    """Write a problem with its place as a sentence: where, what, and what to do."""
    return _begun(problem.said(get_language()))


def reason(problem: Problem) -> str:
    """Write a problem without its place, which the page shows already."""
    return _begun(f"{told(problem.what)} {told(problem.remedy)}")


def reasons(problems: Iterable[Problem], name: Callable[[object], object] | None = None) -> list[str]:
    """Write problems without their places, with what they name (partners, mandates) called as the page calls it."""
    return [reason(problem.renamed(name) if name else problem) for problem in problems]


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
