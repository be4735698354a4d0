# SPDX-License-Identifier: Apache-2.0
"""Executors are frozen (SIGSTOP) and thawed, or slow: only those that are silent for too long are left out."""

import contextlib
import os
import random
import re
import signal
import time

import pytest
from spark_run import Run, drill_job, executor_ids, wide_job

pytestmark = [pytest.mark.spark, pytest.mark.slow]
GOES_ON_S = 8  # after a freeze, with the default deadlines
PEER_DEADLINE_S = 5  # the default


@contextlib.contextmanager
def frozen(pid):
    since = time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    try:
        yield since
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_frozen_thawed_and_back(tmp_path, undisturbed):
    """Rank 0, and when it is back the last rank."""
    # Groups of one iteration: enough of them are left for the thawed executors to come back.
    with Run(tmp_path / "run", drill_job() | dict(group=1), "local-cluster[3,1,1024]") as run:
        run.wait_for("progress", 3)
        for count, rank in enumerate([0, 2]):
            with frozen(executor_ids(run.process.pid)[rank]) as since:
                seconds = run.goes_on(since)
            thawed = time.monotonic()
            joined = run.until(lambda n=count: [e for e in run.of("note") if e["text"].startswith("joined")][n:])[0]
            print(f"\n  goes on {seconds:.2f} s after the freeze, joined {joined['at'] - thawed:.2f} s after the thaw")
            assert PEER_DEADLINE_S - 0.2 <= seconds < GOES_ON_S and f"executor {rank} " in joined["text"]
        end = run.end()
    print(f"  recoveries: {end['recoveries']}")
    assert end["weights_sha256"] == undisturbed
    assert end["workers"] == 3 and end["lost_workers"] == 2


def test_frozen_while_shards_are_prepared(tmp_path, undisturbed):
    """There are no collectives yet in which the others would notice it."""
    with Run(tmp_path / "run", drill_job(), "local-cluster[3,1,1024]") as run:
        run.wait_for("start")
        time.sleep(0.1)
        with frozen(random.choice(run.executors())) as since:
            seconds = run.goes_on(since)
            print(f"\n  goes on {seconds:.2f} s after the freeze")
            end = run.end()
    assert end["weights_sha256"] == undisturbed and seconds < 20


def test_frozen_until_spark_gives_it_up(tmp_path, undisturbed):
    """Longer than Spark's own timeout: Spark replaces the executor."""
    conf = ["spark.network.timeout=6s", "spark.executor.heartbeatInterval=2s",
            "spark.network.timeoutInterval=1s", "spark.storage.blockManagerHeartbeatTimeoutMs=6s"]
    job = drill_job() | dict(group=1, peer_deadline_ms=1000)
    with Run(tmp_path / "run", job, "local-cluster[3,1,1024]", conf=conf) as run:
        run.wait_for("progress", 2)
        with frozen(random.choice(run.executors())) as since:
            seconds = run.goes_on(since)
            time.sleep(max(0.0, since + 12 - time.monotonic()))
        end = run.end()
    print(f"\n  goes on {seconds:.2f} s after the freeze; notes: {run.notes()}")
    assert end["weights_sha256"] == undisturbed and seconds < 4


def test_two_frozen_at_once(tmp_path, undisturbed):
    with Run(tmp_path / "run", drill_job(), "local-cluster[3,1,1024]") as run:
        run.wait_for("progress", 3)
        first, second = random.sample(run.executors(), 2)
        with frozen(first) as since, frozen(second):
            seconds = run.goes_on(since)
        end = run.end()
    print(f"\n  goes on {seconds:.2f} s after the freezes")
    assert end["weights_sha256"] == undisturbed
    assert seconds < GOES_ON_S + 2 and end["lost_workers"] == 2


def frozen_behind_its_last_word(run):
    """Freezes rank 0 when rank 1 has ended a group and rank 0 has not; returns when that was, and whom."""
    ids = executor_ids(run.process.pid)
    groups = re.compile(r"Finished task ([01])\.0 in stage (\d+)\.0 ")
    with open(run.log) as log:
        log.seek(0, os.SEEK_END)
        while run.process.poll() is None:
            ended = groups.findall(log.read())
            if len(ended) == 1 and ended[0][0] == "1":
                since = time.monotonic()
                os.kill(ids[0], signal.SIGSTOP)
                time.sleep(0.3)
                if ("0", ended[0][1]) not in groups.findall(log.read()):
                    return since, ids[0]
                os.kill(ids[0], signal.SIGCONT)
            time.sleep(0.002)
    raise AssertionError(run.story())


def test_frozen_behind_its_last_word_to_the_others(tmp_path):
    """Rank 0 hands the model to the driver when all sums of the last group are there: nobody but the driver misses it."""
    job = wide_job(tmp_path / "wide.safetensors") | dict(checkpoint=str(tmp_path / "state"))
    with Run(tmp_path / "reference", dict(job, checkpoint=None), "local[1]", driver_memory="2g") as run:
        want = run.end()["weights_sha256"]
    with Run(tmp_path / "run", job, "local-cluster[2,1,1024]", driver_memory="2g") as run:
        run.wait_for("progress")
        since, victim = frozen_behind_its_last_word(run)
        try:
            noticed = run.until(run.lost)[0]["at"] - since
            end = run.end()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)  # frozen, it would stay behind
    print(f"\n  noticed {noticed:.2f} s after the freeze; recoveries: {end['recoveries']}")
    assert end["weights_sha256"] == want and end["lost_workers"] == 1 and end["replayed_steps"] == 4
    assert PEER_DEADLINE_S / 2 <= noticed < GOES_ON_S


def pauses(pid, pause_s, run_s, times):
    """Lets a process run for a part of the time only."""
    for _ in range(times):
        with frozen(pid):
            time.sleep(pause_s)
        time.sleep(run_s)


def test_slow_but_alive(tmp_path, undisturbed):
    """A garbage collection of 60 % of the peer deadline, then a starved CPU: nobody is lost."""
    with Run(tmp_path / "run", drill_job(), "local-cluster[3,1,1024]") as run:
        run.wait_for("progress", 2)
        victim = random.choice(run.executors())
        pauses(victim, 0.6 * PEER_DEADLINE_S, 0.2, 1)
        pauses(victim, 0.5, 0.1, 10)
        assert run.process.poll() is None, "the fit ended before the pauses did"
        end = run.end()
    assert end["weights_sha256"] == undisturbed
    assert end["lost_workers"] == 0 and end["recoveries"] == [], end["recoveries"]
    assert end["workers"] == 3 and not run.lost()
