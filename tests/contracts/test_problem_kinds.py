# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong is said once, in both languages, with the same blanks, under a code of its own."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

import keten
from keten.domain.errors import ProblemKind

ROOT = Path(keten.__file__).parent
MODULES = [
    ".".join(("keten", *path.relative_to(ROOT).with_suffix("").parts)) for path in sorted(ROOT.rglob("problems.py"))
]


def kinds(module: str) -> dict[str, ProblemKind]:
    found = vars(import_module(module))
    return {name: kind for name, kind in found.items() if isinstance(kind, ProblemKind)}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("module", MODULES)
def test_a_kind_of_problem_says_the_same_in_both_languages(module):
    assert kinds(module), "a file of problems without one"
    for name, kind in kinds(module).items():
        for words in (kind.what, kind.remedy):
            assert blanks(words.nl) == blanks(words.en), name
            assert words.nl.strip() and words.nl != words.en or "{" in words.en, name
            assert words.nl[-1] in ".?}" and words.en[-1] in ".?}", name


@pytest.mark.parametrize("module", MODULES)
def test_a_kind_of_problem_has_a_code_of_its_own(module):
    codes = Counter(kind.code for kind in kinds(module).values())
    assert [code for code, count in codes.items() if count > 1 or not code] == []
