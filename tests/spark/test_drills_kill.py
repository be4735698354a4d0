# SPDX-License-Identifier: Apache-2.0
"""Executors are killed (kill -9) at chosen moments: the weights stay those of the undisturbed run."""

import random
import time

import pytest
from spark_run import Run, drill_job, executor_ids, train_job

pytestmark = [pytest.mark.spark, pytest.mark.slow]
GOES_ON_S = 5  # after a kill


def check(run, undisturbed, kills):
    end = run.end()
    print(f"\n  recoveries: {end['recoveries']}")
    assert end["weights_sha256"] == undisturbed
    assert end["iterations"] == 50 and end["lost_workers"] >= kills, run.story()
    assert sum(len(r["workers"]) for r in end["recoveries"]) == end["lost_workers"]
    assert sum(r["replayed_steps"] for r in end["recoveries"]) == end["replayed_steps"]
    assert all(r["goes_on_s"] < GOES_ON_S for r in end["recoveries"]), end["recoveries"]
    return end


def measured(run, since, limit=GOES_ON_S):
    seconds = run.goes_on(since)
    print(f"\n  goes on {seconds:.2f} s after the kill")
    assert seconds < limit, run.story()


@pytest.mark.parametrize("moment_s", [0.05, 0.5])
def test_before_the_first_progress(tmp_path, undisturbed, moment_s):
    """While shards go to the workers, and while the workers form or begin to compute."""
    with Run(tmp_path / "run", drill_job(), "local-cluster[3,1,1024]") as run:
        run.wait_for("start")
        time.sleep(moment_s)
        since = run.kill(random.choice(run.executors()))
        measured(run, since, 10)  # the group after it may have been the first of all
        assert run.end()["weights_sha256"] == undisturbed


def test_while_executors_are_being_found(tmp_path, undisturbed):
    with Run(tmp_path / "run", drill_job(), "local-cluster[3,1,1024]") as run:
        deadline = time.monotonic() + 60
        while not run.executors():
            assert time.monotonic() < deadline, run.story()
            time.sleep(0.05)
        time.sleep(random.uniform(0, 3))
        run.kill(run.executors()[0])
        assert run.end()["weights_sha256"] == undisturbed


def test_during_compute(tmp_path, undisturbed):
    """In the middle of a long group: what it had computed is computed again."""
    with Run(tmp_path / "run", drill_job() | dict(group=25), "local-cluster[3,1,1024]") as run:
        first = run.wait_for("progress")
        seconds = 25 * 50 / first["images_per_s"]
        time.sleep(random.uniform(0.2, 0.5) * seconds)
        run.kill(random.choice(run.executors()))
        end = check(run, undisturbed, 1)
    assert 0 < end["replayed_steps"] <= 25
    assert len(end["recoveries"]) == 1 and end["recoveries"][0]["iteration"] == 25


def test_at_a_group_boundary_twice(tmp_path, undisturbed):
    """Rank 0, which gives checkpoints and the model, and at the same moment of a later group the last rank."""
    with Run(tmp_path / "run", drill_job(), "local-cluster[3,1,1024]") as run:
        run.wait_for("progress")
        ids = executor_ids(run.process.pid)  # of the members; the one that replaces the first victim is none yet
        for rank in [min, max]:
            run.wait_for("progress", len(run.of("progress")) + 3)
            measured(run, run.kill(ids[rank(ids)]))
        check(run, undisturbed, 2)


def test_two_at_once(tmp_path, undisturbed):
    with Run(tmp_path / "run", drill_job(), "local-cluster[3,1,1024]") as run:
        run.wait_for("progress", 3)
        time.sleep(random.uniform(0, 0.3))
        since = min([run.kill(victim) for victim in random.sample(run.executors(), 2)])
        measured(run, since)
        check(run, undisturbed, 2)


def test_again_while_it_recovers(tmp_path, undisturbed):
    """The next one goes at the moment when the loss of the first one has just been noticed."""
    with Run(tmp_path / "run", drill_job(), "local-cluster[4,1,1024]") as run:
        run.wait_for("progress", 3)
        first, second = random.sample(run.executors(), 2)
        since = time.monotonic()
        run.kill(first)
        note = run.until(lambda: next((n for n in run.lost() if n["at"] > since), None))
        since = run.kill(second)
        print(f"\n  noticed after {note['at'] - since:.2f} s")
        measured(run, since)
        check(run, undisturbed, 2)


def test_survivors_in_the_middle_of_a_long_step_stay(tmp_path):
    """They cannot answer within the grace that the driver gives them, but they are alive."""
    job = drill_job() | dict(iterations=8, fit=dict(batch_size=2400))
    with Run(tmp_path / "reference", train_job(**job), "local[1]") as run:
        want = run.end()["weights_sha256"]
    with Run(tmp_path / "run", train_job(**job), "local-cluster[3,1,1024]") as run:
        progress = run.wait_for("progress")
        time.sleep(0.5 * 2400 / progress["images_per_s"])
        run.kill(random.choice(run.executors()))
        end = run.end()
    print(f"\n  step {end['step_ms'] / 1000:.1f} s, recoveries: {end['recoveries']}")
    assert end["weights_sha256"] == want and end["step_ms"] > 600
    assert end["lost_workers"] == 1, run.story()
