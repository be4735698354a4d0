# SPDX-License-Identifier: Apache-2.0
"""The table of docs/clusters/README.md: what is set wrongly, and the one sentence that is said, before the first iteration."""

import os
import socket
import subprocess

import pytest
from spark_run import DATA, DIST, environment

pytestmark = [pytest.mark.once, pytest.mark.spark]

# Options, changes of the environment, and a part of the sentence.
WRONG = {
    "nobody at the master": (["--master", "spark://127.0.0.1:9"], {}, "master: nobody answers at spark://127.0.0.1:9 (Connection refused)"),
    "yarn without its configuration": (["--master", "yarn"], {}, "master: yarn needs HADOOP_CONF_DIR or YARN_CONF_DIR"),
    "no master": (["--master", "local[]"], {}, "master: must be local[N], local-cluster[WORKERS,CORES,MB]"),
    "workers without memory": (["--master", "local-cluster[2,1,100]"], {}, "needs at least 512 MB"),
    "no Spark": (["--master", "local[1]"], dict(SPARK_HOME="/nowhere"), "SPARK_HOME"),
    "a driver in the cluster": (["--master", "local[1]", "--conf", "spark.submit.deployMode=cluster"], {},
                                "conf: spark.submit.deployMode must be client"),
    "a setting that is not Spark's": (["--master", "local[1]", "--conf", "executor.memory=2g"], {}, "conf: must be spark.KEY=VALUE"),
    "a port that is none": (["--master", "local[1]", "--conf", "spark.firesteel.port=70000"], {},
                            "spark.firesteel.port: must be in 0..65535, got 70000"),
    "ports that are taken": (["--master", "local-cluster[1,1,1024]", "--conf", "spark.firesteel.port={taken}",
                              "--conf", "spark.firesteel.portRetries=0"], {}, "one of the ports {taken}..{taken} must be free"),
    "a size that is none": (["--master", "local[1]", "--conf", "spark.firesteel.shardMemory=much"], {},
                            "spark.firesteel.shardMemory: must be a size such as 2g, got much"),
    "a file system that is none": (["--master", "local[1]", "--checkpoint", "nofs://host/fits"], {}, "checkpoint directory nofs://host/fits"),
    "a checkpoint folder that is a file": (["--master", "local[1]", "--checkpoint", "{file}"], {}, "{file}"),
    "a best checkpoint of nothing": (["--master", "local[1]", "--checkpoint-best", "accuracy"], {}, "checkpoint"),
    "too few ways to sync": (["--master", "local[1]", "--sync", "peer"], {}, "--sync: must be p2p, blockmanager, driver or local:H"),
}


@pytest.mark.parametrize("what", WRONG)
def test_one_sentence(tmp_path, what):
    options, changes, part = WRONG[what]
    (tmp_path / "file").write_text("no folder")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = dict(taken=taken.getsockname()[1], file=tmp_path / "file")
        command = [DIST / "bin" / "firesteel", "train", "--model", "lenet5", "--data", DATA, "--iterations", "2",
                   *(option.format(**words) for option in options)]
        env = {name: value for name, value in {**environment(), **changes}.items() if name not in ("HADOOP_CONF_DIR", "YARN_CONF_DIR")}
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    lines = [line for line in done.stderr.splitlines() if line]
    assert done.returncode in (1, 2) and "iteration 2" not in done.stdout, done.stdout
    assert lines and lines[-1].startswith("firesteel: ") and part.format(**words) in lines[-1], done.stderr[-2000:]
    assert "Exception" not in lines[-1] and len(lines) == 1, done.stderr[-2000:]
    assert os.path.isfile(tmp_path / "file")
