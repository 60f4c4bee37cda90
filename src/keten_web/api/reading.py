# SPDX-License-Identifier: EUPL-1.2
"""How a body is read: JSON as its standard has it, with text that can be written down again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class StrictParser(Parser):
    """Refuse what Python reads as JSON and JSON does not know: NaN, infinity, and half of a pair of characters.

    Whatever goes wrong here, also a body that is nested too deep, is told as a body that cannot be read.
    """

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        found = json.loads(request.body, parse_constant=_no_number)
        for text in _texts(found):
            text.encode()  # a lone surrogate has no bytes
        return found  # type: ignore[no-any-return]


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON.")


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            yield name
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)
