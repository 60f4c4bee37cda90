# SPDX-License-Identifier: EUPL-1.2
"""What a public body may expect of public code: its description and its documents are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from keten import __version__

DOCUMENTS = (
    "README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md",
    "GOVERNANCE.md", "CHANGELOG.md", "REVIEW.md", "LICENSE", "publiccode.yml", "docs/standaarden.md",
    "docs/model-quality.md",
)  # fmt: skip
REQUIRED = {
    "publiccodeYmlVersion", "name", "url", "softwareVersion", "releaseDate", "platforms", "categories",
    "developmentStatus", "softwareType", "description", "legal", "maintenance", "localisation",
}  # fmt: skip
LONGEST_SHORT, SHORTEST_LONG, LONGEST_LONG = 150, 150, 10_000


@pytest.fixture(scope="module")
def description(root: Path) -> dict[str, Any]:
    """The public description of this software."""
    content: dict[str, Any] = yaml.safe_load((root / "publiccode.yml").read_text(encoding="utf-8"))
    return content


def test_the_description_is_complete(description: dict[str, Any]) -> None:
    """Every field that the standard requires."""
    assert set(description) >= REQUIRED
    assert description["legal"]["license"] == "EUPL-1.2"
    assert description["softwareVersion"] == __version__


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_description_is_there_in_both_languages(description: dict[str, Any], language: str) -> None:
    """A short one that fits in a list, a long one that tells what it does."""
    text = description["description"][language]
    assert len(text["shortDescription"]) <= LONGEST_SHORT
    assert SHORTEST_LONG <= len(text["longDescription"]) <= LONGEST_LONG
    assert text["features"]
    assert language in description["localisation"]["availableLanguages"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_documents_are_there(root: Path, name: str) -> None:
    """Not empty."""
    assert (root / name).read_text(encoding="utf-8").strip()


def test_the_licence_is_the_whole_licence(root: Path) -> None:
    """All fifteen articles and the appendix of the EUPL 1.2."""
    text = (root / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert all(f"\n{article}. " in text for article in range(1, 16))
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in text


def test_every_decision_record_says_how_it_stands(root: Path) -> None:
    """Context, decision, consequences; whether it is decided and whether it is built are two things."""
    records = sorted((root / "docs" / "adr").glob("[0-9]*.md"))
    numbers = [path.name[:4] for path in records]
    assert numbers
    assert len(numbers) == len(set(numbers)), "two decisions with one number"
    for path in records:
        text = path.read_text(encoding="utf-8")
        for part in ("Status: ", "Implementation: ", "\n## Context\n", "\n## Decision\n", "\n## Consequences\n"):
            assert part in text, f"{path.name}: no {part.strip()}"
