# SPDX-License-Identifier: EUPL-1.2
"""A worker that is killed loses nothing: every study ends, once, with the hash it would have had anyway."""

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

from keten.study.inputs import prepare
from keten.study.run import Settings, read_receipt, run_study
from keten.study.scenario import read_scenario

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
REPLICATIONS, SEEDS = 3, (1, 2)

ASK = """
import json, os, sys
from keten_web.config import database
with database.running():
    import django
    django.setup()
    from keten.study.scenario import Scenario
    from keten_web.accounts.models import User
    from keten_web.studies import actions
    scenario = Scenario.model_validate_json(sys.stdin.read())
    user = User.objects.create_user(username="planner", name="Planner", password="not used to log in")
    kept = actions.keep(actions.Asked("Kort", "Om te proberen", "most-likely", scenario, {}), user)
    print(json.dumps([actions.ask(kept, user, replications=%d, seed=seed).pk for seed in %r]))
"""
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


def worker(site: served_site.Site) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "keten_web", "worker", "--once", "--json"]
    return subprocess.Popen(command, env=site.environment, stdout=subprocess.PIPE, text=True)


def test_a_killed_worker_loses_nothing_and_every_study_ends_once_with_the_right_hash(site, tmp_path):
    scenario = read_scenario(LETTER).model_copy(update={"horizon": date(2023, 5, 31)})
    asked = subprocess.run(
        [sys.executable, "-c", ASK % (REPLICATIONS, SEEDS)],
        env=site.environment,
        input=scenario.model_dump_json(by_alias=True, exclude_defaults=True),
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    moments = random.Random(20)
    for _ in SEEDS:  # one loss for every study
        kill_after = moments.randint(1, REPLICATIONS)
        with worker(site) as busy:
            assert busy.stdout is not None
            for number, line in enumerate(busy.stdout, start=1):
                assert json.loads(line)["of"] == REPLICATIONS
                if number == kill_after:
                    os.kill(busy.pid, signal.SIGKILL)
                    break
    with worker(site) as last:
        last.communicate()
    assert last.returncode == 0
    told = site.run("-c", TELL)
    rows = json.loads(told.stdout)
    for seed, state, finished, attempts, output_hash in rows:
        run_study(prepare(scenario), Settings(seed=seed, replications=REPLICATIONS), tmp_path / str(seed))
        assert (state, finished) == ("done", 1)
        assert attempts >= 1
        assert output_hash == read_receipt(tmp_path / str(seed))["output_hash"]
    assert sum(row[3] for row in rows) > len(SEEDS)
