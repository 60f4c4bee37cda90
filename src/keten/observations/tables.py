# SPDX-License-Identifier: EUPL-1.2
"""The tables of observed figures, declared once: reader, check, template and manual follow from these declarations.

A delivery of a partner holds the content columns only; its provenance is recorded on receipt. Published figures
carry their provenance in every row, because every row may come from another page.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date

from keten.domain.language import Words
from keten.domain.tables import Column, Table
from keten.observations.definitions import definitions

PARTNERS = (
    "IND", "COA", "DTV", "KMAR", "POLICE", "ZHP", "DJI", "DVO", "NIDOS", "IOM", "VWN", "RVR", "COURTS",
    "COUNCIL_OF_STATE", "MUNICIPALITIES", "SAFETY_REGIONS", "BZ", "COMENSHA", "MINISTRY",
)  # fmt: skip

SOURCE_TYPES = ("delivery", "parliamentary", "official", "court", "ngo", "media", "other_delivery", "derived")
"""Kinds of source, from the most to the least authoritative (see `keten.observations.known.best_known`); an
`other_delivery` is of a partner about figures that another owns."""

PROVENANCE = (
    Column(
        "vintage", str, "-", "Which publication of the figure: first publication, revision, edition", required=False
    ),
    Column("published", date, "date", "First day on which the figure could certainly be known"),
    Column("published_as_given", str, "-", "The date as the source gives it; empty when it gives none", required=False),
    Column("source_type", str, "-", "Kind of source", values=SOURCE_TYPES),
    Column("source_url", str, "-", "Public address of the source"),
    Column(
        "note", str, "-", "What one has to know to use the figure; starts with DERIVED when computed", required=False
    ),
)
"""Columns that every published row has beside its content."""


STATES = ("final", "provisional", "suppressed", "unknown")
"""What a sender says of a figure. Suppressed and unknown have no value: they are never nought."""

_CORRECT_DAYS = Words(en="Correct the days.", nl="Verbeter de dagen.")
_Wrong = tuple[Words, Words] | None


def _period_is_forward(row: dict[str, object]) -> _Wrong:
    start, end = row["period_start"], row["period_end"]
    if isinstance(start, date) and isinstance(end, date) and end < start:
        return (
            Words(en=f"the period ends on {end}, before it starts on {start}.",
                  nl=f"de periode eindigt op {end}, voordat zij op {start} begint."),
            Words(en="Swap or correct the two dates.", nl="Verwissel of verbeter de twee datums."),
        )  # fmt: skip
    return None


_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
_DUTCH_PERIODS = {"month": "maand", "quarter": "kwartaal", "year": "jaar", "year_to_date": "jaar tot en met"}


def _inflow_is_well_formed(row: dict[str, object]) -> _Wrong:
    return _period_is_forward(row) or _period_fits(row)


def _period_fits(row: dict[str, object]) -> _Wrong:
    start, end, period_type = row["period_start"], row["period_end"], str(row["period_type"])
    assert isinstance(start, date) and isinstance(end, date)  # both are required columns
    last_day = monthrange(end.year, end.month)[1]
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    kind, soort = period_type.replace("_", " "), _DUTCH_PERIODS[period_type]
    if start.day != 1 or end.day != last_day or months != _MONTHS_OF.get(period_type, months):
        return (
            Words(en=f"{start} to {end} is not a {kind}.", nl=f"{start} tot en met {end} is geen {soort}."),
            Words(en="Correct the days or the period type.", nl="Verbeter de dagen of de soort periode."),
        )
    if period_type in {"year", "year_to_date"} and (start.month != 1 or start.year != end.year):
        return (
            Words(
                en=f"a {kind} starts on 1 January, not on {start}.",
                nl=f"een {soort} begint op 1 januari, niet op {start}.",
            ),
            _CORRECT_DAYS,
        )
    if period_type == "quarter" and start.month % 3 != 1:
        return Words(en=f"no quarter starts on {start}.", nl=f"op {start} begint geen kwartaal."), _CORRECT_DAYS
    return None


def _has_figure(row: dict[str, object]) -> _Wrong:
    if row["decisions"] is None and row["grant_rate"] is None:
        return (
            Words(
                en="neither decisions nor grant_rate is filled.",
                nl="beslissingen en inwilligingspercentage zijn beide leeg.",
            ),
            Words(
                en="Fill at least one of the two, or remove the row.",
                nl="Vul er ten minste een in, of haal de rij weg.",
            ),
        )
    return _period_is_forward(row)


_PERIOD = (
    Column("period_start", date, "date", "First day of the period"),
    Column("period_end", date, "date", "Last day of the period"),
)
_REFERENCE_DATE = Column("reference_date", date, "date", "Day at the end of which was counted")
_PARTNER = Column("partner", str, "-", "Chain partner the figure is about", values=PARTNERS)
_VALUE = Column("value", float, "see unit", "The figure", minimum=0)

STOCK_GROUPS = (
    "track_1", "track_2", "track_4", "first_applications", "asylum", "asylum_and_family", "family_reunification",
    "asylum_6_to_15_months", "asylum_over_15_months", "asylum_overdue", "syria_yemen", "taskforce_cohort",
    "late_decision_appeals_of_2022", "subsequent", "appeal", "onward_appeal", "dublin_transfer", "departure_period",
    "return_file", "asylum_eurostat", "waiting_registration_interview", "track_4_over_15_months",
)  # fmt: skip

INFLOW = Table(
    name="inflow",
    owner="IND",
    meaning="Persons or applications that came in during a period, always under one named definition",
    columns=(
        *_PERIOD,
        Column(
            "period_type", str, "-", "Kind of period; a year_to_date starts on 1 January",
            values=("month", "quarter", "year", "year_to_date"),
        ),
        Column("definition", str, "-", "What is counted (see Definitions of inflow)", values=tuple(definitions())),
        Column(
            "application_type", str, "-", "Part of the count; total is the whole of it",
            values=(
                "total", "first", "subsequent", "following_family_member", "resettlement", "unaccompanied_minor",
                "family_reunification", "supervision",
            ),
        ),
        Column("nationality", str, "ISO 3166 alpha-3", "Nationality; ALL, or OTHER for the rest of a list"),
        Column("count", int, "as defined", "The count, in the unit of the definition", minimum=0),
    ),
    key=("period_start", "period_end", "definition", "application_type", "nationality"),
    row_check=_inflow_is_well_formed,
)  # fmt: skip

STOCK = Table(
    name="stock",
    owner="IND",
    meaning="Cases that wait on a day",
    columns=(
        _REFERENCE_DATE,
        Column("group", str, "-", "Which cases", values=STOCK_GROUPS),
        Column("count", int, "cases", "Cases in the stock", minimum=0),
        Column("counted", str, "-", "What exactly is counted, in words", required=False),
    ),
    key=("reference_date", "group"),
)

DECISIONS = Table(
    name="decisions",
    owner="IND",
    meaning="Applications handled in a period; what counts as handled differs per group, see counted",
    columns=(
        *_PERIOD,
        Column("group", str, "-", "Which applications"),
        Column("nationality", str, "ISO 3166 alpha-3", "Nationality, or ALL"),
        Column("decisions", int, "cases", "Cases handled", required=False, minimum=0),
        Column("grant_rate", float, "share", "Share of the decisions that grants", required=False, minimum=0),
        Column("counted", str, "-", "What exactly is counted, in words", required=False),
    ),
    key=("period_start", "period_end", "group", "nationality"),
    row_check=_has_figure,
)

THROUGHPUT = Table(
    name="throughput",
    owner="IND",
    meaning="How long cases took and which share was in time",
    columns=(
        *_PERIOD,
        Column("group", str, "-", "Which cases"),
        Column(
            "measure", str, "-", "What is measured",
            values=("lead_time", "wait", "share_in_time", "share_of_stock_in_time", "share_of_inflow_decided"),
        ),
        _VALUE,
        Column("unit", str, "-", "Unit of the value", values=("weeks", "months", "days", "share")),
    ),
    key=("period_start", "period_end", "group", "measure"),
    row_check=_period_is_forward,
)  # fmt: skip

STAFF = Table(
    name="staff",
    meaning="People who work for a partner, and changes in their number",
    columns=(
        *_PERIOD,
        _PARTNER,
        Column(
            "measure", str, "-", "What is measured",
            values=(
                "employees", "fte", "fte_growth", "employees_growth", "fte_shortage", "fte_growth_border",
                "share_of_deployable_fte_on_overdue_stock",
            ),
        ),
        replace(_VALUE, minimum=None),
        Column("unit", str, "-", "Unit of the value", values=("persons", "fte", "share")),
    ),
    key=("period_start", "period_end", "partner", "measure"),
    row_check=_period_is_forward,
)  # fmt: skip

RECEPTION = Table(
    name="reception",
    owner="COA",
    meaning="Persons in reception, or places for them, on a day",
    columns=(
        _REFERENCE_DATE,
        Column(
            "measure", str, "-", "Which persons or places",
            values=(
                "occupancy", "permit_holders", "permit_holders_over_3_months", "in_regular_places",
                "in_emergency_places", "on_coa_sites", "outside_coa_sites", "technical_capacity", "contracted_places",
            ),
        ),
        Column("persons", int, "persons or places", "Number of persons, or of places", minimum=0),
    ),
    key=("reference_date", "measure"),
)  # fmt: skip

DEPARTURES = Table(
    name="departures",
    owner="DTV",
    meaning="Persons without lawful stay who left, by kind of departure",
    columns=(
        *_PERIOD,
        Column("scope", str, "-", "Whose count: caseload of DTV, the CHAIN, or IOM", values=("DTV", "CHAIN", "IOM")),
        Column(
            "kind", str, "-", "Kind of departure",
            values=("independent", "forced", "unsupervised", "assisted", "all"),
        ),
        Column("persons", int, "persons", "Persons who left", minimum=0),
    ),
    key=("period_start", "period_end", "scope", "kind"),
    row_check=_period_is_forward,
)  # fmt: skip

RETURN_FILES = Table(
    name="return_files",
    owner="DTV",
    meaning="Files that DTV received, by the partner who handed them over",
    columns=(
        *_PERIOD,
        Column("from_partner", str, "-", "Partner that hands over", values=("IND", "POLICE", "KMAR", "OTHER")),
        Column("files", int, "files", "Files received", minimum=0),
    ),
    key=("period_start", "period_end", "from_partner"),
    row_check=_period_is_forward,
)

DETENTION = Table(
    name="detention",
    owner="DJI",
    meaning="Aliens detention: inflow, occupancy, duration and outcome",
    columns=(
        *_PERIOD,
        Column(
            "measure", str, "-", "What is measured",
            values=(
                "inflow", "occupancy", "average_occupancy", "average_duration", "share_demonstrable_departure",
                "places",
            ),
        ),
        _VALUE,
        Column("unit", str, "-", "Unit of the value", values=("persons", "days", "share", "places")),
    ),
    key=("period_start", "period_end", "measure"),
    row_check=_period_is_forward,
)  # fmt: skip

PENALTIES = Table(
    name="penalties",
    owner="IND",
    meaning="Penalty payments, notices of default and court cases of a period",
    columns=(
        *_PERIOD,
        Column(
            "measure", str, "-", "What is measured",
            values=(
                "paid", "paid_asylum", "paid_family_reunification", "paid_regular", "paid_administrative",
                "paid_judicial", "accrued_low", "accrued_high", "accrued_per_week", "notices_of_default",
                "late_decision_appeals", "judgments", "asylum_court_cases",
            ),
        ),
        _VALUE,
        Column("unit", str, "-", "Unit of the value", values=("eur", "notices", "appeals", "cases")),
    ),
    key=("period_start", "period_end", "measure"),
    row_check=_period_is_forward,
)  # fmt: skip

FORECASTS = Table(
    name="forecasts",
    owner="MINISTRY",
    looks_ahead=True,
    meaning="What an edition of a forecast said about a later period; the multi-year production forecast above all",
    columns=(
        Column("edition", str, "-", "Identifier of the edition, for instance mpp-2023-04"),
        Column("made_on", date, "date", "Day (or last day of the month) on which the edition was made"),
        *_PERIOD,
        Column("scenario", str, "-", "Scenario", values=("minimum", "medium", "maximum", "most_likely")),
        Column(
            "measure", str, "-", "What is forecast",
            values=(
                "inflow", "subsequent_applications", "following_family_members", "unaccompanied_minors",
                "reception_occupancy", "reception_places_needed", "permit_holders_to_house", "penalties",
                "late_decision_appeals", "stock_asylum",
            ),
        ),
        Column("definition", str, "-", "Definition of the inflow", required=False, values=tuple(definitions())),
        _VALUE,
        Column("unit", str, "-", "Unit of the value", values=("persons", "places", "eur", "cases")),
    ),
    key=("edition", "period_start", "period_end", "scenario", "measure", "definition"),
    row_check=_period_is_forward,
)  # fmt: skip

PLANS = Table(
    name="plans",
    owner="IND",
    looks_ahead=True,
    meaning="Production agreed for a period",
    columns=(
        *_PERIOD,
        Column("group", str, "-", "Which decisions", values=("asylum", "track_4", "track_4_syr_yem_extra")),
        Column("decisions", int, "cases", "Cases to handle", minimum=0),
    ),
    key=("period_start", "period_end", "group"),
    row_check=_period_is_forward,
)

UNIT_COSTS = Table(
    name="unit_costs",
    meaning="What one unit costs",
    columns=(
        Column("year", int, "year", "Year of the price", minimum=1975),
        _PARTNER,
        Column("item", str, "-", "The unit, for instance one occupied bed during one day"),
        Column("amount_eur", float, "eur", "Cost of one unit", minimum=0),
    ),
    key=("year", "partner", "item"),
)

BUDGETS = Table(
    name="budgets",
    meaning="Money of a year, by partner and stage of the budget cycle",
    columns=(
        Column("year", int, "year", "Budget year", minimum=1975),
        _PARTNER,
        Column(
            "measure", str, "-", "What the money is",
            values=(
                "contribution", "programme_expenditure", "revenue", "personnel_cost", "own_personnel_cost",
                "external_hire_cost",
            ),
        ),
        Column(
            "budget_stage", str, "-", "Stage of the budget cycle",
            values=(
                "budget", "adjusted_budget", "first_supplementary_budget", "second_supplementary_budget", "realised",
            ),
        ),
        Column("amount_eur", int, "eur", "Amount", minimum=0),
    ),
    key=("year", "partner", "measure", "budget_stage"),
)  # fmt: skip

KEY_FIGURES = Table(
    name="key_figures",
    meaning="Other figures that describe the chain and have no norm",
    columns=(
        *_PERIOD,
        _PARTNER,
        Column("measure", str, "-", "What is measured"),
        _VALUE,
        Column(
            "unit",
            str,
            "-",
            "Unit of the value",
            values=("persons", "applications", "requests", "share", "years", "months", "weeks", "days"),
        ),
    ),
    key=("period_start", "period_end", "partner", "measure"),
    row_check=_period_is_forward,
)

DISTRIBUTIONS = Table(
    name="distributions",
    meaning="A forecast as a distribution, in the format of the forecast hubs: quantiles or samples of one target",
    columns=(
        Column("reference_date", date, "date", "Day on which the forecast was made, or the last day it knew"),
        Column("location", str, "-", "What the target is about: NL, or a region"),
        Column("target", str, "-", "What is forecast, for instance inc asylum"),
        Column("target_end_date", date, "date", "Last day of the period that is forecast"),
        Column("output_type", str, "-", "Kind of output", values=("mean", "median", "quantile", "sample")),
        Column(
            "output_type_id", str, "-", "The level of a quantile (0.5), or the name of a sample", required=False
        ),
        _VALUE,
    ),
    key=("reference_date", "location", "target", "target_end_date", "output_type", "output_type_id"),
    delivered_only=True,
)  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        INFLOW, STOCK, DECISIONS, THROUGHPUT, STAFF, RECEPTION, DEPARTURES, RETURN_FILES, DETENTION, PENALTIES,
        FORECASTS, PLANS, UNIT_COSTS, BUDGETS, KEY_FIGURES, DISTRIBUTIONS,
    )
}  # fmt: skip
"""Every table of observations by name."""


def with_provenance(table: Table) -> Table:
    """Give the published form of a table: content, then provenance.

    One fact may be printed several times (a first publication, a revision, two newspapers), so the key grows with
    what tells these rows apart.
    """
    return replace(
        table,
        columns=table.columns + PROVENANCE,
        key=(
            *table.key,
            *(c.name for c in table.columns if c.name in {"counted"}),
            "vintage",
            "published",
            "source_url",
        ),
    )
