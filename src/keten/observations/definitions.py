# SPDX-License-Identifier: EUPL-1.2
"""What is called inflow: eleven counts, and the few named ways to go from one to another."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from keten.domain.errors import DeliveryError, Problem
from keten.domain.yaml_text import parse_yaml

TOTAL = "total"
NOT_A_PART = ("unaccompanied_minor",)
"""Application types that are counted again inside another one, so that they never add up to a total."""


class _Declared(BaseModel):
    """A declared row: frozen, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Definition(_Declared):
    """One way of counting inflow: what is in it, what is left out, and what one unit is."""

    id: str
    nl: str
    en: str
    included: tuple[str, ...]
    left_out: tuple[str, ...]
    unit: Literal["persons", "applications", "files"]
    source: str


class Conversion(_Declared):
    """A named way to turn figures of one definition into figures of another: times numerator / denominator."""

    id: str
    from_definition: str = Field(alias="from")
    to_definition: str = Field(alias="to")
    numerator: int = Field(gt=0)
    denominator: int = Field(gt=0)
    reason: str
    source: str


@lru_cache
def _document() -> dict[str, list[dict[str, object]]]:
    text = files("keten.observations").joinpath("definitions.yaml").read_text(encoding="utf-8")
    return dict(parse_yaml(text))


@lru_cache
def definitions() -> dict[str, Definition]:
    """Every definition of inflow by its identifier."""
    return {str(raw["id"]): Definition.model_validate(raw) for raw in _document()["definitions"]}


@lru_cache
def conversions() -> dict[str, Conversion]:
    """Every conversion between definitions by its identifier."""
    return {str(raw["id"]): Conversion.model_validate(raw) for raw in _document()["conversions"]}


def one_definition(rows: pl.DataFrame, definition: str | None = None) -> str:
    """Make sure that inflow rows are counted in one way, and say which.

    Parameters
    ----------
    rows
        Inflow rows, with a column `definition`.
    definition
        The definition they should have; when left out, any single one will do.

    Raises
    ------
    DeliveryError
        When rows of two definitions are mixed, or the definition is another than asked for.
    """
    found = sorted(rows["definition"].unique().to_list())
    wanted = definition or (found[0] if found else "")
    strangers = [name for name in found if name != wanted]
    if strangers:
        ways = [
            name
            for name, way in conversions().items()
            if way.to_definition == wanted and way.from_definition in strangers
        ]
        remedy = f"Convert first, by name: {', '.join(ways)}." if ways else "Keep them apart: no conversion is known."
        raise DeliveryError(
            "Inflow figures",
            [
                Problem(
                    "column definition",
                    f"figures of {wanted} are mixed with figures of {', '.join(strangers)}; they count other things.",
                    remedy,
                )
            ],
        )
    return wanted


def _add_up(rows: pl.DataFrame) -> None:
    """Refuse what would be counted twice: a total beside its parts, or one fact in two publications."""
    problems = []
    types = set(rows["application_type"].unique().to_list())
    if TOTAL in types and len(types) > 1:
        parts = ", ".join(sorted(types - {TOTAL}))
        problems.append(
            Problem(
                "column application_type", f"total is added to its parts ({parts}).", "Keep the total or the parts."
            )
        )
    if inside := sorted(types & set(NOT_A_PART)):
        problems.append(
            Problem(
                "column application_type",
                f"{', '.join(inside)} is counted already in another application type.",
                "Leave it out of the sum.",
            )
        )
    key = ["period_start", "period_end", "application_type", "nationality"]
    if rows.select(key).is_duplicated().any():
        problems.append(
            Problem("rows", "the same fact occurs more than once (a first publication and a revision, for instance).",
                    "Choose one row per fact, for instance with best_known.")
        )  # fmt: skip
    if problems:
        raise DeliveryError("A sum of inflow figures", problems)


def total_inflow(rows: pl.DataFrame, *, definition: str) -> int:
    """Add inflow rows up, in the unit of one definition.

    Raises
    ------
    DeliveryError
        When definitions are mixed, a total is added to its parts, or a fact occurs twice.
    """
    one_definition(rows, definition)
    _add_up(rows)
    return int(rows["count"].sum())


def convert(rows: pl.DataFrame, conversion: str) -> pl.DataFrame:
    """Turn inflow rows into another definition, by the name of the conversion.

    Counts are rounded to whole units; the note says which conversion was used.

    Raises
    ------
    DeliveryError
        When the conversion is unknown, or the rows are not in the definition it starts from.
    """
    if conversion not in conversions():
        known = ", ".join(conversions())
        raise DeliveryError(
            "A conversion of inflow figures",
            [
                Problem(
                    conversion,
                    "this conversion is not declared.",
                    f"Use one of {known}, or declare it with its source.",
                )
            ],
        )
    way = conversions()[conversion]
    one_definition(rows, way.from_definition)
    factor = way.numerator / way.denominator
    return rows.with_columns(
        pl.lit(way.to_definition).alias("definition"),
        (pl.col("count") * factor).round().cast(pl.Int64).alias("count"),
        *(
            [pl.concat_str([pl.col("note").fill_null(""), pl.lit(f" [converted: {conversion}]")]).alias("note")]
            if "note" in rows.columns
            else []
        ),
    )
