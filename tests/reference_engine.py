# SPDX-License-Identifier: EUPL-1.2
"""The kernel again in plain Python: slow, short, and written from the rules of a day instead of from the kernel.

It uses the same draws. The two must agree event for event (see properties/test_flow.py).
"""

import math
from collections import defaultdict

from keten.flow.network import WAIT
from keten.flow.queues import NO_QUEUE

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
ENTER, LEAVE = 0, 1
ROUTE, DELAY, NO_SHOW, ELAPSED, LOT, WITHDRAWAL = range(6)


def mix(bits):
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
    return bits ^ (bits >> 31)


def stream(seed, replication):
    return mix((mix((seed + GOLDEN) & MASK) + replication * GOLDEN) & MASK)


def luck_of(key, identity):
    return mix((key + (identity + 1) * GOLDEN) & MASK)


def drawn(luck, stage, turn, purpose):
    code = (turn * 1024 + stage) * 8 + purpose
    return (mix((luck + (code + 1) * GOLDEN) & MASK) >> 11) * 2.0**-53


def triangular(draw, low, mode, high):
    width = high - low
    if width <= 0:
        return low
    if draw * width < mode - low:
        return low + math.sqrt(draw * width * (mode - low))
    return high - math.sqrt((1 - draw) * width * (high - mode))


