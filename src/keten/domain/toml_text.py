# SPDX-License-Identifier: EUPL-1.2
"""Read the text of a TOML file, whatever program saved it."""

from __future__ import annotations


def toml_text(raw: bytes) -> str:
    r"""Give the text of a file, with or without a byte-order mark, and with the line ends of any system as `\n`.

    Raises
    ------
    UnicodeDecodeError
        When it is neither UTF-8 nor, by its mark, UTF-16.
    """
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
