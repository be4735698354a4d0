# SPDX-License-Identifier: Apache-2.0
"""The same weights to the bit for any number of workers and threads, and when executors are killed."""

import random
import time

import pytest
from spark_run import DRILL as JOB
from spark_run import LENET_ACCURACY, Run, spark_home, train_job

pytestmark = pytest.mark.spark


def same(tmp_path, undisturbed, master, version=None, **changes):
    with Run(tmp_path / "run", train_job(**dict(JOB, **changes)), master, version) as run:
        end = run.end()
    assert end["weights_sha256"] == undisturbed
    return end


def test_two_workers(tmp_path, undisturbed):
    assert same(tmp_path, undisturbed, "local-cluster[2,1,1024]")["workers"] == 2


def test_two_threads(tmp_path, undisturbed):
    assert same(tmp_path, undisturbed, "local[2]")["threads"] == 2


@pytest.mark.slow
def test_three_workers(tmp_path, undisturbed):
    assert same(tmp_path, undisturbed, "local-cluster[3,1,1024]")["workers"] == 3


@pytest.mark.slow
def test_two_workers_of_two_threads_in_short_groups(tmp_path, undisturbed):
    end = same(tmp_path, undisturbed, "local-cluster[2,2,1024]", group=7)
    assert (end["workers"], end["threads"], end["groups"]) == (2, 2, 8)


@pytest.mark.slow
def test_both_lines_of_spark(tmp_path, undisturbed):
    for version in ["3.5", "4"]:
        if spark_home(version):
            same(tmp_path / version, undisturbed, "local-cluster[2,1,1024]", version)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3])
def test_an_executor_is_killed(tmp_path, undisturbed, workers):
    master = f"local-cluster[{workers},1,1024]"
    # At a random moment of one of the first 12 groups of 25, however fast the machine is.
    with Run(tmp_path / "run", train_job(**dict(JOB, group=2)), master) as run:
        first = run.wait_for("progress")["at"]
        victim = random.choice(run.executors())
        groups = random.randint(2, 12)
        group_s = (run.wait_for("progress", groups)["at"] - first) / (groups - 1)
        time.sleep(random.uniform(0, group_s))
        run.kill(victim)
        end = run.end()
        assert run.of("note"), "nobody noticed the kill\n" + run.story()
    assert end["weights_sha256"] == undisturbed


@pytest.mark.slow
def test_the_only_executor_is_killed(tmp_path, undisturbed):
    with Run(tmp_path / "run", train_job(**dict(JOB, group=5)), "local-cluster[1,1,1024]") as run:
        run.wait_for("progress", 3)
        run.kill(run.executors()[0])
        end = run.end()
    assert end["weights_sha256"] == undisturbed


@pytest.mark.slow
def test_without_it_weights_are_close_enough_to_learn(tmp_path):
    job = train_job(iterations=200, fit=dict(batch_size=128, reproducible=False))
    with Run(tmp_path / "run", job, "local-cluster[2,1,1024]") as run:
        assert run.end()["accuracy"] > LENET_ACCURACY - 0.15


@pytest.mark.slow
def test_a_frozen_executor_does_not_hold_the_fit(tmp_path, undisturbed):
    import os
    import signal

    job = train_job(**dict(JOB, group=5, peer_deadline_ms=2000))
    with Run(tmp_path / "run", job, "local-cluster[2,1,1024]") as run:
        run.wait_for("progress", 2)
        frozen = run.executors()[0]
        os.kill(frozen, signal.SIGSTOP)
        try:
            run.wait_for("note", timeout=90)
            run.wait_for("progress", len(run.of("progress")) + 1, timeout=90)
        finally:
            os.kill(frozen, signal.SIGCONT)
        end = run.end()
    assert end["weights_sha256"] == undisturbed
