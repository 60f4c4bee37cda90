# SPDX-License-Identifier: EUPL-1.2
"""The one hash of the house: SHA-256, in hexadecimal, of bytes, a text or files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def hash_of(content: bytes | str) -> str:
    """Hash bytes, or a text as UTF-8."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def hash_of_files(files: Iterable[Path], base: Path) -> str:
    """Hash files by name and content, whatever order they are found in."""
    listed = (f"{file.relative_to(base).as_posix()}\0{hash_of(file.read_bytes())}\n" for file in sorted(files))
    return hash_of("".join(listed))
