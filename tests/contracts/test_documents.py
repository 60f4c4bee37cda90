# SPDX-License-Identifier: EUPL-1.2
"""What the documents say is so: links lead somewhere, commands exist, generated pages are fresh."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tools import dev
from tools.reference import ROOT, modules
from tools.reference.commands import commands

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`|^(?:    |\t)(\S.*)$", re.MULTILINE)
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = dict(commands())
WEB_COMMAND = re.compile(r"python -m keten_web (\w+)")


def _anchors(text: str) -> set[str]:
    """Give the anchors of the headings of a page, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def _code(text: str) -> list[str]:
    """Give every piece of code of a page, line by line."""
    fenced = [line.strip() for block in FENCE.findall(text) for line in block.splitlines()]
    return fenced + [(inline or indented).strip() for inline, indented in CODE.findall(FENCE.sub("", text))]


def test_every_link_leads_somewhere(pages: dict[Path, str], root: Path) -> None:
    """A file, or a heading on a page."""
    faults = []
    for page, text in pages.items():
        for link in LINK.findall(FENCE.sub("", text)):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            there = (root / page.parent / name).resolve() if name else root / page
            if not there.exists():
                faults.append(f"{page}: {link} does not exist")
            elif anchor and anchor not in _anchors(there.read_text(encoding="utf-8")):
                faults.append(f"{page}: {link} is not a heading there")
    assert not faults, "\n".join(faults)


def test_every_document_that_the_code_names_exists(texts: dict[Path, str], root: Path) -> None:
    """A comment that leads nowhere is worse than none."""
    faults = [
        f"{path}: {name}"
        for path, text in texts.items()
        if path.suffix in {".py", ".yaml", ".toml"} and path.parts[0] != "tests"
        for name in re.findall(r"\bdocs/[\w./-]+\.md\b", text)
        if not (root / name).exists()
    ]
    assert not faults, "\n".join(faults)


def test_every_make_command_in_the_documents_exists(pages: dict[Path, str]) -> None:
    """With make and without."""
    asked = {
        (page, word)
        for page, text in pages.items()
        for line in _code(text)
        for word in re.findall(r"^(?:make|python3? tools/dev\.py) ([a-z]+)", line)
    }
    assert {(str(page), word) for page, word in asked if word not in dev.COMMANDS} == set()


def test_every_make_command_is_told(pages: dict[Path, str], root: Path) -> None:
    """What a developer can ask stands in CONTRIBUTING."""
    told = pages[Path("CONTRIBUTING.md")]
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for command in dev.COMMANDS:
        assert f"`make {command}`" in told, f"CONTRIBUTING.md does not tell what make {command} does"
        assert re.search(rf"^help .*\b{command}\b.*:", makefile, re.MULTILINE), f"make {command} does nothing"


def test_every_keten_command_in_the_documents_exists(pages: dict[Path, str]) -> None:
    """As the command line itself knows them."""
    faults = [
        f"{page}: {line}"
        for page, text in pages.items()
        for line in _code(text)
        if re.match(r"(?:\.venv/bin/)?keten [a-z]", line) and not _is_command(line)
    ]
    assert not faults, "\n".join(faults)


def _is_command(line: str) -> bool:
    words = line.removeprefix(".venv/bin/").split()
    return any(" ".join(words[:length]) in COMMANDS for length in (2, 3, 4))


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_takes_json_and_shows_an_example(path: str) -> None:
    """The contract of every command."""
    command: Any = COMMANDS[path]
    options = {name for parameter in command.params for name in parameter.opts}
    assert "--json" in options, f"{path} does not take --json"
    assert "Example" in (command.help or ""), f"{path} --help shows no example"
    assert path in (command.help or ""), f"the example of {path} does not show the command itself"


@pytest.mark.parametrize("document", list(modules()), ids=lambda document: Path(document.PAGE).name)
def test_generated_pages_are_fresh(document: Any) -> None:
    """`make docs` writes them again. Made in the test: some are the answer of a study, which takes a while."""
    page = ROOT / document.PAGE
    assert page.exists(), f"{document.PAGE} is missing; run make docs"
    assert page.read_text(encoding="utf-8") == document.render(), f"{document.PAGE} is stale; run make docs"
