# SPDX-License-Identifier: EUPL-1.2
"""How much work track 4 really leaves behind: outflow from the stock identity, and the hours that go with it.

Printed production counts other products too (24,000 track 4 "assessments" in 2022, family reunification, repeat work),
and cannot be squared with the published stocks. What must hold is opening + inflow - outflow = closing. So the outflow
is what the published stocks and inflow leave over, and the capacity is that outflow times the effort of a case.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from keten.domain.words import Track
from keten.forecast import Shares, shares
from keten.observations import Observations, monthly_inflow, stock_on
from keten.observations.queries import quarterly_inflow
from keten.parameters.chain import Chain
from keten.parameters.paths import Place, routes_from
from keten.parameters.values import Quantity, at

RESOURCE = "decision_officers_track_4"
DAYS_PER_MONTH = 365.25 / 12
WORKING_DAYS_PER_MONTH = 21
STAY_IN_TRACKS_1_AND_2 = 1500
"""Cases by which the stock of tracks 1 and 2 together may have changed in the long window (assumption: nobody
published it for December 2021; the stocks of 2023 are 4,320 in January and 3,775 in April)."""


@dataclass(frozen=True)
class Identity:
    """Opening + inflow - closing = outflow, for a group of cases between two counts."""

    group: str
    start: date
    end: date
    opening: int
    inflow: int
    closing: int

    @property
    def outflow(self) -> int:
        """Cases that left in the window."""
        return self.opening + self.inflow - self.closing

    @property
    def outflow_per_month(self) -> float:
        """Cases that left per month of average length."""
        return self.outflow / ((self.end - self.start).days / DAYS_PER_MONTH)


@dataclass(frozen=True)
class Calibration:
    """What the identities say about the outflow of track 4 per month, and the hours per working day it takes."""

    first_applications: Identity
    track_4: Identity
    outflow_per_month: Quantity
    withdrawn_per_month: float
    hours_per_case: float
    capacity: Quantity


def calibrate(chain: Chain, observations: Observations, known_on: date) -> Calibration:
    """Work the capacity of the decision officers of track 4 out from published stocks and inflow.

    The long window (December 2021 to April 2023, all first applications) gives the level. Its share of track 4 depends
    on the shares of tracks 1 and 2, which gives the range. The short window (May and June 2023, track 4) is shown
    beside it: two months are too few to calibrate on, and the project BAA had started.
    """
    known = observations.known_on(known_on)
    share = shares(known, known_on)
    long, short = _first_applications(known, share), _track_4(known, share)
    months = (long.end - long.start).days / DAYS_PER_MONTH
    others = share.track_1, share.track_2
    central = sum(quantity.central for quantity in others)
    most, least = (sum(quantity.bounds[end] for quantity in others) for end in (0, 1))

    def outflow(others_share: float, stay: int) -> float:
        return (long.outflow - others_share * long.inflow + stay) / months + returned_per_month(chain, long, share)

    per_month = Quantity(
        low=round(outflow(least, 0), -1),
        mode=round(outflow(central, 0), -1),
        high=round(outflow(most, -STAY_IN_TRACKS_1_AND_2), -1),
        unit="cases per month",
        assumption="Stock identity of first applications, December 2021 to April 2023, less tracks 1 and 2.",
    )
    hours = hours_per_case(chain, share, long.end)
    withdrawn = _withdrawn_per_month(chain, known, share, long)
    return Calibration(long, short, per_month, withdrawn, hours, _capacity(per_month, withdrawn, hours))


def _withdrawn_per_month(chain: Chain, known: Observations, share: Shares, window: Identity) -> float:
    """Cases of track 4 that leave while they wait, without an hour of work: mean stock of the window times the rate."""
    stock = (window.opening + stock_on(known, window.end, "track_4").count) / 2
    rate = sum(
        weight * at(withdrawal, window.end, name="withdrawal").central
        for name, weight in _weights(share).items()
        if (withdrawal := chain.case_class(name).withdrawal)
    )
    return stock * rate / 12


def _capacity(per_month: Quantity, withdrawn: float, hours: float) -> Quantity:
    low, high = per_month.bounds
    worked = [max(0.0, cases - withdrawn) for cases in (low, per_month.central, high)]
    daily = [round(cases * hours / WORKING_DAYS_PER_MONTH, -1) for cases in worked]
    return Quantity(
        low=daily[0],
        mode=daily[1],
        high=daily[2],
        unit="hours per working day",
        assumption=(
            f"Outflow of {low:,.0f}, {per_month.central:,.0f}, {high:,.0f} cases a month, of which {withdrawn:,.0f} "
            f"withdrawn while they waited, at {hours:.1f} hours a case."
        ),
    )


def _first_applications(known: Observations, share: Shares) -> Identity:
    """All tracks together: the only long window with counts at both ends."""
    start, end = date(2021, 12, 1), date(2023, 4, 30)
    opening = stock_on(known, start, "first_applications").count
    closing = sum(stock_on(known, end, f"track_{track.value}").count for track in Track)
    inflow = round(sum(first_applications_in(known, share, month) for month in months_between(start, end)))
    return Identity("first applications", start, end, opening, inflow, closing)


def track_4_growth(chain: Chain, known: Observations, known_on: date, start: date, end: date) -> float:
    """Work out by how much the stock of track 4 grew between two days: observed inflow less the calibrated outflow.

    Months count for the days that fall in the period.
    """
    share = shares(known, known_on)
    found = calibrate(chain, known, known_on)
    to_track_4 = 1 - share.track_1.central - share.track_2.central
    returned = returned_per_month(chain, found.first_applications, share)
    net = 0.0
    for month in months_between(start.replace(day=1), end):
        last = month.replace(day=monthrange(month.year, month.month)[1])
        days = (min(last, end) - max(month, start + timedelta(days=1))).days + 1
        growth = first_applications_in(known, share, month) * to_track_4 + returned - found.outflow_per_month.central
        net += growth * max(0, days) / last.day
    return net


def months_between(start: date, end: date) -> list[date]:
    """List the first days of the months from that of one day until that of another."""
    return pl.date_range(start, end, "1mo", eager=True).to_list()


def first_applications_in(known: Observations, share: Shares, month: date) -> float:
    """First applications of a month: as published, else of its published quarter a third, else by share of the total.

    Statistics Netherlands counts the register of the IND, so the two may stand in for each other.
    """
    end = month.replace(day=monthrange(month.year, month.month)[1])
    for definition in ("ind_asylum_inflow", "cbs_asylum_inflow"):
        published = monthly_inflow(known, definition, "first", month, end)
        if published.height:
            return float(published["count"].sum())
    quarters = quarterly_inflow(known, "cbs_asylum_inflow", "first")
    found = quarters.filter((pl.col("period_start") <= month) & (pl.col("period_end") >= end))
    if found.height:
        return float(found["count"].sum()) / 3
    total = monthly_inflow(known, "ind_asylum_inflow", "total", month, end)
    return float(total["count"].sum()) * _first_share(share)


def _first_share(share: Shares) -> float:
    """Share of first applications in the inflow without resettlement."""
    return (1 - share.subsequent.central) * (1 - share.following_family_member.central)


def _track_4(known: Observations, share: Shares) -> Identity:
    start, end = date(2023, 4, 30), date(2023, 6, 30)
    total = float(monthly_inflow(known, "ind_asylum_inflow", "total", date(2023, 5, 1), end)["count"].sum())
    inflow = total * _first_share(share) * (1 - share.track_1.central - share.track_2.central)
    opening, closing = (stock_on(known, day, "track_4").count for day in (start, end))
    return Identity("track 4", start, end, opening, round(inflow), closing)


def returned_per_month(chain: Chain, window: Identity, share: Shares) -> float:
    """Cases of track 1 that go on in track 4 add to the inflow of track 4, and so to the outflow it must have."""
    per_month = window.inflow * share.track_1.central / ((window.end - window.start).days / DAYS_PER_MONTH)
    return per_month * _share_that_becomes(chain, Place("dublin_request", "first_track_1"), window.end, depth=8)


def _share_that_becomes(chain: Chain, place: Place, day: date, *, depth: int) -> float:
    if depth == 0:
        return 0.0
    total = 0.0
    for route in routes_from(chain, place):
        weight = at(route.share, day, name="share").central
        changed = (
            1.0
            if route.becomes
            else _share_that_becomes(chain, Place(route.to, place.case_class), day, depth=depth - 1)
        )
        total += weight * changed
    return total


def hours_per_case(chain: Chain, share: Shares, day: date) -> float:
    """Work out the expected hours of a decision officer on a case of track 4, from the first interview to the decision.

    Averaged over the case classes of track 4 in the proportions in which they arrive; a missed appointment costs its
    hours once more.
    """
    return sum(
        weight * _hours_from(chain, Place("detailed_interview", name), day) for name, weight in _weights(share).items()
    )


def _weights(share: Shares) -> dict[str, float]:
    """Part of each case class in the first applications of track 4, in the proportions in which they arrive."""
    named = {"first_track_4_syr_yem": share.syr_yem.central, "first_track_4_dza_mda": share.dza_mda.central}
    others = 1 - share.track_1.central - share.track_2.central - sum(named.values())
    found = named | {"first_track_4_other": max(0.0, others)}
    return {name: weight / sum(found.values()) for name, weight in found.items()}


def _hours_from(chain: Chain, place: Place, day: date) -> float:
    stage = chain.stage(place.stage)
    if not stage.undecided:
        return 0.0
    service = next((row for row in chain.services if row.stage == place.stage and row.resource == RESOURCE), None)
    no_show = at(stage.no_show, day, name="no_show").central if stage.no_show else 0.0
    here = 0.0 if service is None else _mean(at(service.effort, day, name="effort")) / (1 - no_show)
    return here + sum(
        at(route.share, day, name="share").central * _hours_from(chain, Place(route.to, place.case_class), day)
        for route in routes_from(chain, place)
    )


def _mean(quantity: Quantity) -> float:
    low, high = quantity.bounds
    return (low + quantity.central + high) / 3
