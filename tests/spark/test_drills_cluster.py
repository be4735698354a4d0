# SPDX-License-Identifier: Apache-2.0
"""Spark itself is the trouble: cancelled jobs, a killed driver, speculation, taken ports, missing executors."""

import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest
from spark_run import Run, drill_job, executor_ids, wide_job
from standalone import MEMORY, Cluster, free_port

pytestmark = [pytest.mark.spark, pytest.mark.slow]
EXECUTORS = [f"spark.executor.memory={MEMORY}", "spark.executor.cores=1"]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def listening_ports():
    lines = [line for name in ["tcp", "tcp6"] for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {int(line.split()[1].rsplit(":", 1)[1], 16) for line in lines if line.split()[3] == "0A"}


def test_speculation_on_three_hosts(tmp_path, undisturbed):
    """Copies run only where there are two hosts; one executor is frozen for a while, so that there are some."""
    conf = [*EXECUTORS, "spark.speculation=true", "spark.speculation.interval=10ms", "spark.cores.max=3",
            "spark.speculation.multiplier=1.01", "spark.speculation.quantile=0.1",
            "spark.speculation.minTaskRuntime=1ms", "spark.speculation.task.duration.threshold=100ms",
            "spark.locality.wait=0s", "spark.driver.host=127.0.0.1"]
    with Cluster(tmp_path / "cluster", ["127.0.0.2", "127.0.0.3", "127.0.0.4"]) as cluster:
        with Run(tmp_path / "run", drill_job() | dict(group=10), cluster.master, conf=conf) as run:
            run.wait_for("progress")
            victim = cluster.executors()[1]
            for _ in range(3):
                os.kill(victim, signal.SIGSTOP)
                time.sleep(1)
                os.kill(victim, signal.SIGCONT)
                time.sleep(0.2)
            end = run.end()
            assert "speculat" in run.log.read_text(), "no copy was ever started"
    print(f"\n  {end['workers']} workers, recoveries: {end['recoveries']}")
    assert end["weights_sha256"] == undisturbed and end["workers"] == 3


def test_kill_where_workers_share_hosts(tmp_path, undisturbed):
    """Sums go through hosts (sync/hosts.h) until the one with a single worker left has to go without."""
    conf = [*EXECUTORS, "spark.cores.max=4", "spark.driver.host=127.0.0.1"]
    with Cluster(tmp_path / "cluster", ["127.0.0.1", "127.0.0.2"] * 2) as cluster:
        with Run(tmp_path / "run", drill_job(), cluster.master, conf=conf) as run:
            run.until(lambda: [p for p in run.of("progress") if p["workers"] == 4])  # one may have joined later
            os.kill(cluster.executors()[1], signal.SIGKILL)
            end = run.end()
    assert end["weights_sha256"] == undisturbed and end["lost_workers"] == 1


def test_sigterm_to_the_driver(tmp_path):
    with Cluster(tmp_path / "cluster") as cluster:
        conf = [*EXECUTORS, "spark.cores.max=2"]
        with Run(tmp_path / "run", drill_job(), cluster.master, conf=conf) as run:
            run.wait_for("progress", 2)
            executors = list(cluster.executors().values())
            since = time.monotonic()
            run.process.terminate()
            run.process.wait(30)
            ended = time.monotonic()
            while any(alive(pid) for pid in executors):
                assert time.monotonic() < ended + 20, "orphans"
                time.sleep(0.1)
            print(f"\n  driver ended after {ended - since:.2f} s, executors {time.monotonic() - since:.2f} s; "
                  f"{run.of('error')}")
            run.reader.join(10)
            assert len(executors) == 2 and ended - since < 10
            assert [e["text"] for e in run.of("error")] == [
                "training: Spark must run until its end, got an application that was stopped"]


def test_fewer_executors_than_asked_for_and_one_more_later(tmp_path, undisturbed):
    """The lone worker is frozen while the other one starts: nobody else could go on, so nobody gives it up."""
    with Cluster(tmp_path / "cluster", ["127.0.0.1"]) as cluster:
        conf = [*EXECUTORS, "spark.cores.max=3"]
        with Run(tmp_path / "run", drill_job() | dict(group=1), cluster.master, conf=conf) as run:
            run.wait_for("progress")
            assert "starts on 1 of 3 executors; others join when they have room" in run.notes()
            alone = cluster.executors()[0]
            os.kill(alone, signal.SIGSTOP)
            cluster.add()
            deadline = time.monotonic() + 60
            while not re.search(r"Registered executor .* ID 1", run.log.read_text()):
                assert time.monotonic() < deadline, run.story()
                time.sleep(0.2)
            os.kill(alone, signal.SIGCONT)
            run.until(lambda: [n for n in run.notes() if n.startswith("joined: executor 1")])
            end = run.end()
    assert end["workers"] == 2 and end["lost_workers"] == 0 and end["weights_sha256"] == undisturbed


def test_all_ports_are_taken(tmp_path):
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    conf = [f"spark.firesteel.port={port}", "spark.firesteel.portRetries=0"]
    with taken, Run(tmp_path / "run", drill_job(), "local-cluster[2,1,1024]", conf=conf) as run:
        text = run.error(90)
    assert re.fullmatch(
        rf"executor [01]: spark.firesteel.port: one of the ports {port}..{port} must be free on 127.0.0.1, got all"
        " taken. Set another spark.firesteel.port or more spark.firesteel.portRetries", text)


def test_a_port_is_taken_and_one_is_too_few(tmp_path, undisturbed):
    """Three executors of one host share a range of three ports, of which one is taken."""
    port = next(p for p in iter(free_port, None) if p < 60000)
    with socket.create_server(("127.0.0.1", port)):
        job = drill_job() | dict(port=port, port_retries=2)
        with Run(tmp_path / "run", job, "local-cluster[3,1,1024]") as run:
            run.until(lambda: [p for p in run.of("progress") if p["workers"] == 2])  # one may come later
            listening = listening_ports()
            end = run.end()
    assert {port + 1, port + 2} <= listening
    assert end["workers"] == 2 and end["weights_sha256"] == undisturbed
    wanted = rf"trains without executor \d: spark.firesteel.port: one of the ports {port}..{port + 2} must be free.*"
    assert any(re.fullmatch(wanted, note) for note in run.notes()), run.notes()


def test_one_worker_of_all_cores(tmp_path, undisturbed):
    """spark.task.cpus is 1, an executor has 2 cores: its one worker holds and uses both slots."""
    with Run(tmp_path / "run", drill_job(), "local-cluster[2,2,1024]", conf=["spark.task.cpus=1"]) as run:
        run.wait_for("progress", 2)
        assert len(executor_ids(run.process.pid)) == 2
        end = run.end()
    assert (end["workers"], end["threads"]) == (2, 2)
    assert end["weights_sha256"] == undisturbed


def test_the_driver_has_no_room_for_the_model(tmp_path):
    """Spark tells nobody that it lost a task or its result: the job would never end."""
    job = wide_job(tmp_path / "wide.safetensors", checkpoint=str(tmp_path / "state"))
    with Run(tmp_path / "run", job, "local-cluster[2,1,1024]", driver_memory="500m") as run:
        text = run.error(90)
    assert re.fullmatch(r"spark\.driver\.memory: must hold .*, got 'Java heap space'\. Set more of it; .*", text), text
