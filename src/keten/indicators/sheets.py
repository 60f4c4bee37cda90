# SPDX-License-Identifier: EUPL-1.2
"""One table of a bundle, made ready to be added up: formulas ask dozens of sums of the same few tables."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

Rows = NDArray[np.bool_]
"""Which rows of a table are chosen."""


_DAYS, _BEFORE_EPOCH = 2**23, 2**22
"""More days than the years up to 9999 have, and more than lie before 1970: so replication and day fit in one number."""


class Sheet:
    """A table with the month of each row as a number, and its columns as numbers or codes, each made once.

    `frame` is the table itself; `months` has every replication and period end that it speaks of, in order.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        replication = frame["replication"].cast(pl.Int64).to_numpy()
        day = frame["period_end"].cast(pl.Date).to_physical().to_numpy()
        found, self._month = np.unique(replication * _DAYS + day + _BEFORE_EPOCH, return_inverse=True)
        days = pl.Series("period_end", found % _DAYS - _BEFORE_EPOCH, dtype=pl.Int32).cast(pl.Date)
        self.months = pl.DataFrame([pl.Series("replication", found // _DAYS, dtype=pl.Int64), days])
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._codes: dict[str, tuple[list[str | None], NDArray[np.uint32]]] = {}

    @cached_property
    def everything(self) -> Rows:
        """All rows."""
        return np.ones(self.frame.height, dtype=np.bool_)

    def where(self, *conditions: pl.Expr) -> Rows:
        """Choose the rows for which all conditions hold."""
        if not conditions:
            return self.everything
        chosen = pl.all_horizontal(*conditions).fill_null(False)
        return self.frame.with_columns(chosen.alias("chosen"))["chosen"].to_numpy()

    def among(self, column: str, values: Collection[str]) -> Rows:
        """Choose the rows whose text in a column is one of the values."""
        if column not in self._codes:
            names = self.frame[column].drop_nulls().unique().sort().to_list()
            coded = self.frame[column].cast(pl.Enum(names)).to_physical().cast(pl.UInt32).fill_null(len(names))
            self._codes[column] = [*names, None], coded.to_numpy()
        known, codes = self._codes[column]
        chosen: Rows = np.array([value is not None and value in values for value in known])[codes]
        return chosen

    def per_month(self, column: str, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Add up a column over the chosen rows of each month, and count those rows.

        With an empty cell among the terms the sum is not a number: it is unknown, not smaller. Terms with a fraction
        are added in order of size, so that the order of the rows cannot change the last bit.
        """
        month, terms = self._month[rows], self._number(column)[rows]
        size = self.months.height
        if not self.frame.schema[column].is_integer():
            order = np.argsort(terms, kind="stable")
            month, terms = month[order], terms[order]
        sums = np.bincount(month, terms, size).astype(np.float64)
        return sums.round(6), np.bincount(month, minlength=size).astype(np.int64)

    def of_months(self, values: NDArray[np.float64], known: Rows) -> pl.DataFrame:
        """Put a value behind each month of which it is known."""
        chosen = pl.Series(known)
        columns = [column.filter(chosen) for column in self.months]
        return pl.DataFrame([*columns, pl.Series("value", values).filter(chosen)])

    def _number(self, column: str) -> NDArray[np.float64]:
        if column not in self._numbers:
            self._numbers[column] = self.frame[column].cast(pl.Float64).to_numpy()
        return self._numbers[column]
