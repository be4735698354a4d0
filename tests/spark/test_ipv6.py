# SPDX-License-Identifier: Apache-2.0
"""Spark on IPv6 addresses alone: so are the workers' connections."""

import socket
from pathlib import Path

import pytest
from spark_run import Run, drill_job, environment, executors


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as listener:
            listener.bind(("::1", 0))
            return True
    except OSError:
        return False


pytestmark = [pytest.mark.once, pytest.mark.spark, pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")]
PREFER = "-Djava.net.preferIPv6Addresses=true"


def listening(pid):
    """How many ports the native worker of a process listens on, by address family, from the sockets that are its own."""
    own = {str(fd.readlink())[8:-1] for fd in Path(f"/proc/{pid}/fd").iterdir() if str(fd.readlink()).startswith("socket:[")}
    found = {}
    for family in "tcp", "tcp6":
        lines = [line.split() for line in Path(f"/proc/{pid}/net/{family}").read_text().splitlines()[1:]]
        found[family] = sum(line[3] == "0A" and line[9] in own for line in lines)
    return found


def test_the_same_weights(tmp_path, undisturbed):
    conf = [f"spark.{whose}.extraJavaOptions={PREFER}" for whose in ("driver", "executor")]
    conf += ["spark.driver.host=[::1]", "spark.driver.bindAddress=::1"]
    env = dict(environment(), SPARK_LOCAL_IP="::1", SPARK_SUBMIT_OPTS=PREFER)
    with Run(tmp_path / "run", drill_job(), "local-cluster[2,1,1024]", conf=conf, env=env) as run:
        run.wait_for("progress")
        for pid in executors(run.process.pid):
            assert listening(pid)["tcp"] == 0 and listening(pid)["tcp6"] >= 1
        end = run.end()
    assert end["workers"] == 2 and end["weights_sha256"] == undisturbed
