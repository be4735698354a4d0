# SPDX-License-Identifier: Apache-2.0
"""A real standalone cluster: a master and workers in processes of their own."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from spark_run import Jvm, children, executor_ids, spark_home

MEMORY = "700m"  # of an executor


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Cluster:
    """spark://... of a master and a worker on each host, with an empty environment and empty folders.

    inside(i, command): the command line that runs `command` where the i-th worker is to be.
    """

    def __init__(self, folder, hosts=("127.0.0.1", "127.0.0.1"), cores=1, host="127.0.0.1", inside=None,
                 worker_options="", daemon_options=""):
        self.folder, self.started, self.inside = folder, [], inside
        java = Path(os.path.realpath(shutil.which("java"))).parents[1]
        self.env = dict(JAVA_HOME=str(java), PATH="/usr/sbin:/usr/bin:/bin", SPARK_WORKER_OPTS=worker_options,
                        SPARK_DAEMON_JAVA_OPTS=f"{Jvm.options} {daemon_options}")
        port = free_port()
        self.master = f"spark://{host}:{port}"
        self._start("master", "master.Master", "--host", host, "--port", str(port), "--webui-port", "0")
        for host in hosts:
            self.add(host, cores)
        self.wait_for_workers()

    def _start(self, name, kind, *arguments):
        folder = self.folder / name
        folder.mkdir(parents=True)
        command = [str(spark_home() / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", *arguments]
        if self.inside and kind == "worker.Worker":
            command = self.inside(len(self.started) - 1, command)
        log = open(self.folder / f"{name}.log", "w")
        self.started.append(subprocess.Popen(
            command, cwd=folder, env=self.env, stdout=log, stderr=log, start_new_session=True))

    def add(self, host="127.0.0.1", cores=1):
        name = f"worker{len(self.started)}"
        self._start(name, "worker.Worker", "--host", host, "--webui-port", "0", "-c", str(cores), "-m", f"{900 * cores}m",
                    "-d", str(self.folder / name / "work"), self.master)

    def wait_for_workers(self):
        end = time.monotonic() + 90
        log = self.folder / "master.log"
        while log.read_text().count("Registering worker") < len(self.started) - 1:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.5)

    def executors(self):
        """Process ids of the executors by Spark's ids."""
        return {name: pid for process in self.started[1:] for name, pid in executor_ids(process.pid).items()}

    def below_workers(self):
        return [pid for process in self.started[1:] for pid in children(process.pid)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.started):
            for pid in [process.pid, *children(process.pid)]:
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    pass
            process.wait()
