# SPDX-License-Identifier: EUPL-1.2
"""A question as a code that can be printed: typed in again, it repeats the calculation.

The code holds the days of the case and nothing else; it is not stored anywhere.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping

from keten.domain.errors import Problem, UsageError

PREFIX = "KT1."
"""First characters of a code: the kind of code and its version."""
_LONGEST = 4000


def code_of(question: Mapping[str, str]) -> str:
    """Write the answers of a question as a code; empty answers are left out."""
    kept = {name: value for name, value in sorted(question.items()) if value}
    content = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    packed = zlib.compress(content, 9) + zlib.crc32(content).to_bytes(2 + 2, "big")
    return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def question_of(code: str) -> dict[str, str]:
    """Read a code back; spaces and line ends of a print do not matter.

    Raises
    ------
    UsageError
        When it is no code, or not a whole one.
    """
    text = "".join(code.split())
    try:
        if not text.startswith(PREFIX) or len(text) > _LONGEST:
            raise ValueError
        body = text.removeprefix(PREFIX)
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        reader = zlib.decompressobj()
        content = reader.decompress(packed[:-4], 100_000)
        if zlib.crc32(content).to_bytes(4, "big") != packed[-4:]:
            raise ValueError
        found = json.loads(content)
        return {str(name): str(value) for name, value in found.items()}
    except (ValueError, binascii.Error, zlib.error, AttributeError):
        problem = Problem(
            f"code {text[:20]!r}", "is no code of a calculation, or not a whole one.", "Copy it whole, from KT1. on."
        )
        raise UsageError("the code", [problem]) from None
