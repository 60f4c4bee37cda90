# SPDX-License-Identifier: EUPL-1.2
"""Regular and emergency places: who does not fit in the regular places of reception lives in an emergency place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import polars as pl

import keten.parameters
from keten.parameters.reading import read_parameters
from keten.parameters.values import Dated, DatedValues, Quantity, at

PACKAGED = Path(keten.parameters.__file__).with_name("reception_places.yaml")


class ReceptionPlaces(DatedValues):
    """How many people can have a regular place in reception, nationally."""

    regular_places: Dated


@lru_cache(maxsize=8)
def load_reception_places(path: Path = PACKAGED) -> ReceptionPlaces:
    """Load the number of regular places.

    Raises
    ------
    ParameterError
        With every problem of the file.
    """
    found: ReceptionPlaces = read_parameters(path, ReceptionPlaces)
    return found


def place_table(
    reception: pl.DataFrame, regular_places: Sequence[Quantity], *, choose: Callable[[str, Quantity], float]
) -> pl.DataFrame:
    """Divide the persons in reception at each month end over regular and emergency places.

    Parameters
    ----------
    reception
        Persons per replication, month end and group (see `keten.domain.ledger.RECEPTION`).

    Returns
    -------
    polars.DataFrame
        The columns of `keten.domain.ledger.PLACES`; the two kinds add up to the persons in reception.

    Raises
    ------
    ParameterError
        When no number of places holds on a month end.
    """
    index = ("replication", "period_end")
    persons = reception.group_by(index, maintain_order=True).agg(everybody=pl.col("persons").sum())
    name = "reception/regular_places"
    places = [round(choose(name, at(regular_places, day, name=name))) for day in persons["period_end"]]
    return (
        persons.with_columns(places=pl.Series(places, dtype=pl.Int64))
        .with_columns(regular=pl.min_horizontal("everybody", "places"))
        .with_columns(emergency=pl.col("everybody") - pl.col("regular"))
        .unpivot(["regular", "emergency"], index=index, variable_name="kind", value_name="persons")
    )
