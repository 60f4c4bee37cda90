# SPDX-License-Identifier: EUPL-1.2
"""Who does the runs does not matter: processes, threads, a cluster, and what happens when one of them is killed."""

import gc
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from multiprocessing import active_children
from pathlib import Path

import pytest
from distributed import Client

from keten.cli import main
from keten.domain.errors import RunError, UsageError
from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.run import Settings, run_study, verify
from keten.study.variants import Variant, run_variants
from keten.study.workers import MOST_LOSSES, Processes, Threads, workers_for

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023"
SEVEN = list(range(7))


@pytest.fixture(scope="module")
def inputs():
    scenario = read_scenario(LETTER / "most-likely.toml")
    return prepare(scenario.model_copy(update={"horizon": date(2023, 6, 30)}))


@pytest.fixture(scope="module")
def alone(inputs, tmp_path_factory):
    """A study that one process made."""
    folder = tmp_path_factory.mktemp("study") / "alone"
    run_study(inputs, Settings(replications=8, workers=1, with_events=True), folder)
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextmanager
def processes(count):
    workers = Processes(count)
    try:
        yield workers
    finally:
        workers.stop()


# Work that the workers of these tests do -----------------------------------------------------------------------------


def add(shared, task):
    return shared + task


def end_of_worker(shared, task):
    """A worker that does task 3 is killed, but only when nobody marked the folder before."""
    marks, every_time = shared
    if task == 3 and (every_time or not (marks / "killed").exists()):
        (marks / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def refuse(_shared, task):
    raise ValueError(f"task {task} cannot be done")


# Threads -------------------------------------------------------------------------------------------------------------


def test_threads_give_results_in_the_order_of_the_tasks_and_hand_on_an_error():
    assert list(Threads(3).in_order(add, 10, SEVEN)) == [10, 11, 12, 13, 14, 15, 16]
    with pytest.raises(ValueError, match="cannot be done"):
        list(Threads(2).in_order(refuse, None, SEVEN))


def test_threads_and_one_after_the_other_give_the_same_runs(inputs):
    variants = [Variant("as it is", inputs)]
    alone, together = (run_variants(variants, replications=4, workers=each) for each in (None, Threads(2)))
    assert together.equals(alone)


# Processes -----------------------------------------------------------------------------------------------------------


def test_results_come_in_the_order_of_the_tasks():
    with processes(3) as workers:
        assert list(workers.in_order(add, 10, SEVEN)) == [10, 11, 12, 13, 14, 15, 16]
        assert list(workers.in_order(add, 20, [1])) == [21]
        assert list(workers.in_order(add, 30, [])) == []


def test_a_few_runs_are_done_without_other_processes():
    with workers_for(2, runs=4) as workers:
        assert workers is None


def test_an_error_in_a_worker_reaches_the_one_who_asked_and_stops_the_others():
    with processes(2) as workers:
        with pytest.raises(ValueError, match="cannot be done"):
            list(workers.in_order(refuse, None, SEVEN))
        assert active_children() == []
        assert list(workers.in_order(add, 1, SEVEN)) == [1, 2, 3, 4, 5, 6, 7]


def test_the_task_of_a_killed_worker_is_done_again(tmp_path):
    with processes(2) as workers:
        assert list(workers.in_order(end_of_worker, (tmp_path, False), SEVEN)) == SEVEN
    assert (tmp_path / "killed").exists()


def test_a_task_that_kills_every_worker_ends_the_question_with_a_remedy(tmp_path):
    with processes(2) as workers, pytest.raises(RunError, match="ask for fewer with --workers"):
        list(workers.in_order(end_of_worker, (tmp_path, True), SEVEN))


def kill_workers(count):
    """Kill so many of the worker processes that this process has started."""
    victims = active_children()[:count]
    for victim in victims:
        victim.kill()
    return [victim.pid for victim in victims]


def test_a_study_of_which_a_worker_is_killed_is_the_same_study(inputs, alone, tmp_path):
    """The kill comes when the second result is in: the other replications are running or waiting then."""
    killed = []

    def kill_one(done):
        if done == 2:
            killed.extend(kill_workers(1))

    run_study(inputs, Settings(replications=8, workers=2, with_events=True), tmp_path / "study", kill_one)
    assert len(killed) == 1
    assert contents(tmp_path / "study") == contents(alone)


def test_when_workers_keep_being_killed_nothing_is_written(inputs, tmp_path):
    with pytest.raises(RunError, match=f"{MOST_LOSSES + 1} of them were killed"):
        run_study(inputs, Settings(replications=40, workers=2), tmp_path / "study", lambda _done: kill_workers(2))
    assert list(tmp_path.iterdir()) == []
    assert active_children() == []


# A cluster -----------------------------------------------------------------------------------------------------------


@contextmanager
def started(*command, until):
    """Start a program and read what it tells until a line matches; give the program and the match, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},  # knows these tests
    ) as program:
        try:
            told = []
            for line in program.stdout:
                told.append(line)
                if found := re.search(until, line):
                    break
            else:
                raise AssertionError("".join(told))
            yield program, found
        finally:
            program.kill()


@contextmanager
def scheduler():
    """A scheduler on the loopback; gives its address."""
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with started("distributed.cli.dask_scheduler", *options, until=r"Scheduler at:\s+(tcp://\S+)") as (_, found):
        yield found[1]


def worker_of(address, folder, *, threads=1):
    """A worker of a cluster, as a process of its own."""
    options = ("--no-nanny", "--no-dashboard", "--nthreads", str(threads), "--local-directory", str(folder))
    return started("distributed.cli.dask_worker", address, *options, until="Registered to")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers, of which one does two tasks at a time; gives the address."""
    folder = tmp_path_factory.mktemp("dask")
    with scheduler() as address, worker_of(address, folder), worker_of(address, folder, threads=2):
        yield address


def test_two_workers_of_a_cluster_make_the_same_files_byte_for_byte(inputs, alone, cluster, tmp_path):
    pool, spread = tmp_path / "pool", tmp_path / "cluster"
    run_study(inputs, Settings(replications=8, workers=2, with_events=True), pool)
    run_study(inputs, Settings(replications=8, scheduler=cluster, with_events=True), spread)
    assert contents(pool) == contents(alone)
    assert contents(spread) == contents(alone)


def test_a_study_of_which_a_worker_of_the_cluster_is_killed_is_the_same_study(inputs, alone, cluster, tmp_path):
    """A third worker joins and is killed when the second result is in."""
    with worker_of(cluster, tmp_path / "dask") as (victim, _):

        def kill_one(done):
            if done == 2:
                victim.kill()

        run_study(inputs, Settings(replications=8, scheduler=cluster, with_events=True), tmp_path / "study", kill_one)
        assert victim.wait() == -signal.SIGKILL
    assert contents(tmp_path / "study") == contents(alone)


def test_questions_that_compare_can_be_asked_of_a_cluster(inputs, cluster):
    variants = [Variant("base", inputs), Variant("same", inputs)]
    with workers_for(1, runs=1, scheduler=cluster) as workers:
        spread = run_variants(variants, replications=2, workers=workers)
    assert spread.equals(run_variants(variants, replications=2))


def test_a_study_of_a_cluster_is_verified_by_this_machine(inputs, cluster, tmp_path):
    run_study(inputs, Settings(replications=2, scheduler=cluster), tmp_path / "study")
    assert verify(tmp_path / "study").holds


def test_an_error_on_a_worker_of_a_cluster_is_told_to_the_one_who_asked(cluster):
    with workers_for(1, runs=1, scheduler=cluster) as workers, pytest.raises(RunError, match="task 0 cannot be done"):
        list(workers.in_order(refuse, None, SEVEN))


def test_a_worker_with_another_keten_is_refused(cluster, monkeypatch):
    monkeypatch.setattr("keten.study.cluster._equipment", lambda: {"code": "of another version"})
    with workers_for(1, runs=1, scheduler=cluster) as workers, pytest.raises(UsageError, match="another Keten: code"):
        list(workers.in_order(add, 1, SEVEN))


# A cluster that cannot be used ---------------------------------------------------------------------------------------


def refused(address):
    with pytest.raises(UsageError) as refusal, workers_for(1, runs=1, scheduler=address):
        raise AssertionError("there should be no workers")
    return str(refusal.value)


@pytest.fixture
def soon(monkeypatch):
    """Nobody waits ten seconds for what will not come."""
    monkeypatch.setattr("keten.study.cluster.SECONDS_TO_ANSWER", 0.5)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1", "carrier-pigeon://1", ""])
def test_an_address_that_does_not_answer_is_refused_with_what_to_do(soon, address):
    told = refused(address)
    assert "no scheduler answers there" in told
    assert "dask scheduler" in told
    clients = [one for one in gc.get_objects() if type(one) is Client]
    assert all(client.status == "closed" for client in clients), "a half made client can block the next one"


def test_a_scheduler_without_workers_says_how_to_start_one(soon):
    with scheduler() as address:
        told = refused(address)
    assert "it has no workers" in told
    assert f"dask worker {address}" in told


def test_without_the_package_for_clusters_nothing_is_run_and_the_answer_says_what_to_install(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setitem(sys.modules, "distributed", None)
    scenario, out = str(LETTER / "most-likely.toml"), tmp_path / "out"
    with pytest.raises(SystemExit) as ended:
        main(["study", "run", scenario, "--out", str(out), "--scheduler", "tcp://127.0.0.1:8786"])
    assert ended.value.code == 2
    assert "pip install keten[cluster]" in capsys.readouterr().err
    assert not out.exists()
