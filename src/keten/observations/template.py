# SPDX-License-Identifier: EUPL-1.2
"""An empty workbook for a partner to fill in, made from the declaration of a table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import xlsxwriter

from keten.domain.tables import Column, Table

ROWS_WITH_HELP = 5000
"""Rows for which the workbook offers the list of values and the format of the column."""

_TYPES = {int: "whole number", float: "number", str: "text", date: "date"}


def write_template(table: Table, path: Path) -> None:
    """Write a workbook with the header of a table on the first sheet and its explanation on the second."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        bold = workbook.add_format({"bold": True, "bottom": 1})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(table.columns):
            sheet.write_string(0, position, column.name, bold)
            sheet.set_column(position, position, max(12, len(column.name) + 2), day if column.type is date else None)
            if column.values:
                sheet.data_validation(1, position, ROWS_WITH_HELP, position, _one_of(column))
        _write_explanation(workbook.add_worksheet("columns"), table, bold, wrapped)


def _one_of(column: Column) -> dict[str, object]:
    """Offer the closed list of values; a list too long for a workbook is explained on the second sheet only."""
    listed = ",".join(column.values)
    if len(listed) > 255:
        return {"validate": "any"}
    return {"validate": "list", "source": list(column.values), "ignore_blank": not column.required}


def _write_explanation(sheet: xlsxwriter.worksheet.Worksheet, table: Table, bold: object, wrapped: object) -> None:
    sheet.write_string(0, 0, table.meaning, bold)
    for position, heading in enumerate(("column", "type", "unit", "required", "meaning", "values")):
        sheet.write_string(2, position, heading, bold)
    for number, column in enumerate(table.columns, start=3):
        cells = explain(column)
        for position, cell in enumerate(cells):
            sheet.write_string(number, position, cell, wrapped)
    sheet.set_column(0, 3, 16)
    sheet.set_column(4, 5, 60)


def explain(column: Column) -> tuple[str, str, str, str, str, str]:
    """Describe a column: name, type, unit, whether it is required, meaning and list of values."""
    required = "yes" if column.required else "no"
    return column.name, _TYPES[column.type], column.unit, required, column.meaning, ", ".join(column.values)
