# SPDX-License-Identifier: Apache-2.0
"""A standalone cluster whose workers have nothing: an empty environment, an empty folder to work in."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from spark_run import LENET_ACCURACY, Run, children, spark_home, train_job

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def cluster(tmp_path):
    """spark://... of a master and two workers of one core."""
    java = Path(os.path.realpath(shutil.which("java"))).parents[1]
    env = dict(JAVA_HOME=str(java), PATH="/usr/bin:/bin")
    port, started = free_port(), []

    def start(name, *arguments):
        folder = tmp_path / name
        folder.mkdir()
        command = [str(spark_home() / "bin" / "spark-class"), f"org.apache.spark.deploy.{arguments[0]}"]
        log = open(tmp_path / f"{name}.log", "w")
        started.append(
            subprocess.Popen(
                [*command, *arguments[1:]], cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True
            )
        )

    start("master", "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
    for n in [1, 2]:
        work = tmp_path / f"worker{n}" / "work"
        start(
            f"worker{n}", "worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "-c", "1", "-m", "900m",
            "-d", str(work), f"spark://127.0.0.1:{port}",
        )
    end = time.monotonic() + 90
    log = tmp_path / "master.log"
    while log.read_text().count("Registering worker") < 2:
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.5)
    yield f"spark://127.0.0.1:{port}", started
    for process in reversed(started):
        for pid in [process.pid, *children(process.pid)]:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
        process.wait()


def test_only_the_jar_reaches_the_executors(tmp_path, cluster):
    master, started = cluster
    conf = ["spark.executor.memory=700m", "spark.executor.cores=1", "spark.cores.max=2"]
    with Run(tmp_path / "run", train_job(iterations=600), master, conf=conf) as run:
        run.wait_for("progress")
        executors = [pid for process in started[1:] for pid in children(process.pid)]
        for pid in executors:
            try:
                items = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            except OSError:  # it has ended meanwhile
                continue
            names = {item.split(b"=")[0] for item in items}
            assert not names & {b"FIRESTEEL_CACHE", b"FIRESTEEL_DIST", b"PYTHONPATH", b"HOME"}
        end = run.end()
    assert end["workers"] == 2 and end["accuracy"] > LENET_ACCURACY - 0.2
    assert any("not encrypted" in note["text"] for note in run.of("note"))
