# SPDX-License-Identifier: EUPL-1.2
"""YAML read ten times faster: by the parser in C, where the library has it."""

from __future__ import annotations

from typing import Any

import yaml

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str) -> Any:
    """Parse a text of YAML into plain values.

    Raises
    ------
    yaml.YAMLError
        When it is not YAML, in the words of the parser in Python, which says better where.
    """
    try:
        return yaml.load(text, Loader=_FAST)
    except yaml.YAMLError:
        return yaml.safe_load(text)
