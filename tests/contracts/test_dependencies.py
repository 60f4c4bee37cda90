# SPDX-License-Identifier: EUPL-1.2
"""Every dependency has a reason, a hash and a licence that goes with the EUPL."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Permissive, LGPL and MPL. The GPL and AGPL are not here: they would decide over our licence.
ALLOWED = re.compile(
    r"(?:0BSD|BSD.*|MIT.*|The MIT License.*|Apache.*|ISC.*|PSF.*|Python Software Foundation.*|Zlib|CC0-1\.0|HPND"
    r"|Unlicense|MPL.*|Mozilla Public License.*|LGPL.*|GNU Lesser.*|GNU Library or Lesser.*|EUPL.*"
    r"|OFL.*|New BSD.*|Simplified BSD.*|\w+ is released under the BSD.*)",
    re.IGNORECASE,
)
LICENCE_TEXTS = {
    "MIT": "Permission is hereby granted, free of charge, to any person obtaining a copy",
    "BSD": "Redistribution and use in source and binary forms",
    "Apache": "Apache License",
}
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def licences(package: metadata.Distribution) -> Iterator[str]:
    """Give what a package says of its licence; any one of them is a choice of its user."""
    about = package.metadata
    expression = about.get("License-Expression") or ""
    if expression:
        yield from re.split(r"\s+OR\s+", expression.strip("()"))
        return
    named = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    short = (about.get("License") or "").strip().splitlines()[:1]
    yield from named or [line for line in short if line] or _from_texts(package)


def _from_texts(package: metadata.Distribution) -> Iterator[str]:
    for file in package.files or []:
        if "licen" in file.name.lower() and ".dist-info" in str(file):
            text = " ".join(file.read_text(encoding="utf-8").split())
            yield from (name for name, words in LICENCE_TEXTS.items() if words in text)


def is_allowed(licence: str) -> bool:
    """Say whether a licence goes with ours; of a combination every part must."""
    parts = re.split(r"\s+AND\s+", licence)
    return all(ALLOWED.fullmatch(re.sub(r"\s+WITH\s+\S+", "", part.strip("() "))) for part in parts)


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("MIT AND PSF-2.0", True),
        ("LGPL-3.0-only", True),
        ("MPL-2.0 AND MIT", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("MIT AND GPL-2.0-only", False),
        ("GNU General Public License (GPL)", False),
        ("GNU Affero General Public License v3", False),
        ("Proprietary", False),
        ("UNKNOWN", False),
    ],
)
def test_the_list_of_licences(licence: str, allowed: bool) -> None:
    """What is not on the list is refused."""
    assert is_allowed(licence) is allowed


def test_every_installed_package_has_a_licence_that_goes_with_ours() -> None:
    """Of a library, a tool and a test alike."""
    told = {package.name: list(licences(package)) for package in metadata.distributions()}
    refused = {name: said for name, said in told.items() if not any(is_allowed(licence) for licence in said)}
    assert not refused, f"not permissive, LGPL or MPL, or it does not say: {refused}"


def test_every_dependency_has_its_reason_beside_it(root: Path) -> None:
    """One line in pyproject.toml, with why."""
    lines = (root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if re.match(r'\s+"[a-z0-9-]+(\[[a-z]+\])?[<>=]', line)]
    assert len(listed) >= len(_asked(root))
    assert [line.strip() for line in listed if not re.search(r",\s+# \w+.{8,}", line)] == []


def _asked(root: Path) -> list[tuple[str, Requirement]]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return [(group, Requirement(line)) for group, lines in groups.items() for line in lines]


def _pinned(root: Path, lock: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for name, version in PINNED.findall((root / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")):
        pins.setdefault(canonicalize_name(name), set()).add(version)
    return pins


@pytest.mark.parametrize(("lock", "left_out"), [("run", {"test", "cluster"}), ("test", set[str]())])
def test_the_lock_file_answers_what_is_asked(root: Path, lock: str, left_out: set[str]) -> None:
    """A changed dependency is followed by `make lock`."""
    pins = _pinned(root, lock)
    for group, requirement in _asked(root):
        if group not in left_out:
            versions = pins.get(canonicalize_name(requirement.name), set())
            fitting = [version for version in versions if requirement.specifier.contains(version)]
            assert fitting, f"{requirement} is not in requirements/{lock}.txt; run make lock"


def test_what_runs_is_what_was_tested(root: Path) -> None:
    """Every version of the small lock file is one of the large."""
    run, test = _pinned(root, "run"), _pinned(root, "test")
    assert {name: versions for name, versions in run.items() if not versions <= test.get(name, set())} == {}


@pytest.mark.parametrize("lock", ["run", "test"])
def test_the_lock_file_has_hashes_and_no_address(root: Path, lock: str) -> None:
    """Each package is what it was when it was locked, from whichever registry it comes."""
    text = (root / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?://|file:|index-url|find-links", text) == []
