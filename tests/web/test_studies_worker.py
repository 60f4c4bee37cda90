# SPDX-License-Identifier: EUPL-1.2
"""A worker that is killed loses nothing: every study ends, once, with the hash it would have had anyway.

Workers are forked from one program that has loaded everything, as a worker that starts anew would load it again twenty
times. Each is killed without warning when it has told of a random number of replications.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import served_site

from keten.scenario.read import read_scenario
from keten.study.inputs import prepare
from keten.study.run import Settings, read_receipt, run_study

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
REPLICATIONS, STUDIES, KILLS, SEEDS = 2, 20, 20, (1, 2, 3, 4)
LUCK = int(os.environ.get("KETEN_TEST_LUCK", "20"))
"""Seed of the moments at which workers are killed; printed when the test fails, so that it can be done again."""

ASK = """
import json, sys
from keten_web.config import database
with database.running():
    import django
    django.setup()
    from keten.scenario.model import Scenario
    from keten_web.accounts.models import User
    from keten_web.studies import actions
    scenario = Scenario.model_validate_json(sys.stdin.read())
    user = User.objects.create_user(username="planner", name="Planner", password="not used to log in")
    kept = actions.keep(actions.Asked("Kort", "Om te proberen", "most-likely", scenario, {}), user)
    seeds = [%r[number %% %d] for number in range(%d)]
    print(json.dumps([actions.ask(kept, user, replications=%d, seed=seed).pk for seed in seeds]))
"""
FORK = """
import argparse, os, sys
from keten_web.config import database
with database.running():
    import django
    django.setup()
    import keten.study.preloaded
    from keten_web.studies import actions, tasks, worker
    worker.POLITENESS = 0  # a test that gives way to everything else on the machine takes long
    for _asked in sys.stdin:
        child = os.fork()
        if not child:
            worker.work(argparse.Namespace(once=True, json=True))
            sys.stdout.flush()
            os._exit(0)
        print(child, flush=True)
        _, how = os.waitpid(child, 0)
        print("ended", os.waitstatus_to_exitcode(how), flush=True)
"""
"""For every line it gets, forks a worker, says its number, and says how it ended."""

TELL = """
import json
from keten_web.config import database
with database.running():
    import django
    django.setup()
    from keten_web.studies.models import Run
    rows = Run.objects.order_by("pk").values_list("seed", "state", "finished", "attempts", "output_hash")
    print(json.dumps(list(rows)))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[served_site.Site]:
    with served_site.site(tmp_path_factory.mktemp("studies"), demo=True) as made:
        yield made


class Workers:
    """Workers of a site, one after another."""

    def __init__(self, site: served_site.Site) -> None:
        command = [sys.executable, "-c", FORK]
        self.program = subprocess.Popen(
            command, env=site.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def work(self, kill_after: int | None = None) -> int:
        """Let a worker work, kill it after so many replications; give how it ended."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write("work\n")
        worker, told = 0, 0
        for line in self.program.stdout:
            if line.startswith("ended"):
                return int(line.split()[1])
            if line.startswith("{"):
                assert json.loads(line)["of"] == REPLICATIONS
                told += 1
            else:
                worker = int(line)
            if told == kill_after and worker:
                os.kill(worker, signal.SIGKILL)
                kill_after = None
        raise AssertionError("the program that forks workers ended")

    def close(self) -> None:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.close()
        self.program.wait(timeout=60)
        self.program.stdout.close()


def test_twenty_workers_are_killed_at_random_and_every_study_ends_once_with_the_right_hash(site, tmp_path):
    print(f"KETEN_TEST_LUCK={LUCK}")
    scenario = read_scenario(LETTER).model_copy(update={"horizon": date(2023, 5, 31)})
    asked = subprocess.run(
        [sys.executable, "-c", ASK % (SEEDS, len(SEEDS), STUDIES, REPLICATIONS)],
        env={**site.environment, "KETEN_STUDIES_WAITING": str(STUDIES)},  # one person asks for all of them
        input=scenario.model_dump_json(by_alias=True, exclude_defaults=True),
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    moments, workers = random.Random(LUCK), Workers(site)
    ends = [workers.work(kill_after=moments.randint(1, REPLICATIONS + 1)) for _ in range(KILLS)]
    assert ends == [-signal.SIGKILL] * KILLS
    assert workers.work() == 0
    workers.close()
    rows = json.loads(site.run("-c", TELL).stdout)
    assert len(rows) == STUDIES
    hashes = {}
    for seed in SEEDS:
        run_study(prepare(scenario), Settings(seed=seed, replications=REPLICATIONS), tmp_path / str(seed))
        hashes[seed] = read_receipt(tmp_path / str(seed))["output_hash"]
    for seed, state, finished, attempts, output_hash in rows:
        assert (state, finished, output_hash) == ("done", 1, hashes[seed])
        assert attempts >= 1
    assert sum(attempts for _seed, _state, _finished, attempts, _hash in rows) > STUDIES
