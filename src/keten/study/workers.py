# SPDX-License-Identifier: EUPL-1.2
"""Who does the runs: processes or threads of this machine, or the workers of a Dask cluster.

All do the same work for many tasks and give the results in the order of the tasks, so an outcome never depends on
who did it. What all tasks share travels once to every worker and not with every task.

The processes are not those of `concurrent.futures`: there all workers answer through one pipe, so a worker that is
killed while it answers leaves half a message in it and the study waits for ever. Here every worker has a pipe of its
own: its death is the end of that pipe, only its own task is lost, and that task is done again by another.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from typing import Any

from keten.domain.errors import Problem, RunError
from keten.study.work import Work, Workers

FEW = 4
"""Runs that are done sooner than a second process has started."""

PRELOADED = "keten.study.preloaded"
"""What a process has loaded before it starts."""

MOST_LOSSES = 3
"""Workers that may be lost in one question; more is no accident."""


@contextmanager
def workers_for(count: int, runs: int, scheduler: str | None = None) -> Iterator[Workers | None]:
    """Open the workers for a question of so many runs: those of a cluster when its scheduler is named.

    None where this process alone is done sooner than others have started.

    Raises
    ------
    UsageError
        When the scheduler does not answer or has no workers, or the package that talks to it is not there.
    """
    if scheduler is not None:
        from keten.study.cluster import connected  # a large package that few need

        with connected(scheduler) as cluster:
            yield cluster
        return
    if not _are_worth_it(count, runs):
        yield None
        return
    processes = Processes(count)
    try:
        yield processes
    finally:
        processes.stop()


@dataclass
class _Question:
    """The tasks of one question, which of them wait, and what is done."""

    parcel: bytes
    tasks: Sequence[Any]
    waiting: deque[int]
    done: dict[int, Any] = field(default_factory=dict)
    lost: int = 0


@dataclass(eq=False)
class _Worker:
    """A process, our end of its pipe, and the number of the task it is doing."""

    program: BaseProcess
    pipe: Connection
    task: int | None = None

    def end(self) -> None:
        """Close its pipe, which ends a worker that waits; one that works is ended as it is."""
        self.pipe.close()
        if self.task is not None:
            self.program.kill()


class Threads:
    """Threads of this program, for a few runs for which somebody is waiting: they start at once and nothing travels.

    They gain where the work leaves Python: the flow and the tables. What is shared is shared as it is, so the work may
    not change it.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def in_order(self, work: Work, shared: Any, tasks: Sequence[Any]) -> Iterator[Any]:
        """Do the work for every task and give the results in the order of the tasks."""
        with ThreadPoolExecutor(self._count) as pool:
            yield from pool.map(partial(work, shared), tasks)


class Processes:
    """Processes on this machine; they start at the first question and stay until they are stopped."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._workers: list[_Worker] = []

    def in_order(self, work: Work, shared: Any, tasks: Sequence[Any]) -> Iterator[Any]:
        """Do the work for every task and give the results in the order of the tasks.

        A task whose worker is killed is done again by a new worker.

        Raises
        ------
        RunError
            When more than a few workers were killed; the others are then stopped.
        """
        parcel = pickle.dumps((work, shared), pickle.HIGHEST_PROTOCOL)
        question = _Question(parcel, tasks, deque(range(len(tasks))))
        try:
            while len(self._workers) < min(self._count, len(tasks)):
                self._workers.append(_hired())
            for worker in list(self._workers):
                self._hand_over(worker, question, begin=True)
            for number in range(len(tasks)):
                while number not in question.done:
                    self._take_answers(question)
                yield question.done.pop(number)
        except BaseException:
            # An error, Ctrl-C, or a reader who wants no more: what is still being done is of use to nobody.
            self.stop()
            raise

    def stop(self) -> None:
        """End the processes, in the middle of a task when they have one."""
        for worker in self._workers:
            worker.end()
        for worker in self._workers:
            worker.program.join()
        self._workers.clear()

    def _take_answers(self, question: _Question) -> None:
        """Wait for the first answers, and give those who answered their next task."""
        ready = wait([worker.pipe for worker in self._workers if worker.task is not None])
        for worker in [one for one in self._workers if one.pipe in ready]:
            try:
                is_result, answer = worker.pipe.recv()
            except (EOFError, OSError):
                self._replace(worker, question)
                continue
            if not is_result:
                raise answer
            assert worker.task is not None
            question.done[worker.task] = answer
            worker.task = None
            self._hand_over(worker, question)

    def _hand_over(self, worker: _Worker, question: _Question, *, begin: bool = False) -> None:
        """Give a worker its next task, if there is one; at the beginning also what the tasks share."""
        if not question.waiting:
            return
        worker.task = question.waiting.popleft()
        try:
            worker.pipe.send((question.parcel if begin else None, question.tasks[worker.task]))
        except OSError:
            self._replace(worker, question)

    def _replace(self, worker: _Worker, question: _Question) -> None:
        """Put a new worker in the place of a lost one, and its task back in front."""
        worker.end()
        worker.program.join()
        if worker.task is not None:
            question.waiting.appendleft(worker.task)
        question.lost += 1
        if question.lost > MOST_LOSSES:
            self._workers.remove(worker)
            remedy = "When memory is short, ask for fewer with --workers; else see in the log of the system who did it."
            what = f"{question.lost} of them were killed."
            raise RunError("The run", [Problem("worker processes", what, remedy)])
        new = self._workers[self._workers.index(worker)] = _hired()
        self._hand_over(new, question, begin=True)


def load_early(count: int, runs: int, scheduler: str | None = None) -> None:
    """Let the process from which workers are forked load its code while this one still prepares the question."""
    if scheduler is None and _are_worth_it(count, runs):
        _context()
        ensure_running()


def _are_worth_it(count: int, runs: int) -> bool:
    return count > 1 and runs > FEW


def _context() -> ForkServerContext:
    # Workers are forked from a server that has imported the code but started no thread: a fork of this process would
    # inherit locks of polars and numba, and a fresh interpreter per worker would import everything once more.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    return context


def _hired() -> _Worker:
    context = _context()
    ours, theirs = context.Pipe()
    program = context.Process(target=_serve, args=(theirs,), daemon=True)
    program.start()
    theirs.close()  # the worker now has the only other end, so that its death closes the pipe
    return _Worker(program, ours)


def _serve(pipe: Connection) -> None:
    """Do task after task, until the other side closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked, who then ends his workers
    work, shared = None, None
    with suppress(EOFError, OSError):
        while True:
            parcel, task = pipe.recv()
            if parcel is not None:
                work, shared = pickle.loads(parcel)
            assert work is not None
            pipe.send(_answer(work, shared, task))


def _answer(work: Work, shared: Any, task: Any) -> tuple[bool, Any]:
    try:
        return True, work(shared, task)
    except Exception as error:
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return False, error if _can_travel(error) else RuntimeError(traceback.format_exc())


def _can_travel(error: Exception) -> bool:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever an error does when it is taken apart and put together, it does not travel
        return False
    return True
