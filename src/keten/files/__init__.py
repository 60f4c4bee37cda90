# SPDX-License-Identifier: EUPL-1.2
"""Files of strangers: one door, behind which they are read by a process that may die without harm."""

from keten.files.door import (
    LARGE,
    Cell,
    FileRefusedError,
    Limits,
    NoValue,
    Sheet,
    Workbook,
    address,
    read_sheets,
    read_sheets_of_ours,
)

__all__ = [
    "LARGE",
    "Cell",
    "FileRefusedError",
    "Limits",
    "NoValue",
    "Sheet",
    "Workbook",
    "address",
    "read_sheets",
    "read_sheets_of_ours",
]
