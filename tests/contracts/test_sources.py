# SPDX-License-Identifier: EUPL-1.2
"""What every file of the repository keeps to: a licence, no protected material, nothing of one machine."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

LICENCE = "SPDX-License-Identifier: EUPL-1.2"
SOURCES = {".py", ".toml", ".yaml", ".yml", ".sh", ".css", ".js", ".html"}
NAMED_SOURCES = {"Makefile", "run"}
SHIPPED_BY_OTHERS = {"vendor"}
FIRST_LINES = 5

ONE_MACHINE = re.compile(
    r"(?<![\w.:/~-])/(?:home|root|Users|work|workspace|mnt|srv|opt)/[\w.-]+"  # a folder of somebody
    r"|\bfile://"
    r"|--(?:extra-)?index-url"
    r"|\b(?:find-links|trusted-host)\s*="
)
PATHS_OF_SYSTEMS = ("/opt/homebrew/",)

PROTECTED_NAMES = re.compile(r"rijks(?:overheid)?[-_ ]?(?:sans|serif|text|logo|lint|huisstijl)", re.IGNORECASE)
PROTECTED_PACKAGES = ("@rijkshuisstijl-community/" + "design-tokens", "@rijkshuisstijl-community/" + "assets",
                      "@utrecht/" + "design-tokens", "Rijksoverheid" + "Sans", "RO " + "Sans")  # fmt: skip
LARGEST = 2_000_000


def _is_source(path: Path) -> bool:
    ours = not SHIPPED_BY_OTHERS & set(path.parts)
    return ours and (path.suffix in SOURCES or path.name in NAMED_SOURCES)


def test_every_source_file_carries_its_licence(texts: dict[Path, str]) -> None:
    """In its first lines, so that a copy of one file still says it."""
    without = [
        str(path)
        for path, text in texts.items()
        if _is_source(path) and text.strip() and LICENCE not in "\n".join(text.splitlines()[:FIRST_LINES])
    ]
    assert not without, f"add `{LICENCE}` at the top of: {', '.join(without)}"


def test_what_others_made_is_told_with_version_licence_and_hash(files: list[Path], root: Path) -> None:
    """Every folder `vendor` has a `vendor.json` that knows each file in it, and each file is what it says."""
    folders = {Path(*path.parts[: path.parts.index("vendor") + 1]) for path in files if "vendor" in path.parts}
    for folder in folders:
        packages = json.loads((root / folder / "vendor.json").read_text(encoding="utf-8"))
        assert all(package[part] for package in packages for part in ("package", "version", "licence", "reason"))
        told = {folder / name: digest for package in packages for name, digest in package["files"].items()}
        here = {path for path in files if folder in path.parents and path.name != "vendor.json"}
        assert here - set(told) == set(), f"not in {folder}/vendor.json"
        changed = [
            str(path)
            for path, digest in told.items()
            if hashlib.sha256((root / path).read_bytes()).hexdigest() != digest
        ]
        assert not changed, f"not what {folder}/vendor.json says: {changed}"


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("see /home/someone/notes.txt", True),
        ("cd /Users/someone/keten", True),
        ("pip install --" + "index-url x", True),
        ("uv pip compile --no-emit-index-url", False),
        ("src/home/file.py", False),
        ("https://example.org/home/page", False),
        ("see docs/root/plan.md", False),
    ],
)
def test_a_path_of_one_machine_is_recognised(line: str, refused: bool) -> None:
    """Relative paths and addresses are fine."""
    assert bool(ONE_MACHINE.search(line)) is refused


def test_no_file_names_a_place_of_one_machine(texts: dict[Path, str], root: Path) -> None:
    """A stranger has none of these folders, and no such registry."""
    this = Path(__file__).resolve().relative_to(root)
    faults = [
        f"{path}:{number}: {found[0]}"
        for path, text in texts.items()
        if path != this and not SHIPPED_BY_OTHERS & set(path.parts)
        for number, line in enumerate(text.splitlines(), start=1)
        for found in ONE_MACHINE.finditer(line)
        if not found[0].startswith(PATHS_OF_SYSTEMS)
    ]
    assert not faults, "\n".join(faults)


def test_nothing_of_the_protected_house_style_is_here(texts: dict[Path, str], files: list[Path], root: Path) -> None:
    """Logo, fonts and design tokens of the national government are protected and are not shipped."""
    this = Path(__file__).resolve().relative_to(root)
    assert [str(path) for path in files if PROTECTED_NAMES.search(path.name)] == []
    found = [
        f"{path}: {name}" for path, text in texts.items() if path != this for name in PROTECTED_PACKAGES if name in text
    ]
    assert not found, "\n".join(found)


def test_no_file_is_too_large(files: list[Path], root: Path) -> None:
    """A repository is read by people; what is large is made or fetched."""
    large = {str(path): (root / path).stat().st_size for path in files if (root / path).stat().st_size > LARGEST}
    assert not large, f"larger than {LARGEST} bytes: {large}"