class ReferenceEngine:
    """One replication; `events` is the list of (case, class, kind, stage, day)."""

    def __init__(self, small):
        self.network, self.capacity = small.network, small.capacity
        records = small.workload.cases
        days = self.capacity.shape[1]
        self.luck = records["luck"].tolist()
        self.lodged, self.deadline = records["lodged"].tolist(), records["deadline"].tolist()
        first = small.workload.first.tolist()
        self.arrivals = {-1: range(first[0])} | {day: range(first[day], first[day + 1]) for day in range(days)}
        rows = small.judgments or ([], [], [])
        self.judgments = [tuple(map(int, row)) for row in zip(*rows, strict=True)]
        self.term_end = {}
        self.stage = records["stage"].tolist()
        self.case_class = records["case_class"].tolist()
        arrived = [(case, day) for day, cases in self.arrivals.items() for case in cases]
        self.withdraws = {case: self.day_of_withdrawal(case, day) for case, day in arrived}
        self.entered = [-1] * len(records)
        self.turn = [0] * len(records)
        self.decided = {}
        self.queues = defaultdict(list)
        self.waits = defaultdict(list)
        self.arrived = 0
        self.events = []
        self.hours_used = defaultdict(float)

    def run(self):
        debt = [0.0] * len(self.capacity)
        self.term_end = {case: term_end for case, day, term_end in self.judgments if day < 0}
        for case in self.arrivals[-1]:
            self.take_place(case, -1)
        for day in range(self.capacity.shape[1]):
            ordered = {case: term_end for case, judged, term_end in self.judgments if judged == day}
            self.term_end |= ordered
            for case in self.arrivals[day]:
                self.enter(case, day)
            self.end_waits(day)
            for case in ordered:
                self.put_in_front(case)
            for case in sorted(case for case, last in self.withdraws.items() if last == day):
                self.withdraw(case, day)
            worked = []
            for resource in range(len(self.capacity)):
                self.work(resource, day, float(self.capacity[resource, day]), debt, worked)
            for case, missed in worked:
                if missed:
                    self.take_place(case, day)
                else:
                    self.enter(case, day)
        return self

    def end_waits(self, day):
        for case in self.waits.pop(day, []):
            if self.queue_of(case) != NO_QUEUE:
                self.join(case)
            else:
                self.leave(case, day)
                self.enter(case, day)

    def day_of_withdrawal(self, case, arrival):
        rate = float(self.network.withdrawal[self.epoch(arrival), self.case_class[case]])
        if rate == 0:
            return None
        draw = drawn(self.luck[case], 0, 0, WITHDRAWAL)
        return arrival + 1 + math.floor(-math.log(1 - draw) / rate)

    def withdraw(self, case, day):
        """Look everywhere for an undecided case, and take it out."""
        if not self.network.undecided[self.stage[case]]:
            return
        for queue in self.queues.values():
            queue[:] = [place for place in queue if place[1] != case]
        for waiting in self.waits.values():
            waiting[:] = [someone for someone in waiting if someone != case]
        self.events.append((case, self.case_class[case], LEAVE, self.stage[case], day))
        self.decided[case] = day
        self.stage[case] = self.network.withdrawn_stage
        self.enter(case, day)

    def draw(self, case, purpose):
        return drawn(self.luck[case], self.stage[case], self.turn[case], purpose)

    def enter(self, case, day):
        self.entered[case] = day
        self.events.append((case, self.case_class[case], ENTER, self.stage[case], day))
        self.take_place(case, day)

    def queue_of(self, case):
        return int(self.network.queue_of[self.stage[case], self.case_class[case]])

    def take_place(self, case, day):
        stage, queue = self.stage[case], self.queue_of(case)
        if queue != NO_QUEUE:
            horizon = int(self.network.queue_horizon[queue])
            if horizon:
                self.waits[day + horizon].append(case)
            else:
                self.join(case)
        elif self.network.kind[stage] == WAIT:
            low, mode, high = (float(part) for part in self.network.delay[self.epoch(day), stage])
            length = triangular(self.draw(case, DELAY), low, mode, high)
            if day == -1:
                length *= self.draw(case, ELAPSED)
            self.waits[day + max(1, math.floor(length + 0.5))].append(case)

    def join(self, case):
        queue = self.queue_of(case)
        self.queues[queue].append((self.place(case, queue), case))
        self.queues[queue].sort(key=lambda place: place[0])

    def put_in_front(self, case):
        queue = self.queue_of(case)
        for number, (place, someone) in enumerate(self.queues[queue]):
            if someone == case and place[0] == 1 and self.place(case, queue)[0] == 0:
                del self.queues[queue][number]
                self.join(case)
                return

    def epoch(self, day):
        return int(self.network.epoch_of_day[max(day, 0)])

    def place(self, case, queue):
        """Among the courts' terms (0, last day of the term), or else (1, order day)."""
        undecided = self.network.undecided[self.stage[case]]
        if undecided and self.network.court_first[queue] and case in self.term_end:
            return 0, max(0, self.term_end[case])
        order = self.network.queue_order[queue]
        if order == 3:
            return 1, int(self.draw(case, LOT) * 256)
        return 1, (self.lodged[case], self.deadline[case], self.entered[case])[order]

    def work(self, resource, day, hours, debt, worked):
        if hours <= 0:
            return
        left = hours - debt[resource]
        if left > 0:
            share = float(self.network.overdue_share[resource])
            if share < 0:
                left = self.serve(resource, day, left, lambda _: True, worked)
            else:
                others = (1.0 - share) * left
                left = self.serve(resource, day, share * left, lambda place: place < (1, day), worked)
                left = self.serve(resource, day, left + others, lambda place: place >= (1, day), worked)
                left = self.serve(resource, day, left, lambda place: place < (1, day), worked)
        debt[resource] = max(0.0, -left)

    def serve(self, resource, day, left, allowed, worked):
        network, epoch = self.network, self.epoch(day)
        while left > 1e-9:
            candidates = []
            for row in range(network.service_start[resource], network.service_start[resource + 1]):
                queue = int(network.service_queue[row])
                place = next((place for place in self.queues[queue] if allowed(place[0])), None)
                if place is not None:
                    rank = -1 if place[0][0] == 0 else network.queue_rank[queue]
                    candidates.append((rank, place[0], row, queue, place))
            if not candidates:
                return left
            _, _, row, queue, place = min(candidates, key=lambda candidate: candidate[:3])
            self.queues[queue].remove(place)
            case = place[1]
            left -= float(network.service_effort[epoch, row])
            no_show = float(network.no_show[epoch, self.stage[case]])
            missed = no_show > 0 and self.draw(case, NO_SHOW) < no_show
            if missed:
                self.turn[case] += 1
            else:
                self.leave(case, day)
            worked.append((case, missed))
        return left

    def leave(self, case, day):
        network, stage = self.network, self.stage[case]
        self.events.append((case, self.case_class[case], LEAVE, stage, day))
        place = stage * network.queue_of.shape[1] + self.case_class[case]
        rows = range(network.route_start[place], network.route_start[place + 1])
        draw = self.draw(case, ROUTE)
        route = next(row for row in rows if draw < network.route_until[self.epoch(day), row])
        following = int(network.route_stage[route])
        if network.undecided[stage] and not network.undecided[following]:
            self.decided[case] = day
        if following <= stage:
            self.turn[case] += 1
        self.stage[case] = following
        if network.route_class[route] >= 0:
            self.case_class[case] = int(network.route_class[route])
