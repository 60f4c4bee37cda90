# SPDX-License-Identifier: EUPL-1.2
"""What others made is here with its version, its licence and its hash, and nothing that may not be spread."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import keten_web

SITE = Path(keten_web.__file__).parent / "static" / "vendor"
TESTS = Path(__file__).parent / "vendor"
ALLOWED = {"EUPL-1.2", "MIT", "OFL-1.1", "BSD-3-Clause", "MPL-2.0"}


@pytest.mark.parametrize("folder", [SITE, TESTS], ids=["site", "tests"])
def test_every_file_is_the_one_that_is_listed(folder):
    packages = json.loads((folder / "vendor.json").read_text())
    listed = {name: digest for package in packages for name, digest in package["files"].items()}
    there = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "vendor.json"
    }
    assert there == listed


@pytest.mark.parametrize("folder", [SITE, TESTS], ids=["site", "tests"])
def test_every_package_says_what_it_is_for_and_under_which_licence(folder):
    for package in json.loads((folder / "vendor.json").read_text()):
        assert package["licence"] in ALLOWED, package["package"]
        assert package["version"]
        assert package["reason"]


def test_nothing_of_the_protected_house_style_of_the_state_is_here():
    for path in SITE.parent.rglob("*"):
        assert "rijks" not in path.name.lower(), path
    for package in json.loads((SITE / "vendor.json").read_text()):
        assert "design-tokens" not in package["package"]
        assert "rijkshuisstijl" not in package["package"]
