# SPDX-License-Identifier: Apache-2.0
"""The driver is killed; a new one goes on from the newest checkpoint that is whole, to the same weights."""

import json
import os
import signal
import time
import urllib.error
import urllib.request

import pytest
from mini_hadoop import JARS, MiniHadoop
from spark_run import DRILL, Run, children, environment, train_job

pytestmark = [pytest.mark.once, pytest.mark.spark, pytest.mark.slow]
# 3 iterations are an epoch, after which there is a checkpoint.
JOB = dict(data="synthetic:1x28x28/10/150", iterations=60, group=1, checkpoint_keep=3)


class LocalFolder:
    def __init__(self, folder):
        self.url, self.env, self.folder = str(folder), environment(), folder

    def names(self):
        return sorted(file.name for file in self.folder.glob("step-*")) if self.folder.is_dir() else []

    def read(self, name):
        return (self.folder / name).read_bytes()

    def write(self, name, data):
        (self.folder / name).write_bytes(data)
        (self.folder / f".{name}.crc").unlink()  # Hadoop's own, which HDFS does not keep beside it


class HdfsFolder:
    """Through WebHDFS, as Hadoop's own client is in Spark alone."""

    def __init__(self, hdfs):
        self.url, self.env = hdfs.setting("fs.defaultFS") + "/fits/one", dict(environment(), HADOOP_CONF_DIR=str(hdfs.conf))
        self.http = f"http://{hdfs.setting('dfs.namenode.http-address')}/webhdfs/v1/fits/one"

    def _open(self, name, operation, method="GET", data=None):
        request = urllib.request.Request(f"{self.http}/{name}?op={operation}", method=method, data=data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def names(self):
        try:
            listed = json.loads(self._open("", "LISTSTATUS"))["FileStatuses"]["FileStatus"]
        except urllib.error.HTTPError:  # it is not there yet
            return []
        return sorted(one["pathSuffix"] for one in listed if one["pathSuffix"].startswith("step-"))

    def read(self, name):
        return self._open(name, "OPEN")

    def write(self, name, data):
        where = json.loads(self._open(name, "CREATE&overwrite=true&noredirect=true", "PUT"))["Location"]
        with urllib.request.urlopen(urllib.request.Request(where, method="PUT", data=data), timeout=30):
            pass


@pytest.fixture
def hdfs(tmp_path):
    if not JARS.is_dir():
        pytest.skip("no mini cluster: ./dev setup test")
    with MiniHadoop(tmp_path / "hadoop", "hdfs") as cluster:
        yield cluster


@pytest.fixture
def local_folder(tmp_path):
    return LocalFolder(tmp_path / "checkpoints")


@pytest.fixture
def hdfs_folder(hdfs):
    return HdfsFolder(hdfs)


def job(**changes):
    made = train_job(**{**DRILL, **JOB, **changes})
    made["fit"]["checkpoint_keep"] = made.pop("checkpoint_keep")
    return made


@pytest.mark.parametrize("where", ["local_folder", "hdfs_folder"])
def test_the_driver_is_killed(tmp_path, where, request):
    folder = request.getfixturevalue(where)
    with Run(tmp_path / "straight", job(), "local[2]") as run:
        straight = run.end()["weights_sha256"]
    checkpointed = job(checkpoint=folder.url, resume=True)
    with Run(tmp_path / "first", checkpointed, "local-cluster[2,1,1024]", env=folder.env) as run:
        run.until(lambda: [p for p in run.of("progress") if p["iteration"] >= 14])
        processes = [run.process.pid, *children(run.process.pid)]
        os.kill(run.process.pid, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while any(os.path.exists(f"/proc/{pid}/exe") for pid in processes[1:]):  # executors notice it
            assert time.monotonic() < deadline, "orphans"
            time.sleep(0.2)
    names = folder.names()
    assert len(names) == 3 and int(names[-1][5:15]) >= 9, names
    # What is torn is not used.
    newest = folder.read(names[-1])
    folder.write(names[-1], newest[: len(newest) // 2])
    with Run(tmp_path / "second", checkpointed, "local-cluster[2,1,1024]", env=folder.env) as run:
        assert run.end()["weights_sha256"] == straight
        notes = run.notes()
    assert f"resumed after iteration {int(names[-2][5:15])}" in notes
    assert any(names[-1] in note and "the checkpoint before it is used" in note for note in notes), notes
