# SPDX-License-Identifier: EUPL-1.2
"""Small runs of the kernel for tests: cases in, tables out."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from chains import chains
from hypothesis import assume
from hypothesis import strategies as st

from keten.flow.cases import Intake, OpeningStock, monthly_calendar, withdrawals
from keten.flow.draws import stream
from keten.flow.kernel import NEVER, Judgments, room_for_events, run
from keten.flow.network import QueueRule, Span, capacity_per_day, compile_network
from keten.flow.tables import tabulate
from keten.parameters.chain import StageKind

START = date(2023, 4, 30)
HORIZON = date(2023, 8, 15)


@dataclass(repr=False)
class SmallRun:
    """Everything of one run of a generated chain."""

    chain: object
    span: object
    network: object
    workload: object
    arrivals: object
    capacity: object
    calendar: object
    judgments: object = None

    def kernel(self, room=200_000):
        """Run on a copy of the cases: a run moves them in place."""
        return run(
            self.network,
            self.workload._replace(cases=self.workload.cases.copy()),
            self.capacity,
            self.calendar,
            judgments=self.judgments,
            withdrawals=withdrawals(self.network, self.workload),
            events=room_for_events(room),
        )

    def tables(self, outcome):
        """The tables of a run, without those of late decisions."""
        return tabulate(
            self.chain,
            self.span,
            self.network,
            self.arrivals,
            self.calendar,
            self.capacity,
            outcome,
            pl.DataFrame(),
            0,
        )


def opening_at(chain, places, lodged_days_ago):
    """An opening stock: one case per (stage, case class), lodged so many days before the reference date."""
    stages = [stage.id for stage in chain.stages]
    classes = [row.id for row in chain.case_classes]
    return OpeningStock(
        stage=np.array([stages.index(stage) for stage, _ in places], dtype=np.int64),
        case_class=np.array([classes.index(name) for _, name in places], dtype=np.int64),
        lodged=START.toordinal() - np.array(lodged_days_ago, dtype=np.int64),
    )


def prepare(chain, *, arrivals, opening=None, rules=None, period=40, seed=7, replication=0, horizon=HORIZON):
    """Make a run ready; `arrivals` has days x case classes, the decision period is `period` days for all."""
    span = Span(START, horizon)
    opening = opening or opening_at(chain, [], [])
    working = np.array([day.weekday() < 5 for day in span.dates])
    counts = np.zeros((span.days, len(chain.case_classes)), dtype=np.int64)
    counts[: len(arrivals)] = arrivals[: span.days]
    return SmallRun(
        chain=chain,
        span=span,
        network=compile_network(chain, span, rules=rules, opening=opening.places(chain)),
        workload=Intake(chain, span, opening, lambda lodged, row: lodged + period + 0 * row).workload(
            counts, key=np.uint64(stream(seed, replication))
        ),
        arrivals=counts,
        capacity=capacity_per_day(chain, span, working),
        calendar=monthly_calendar(span),
    )


@st.composite
def small_runs(draw):
    """A generated chain with opening stock, arrivals, a queue rule and a seed."""
    chain = draw(chains(change_on=date(2023, 6, 10)))
    days, classes = 60, len(chain.case_classes)
    arrivals = draw(st.lists(st.lists(st.integers(0, 2), min_size=classes, max_size=classes), max_size=days))
    inner = [stage.id for stage in chain.stages if stage.kind is not StageKind.EXIT]
    places = draw(
        st.lists(
            st.tuples(st.sampled_from(inner), st.sampled_from([row.id for row in chain.case_classes])), max_size=25
        )
    )
    ages = draw(st.lists(st.integers(0, 200), min_size=len(places), max_size=len(places)))
    assume(places or np.sum(arrivals) > 0)
    rule = draw(
        st.sampled_from(
            [
                QueueRule(),
                QueueRule("entered"),
                QueueRule("deadline"),
                QueueRule("deadline", overdue_share=0.7),
                QueueRule("deadline", overdue_share=0.0, first=("class_b",)),
                QueueRule("lodged", first=("class_a",)),
                QueueRule("lodged", first=("class_a",), horizon=14),
                QueueRule("unpredictable"),
                QueueRule("lodged", court_first=True),
                QueueRule("deadline", overdue_share=0.7, first=("class_b",), horizon=5, court_first=True),
            ]
        )
    )
    small = prepare(
        chain,
        arrivals=np.array(arrivals).reshape(len(arrivals), classes),
        opening=opening_at(chain, places, ages),
        rules={resource.id: rule for resource in chain.resources},
        period=draw(st.sampled_from([10, 40, 400])),
        seed=draw(st.integers(0, 2**31)),
    )
    small.judgments = some_judgments(small, draw(st.integers(0, 1000)))
    return small


def some_judgments(small, seed):
    """A court sets a term for half of the cases, some days after the deadline; for some before the first day."""
    generator = np.random.default_rng(seed)
    deadline = small.workload.cases["deadline"].astype(int)
    size = len(deadline)
    day = np.where(generator.random(size) < 0.5, deadline + generator.integers(0, 60, size), NEVER)
    term_end = day + generator.integers(14, 112, size)
    chosen = [case for case in np.argsort(day, kind="stable") if day[case] < small.span.days]
    return judgments_of([(case, day[case], term_end[case]) for case in chosen])


def judgments_of(rows):
    """Judgments as (case, day, last day of the term), in order of day."""
    return Judgments(*np.array(rows, dtype=np.int32).reshape(-1, 3).T.copy())
