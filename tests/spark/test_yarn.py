# SPDX-License-Identifier: Apache-2.0
"""On a real YARN, whose containers are ended when they take more memory than they were given."""

import json
import os
import subprocess

import pytest
from mini_hadoop import JARS, MiniHadoop
from spark_run import CACHE, DATA, DIST, LENET_ACCURACY, Run, environment, spark_home, train_job

pytestmark = [pytest.mark.spark, pytest.mark.slow,
              pytest.mark.skipif(not JARS.is_dir(), reason="no mini cluster: ./dev setup test")]
ITERATIONS = 900  # nearly two epochs


@pytest.fixture(scope="module")
def yarn(tmp_path_factory):
    with MiniHadoop(tmp_path_factory.mktemp("yarn") / "hadoop", "yarn") as cluster:
        yield cluster


def conf_of(tmp_path, mode):
    return [f"spark.submit.deployMode={mode}", "spark.executor.instances=2", "spark.executor.cores=1", "spark.executor.memory=512m",
            f"spark.yarn.jars=local:{spark_home()}/jars/*", f"spark.yarn.stagingDir={tmp_path}/staging", "spark.yarn.am.memory=384m",
            "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1", "spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1",
            *([] if mode == "cluster" else ["spark.driver.host=127.0.0.1"])]


def hadoop_environment(yarn):
    return dict(environment(), HADOOP_CONF_DIR=str(yarn.conf), YARN_CONF_DIR=str(yarn.conf))


def job(tmp_path):
    data = f"{DATA}:{(CACHE / 'data' / DATA).resolve()}"
    return train_job(data=data, iterations=ITERATIONS, out=str(tmp_path / "fitted.safetensors"))


def right(end):
    assert end["workers"] == 2 and end["iterations"] == ITERATIONS and end["accuracy"] > LENET_ACCURACY - 0.02, end


def test_client_mode(tmp_path, yarn):
    with Run(tmp_path / "run", job(tmp_path), "yarn", conf=conf_of(tmp_path, "client"), env=hadoop_environment(yarn)) as run:
        right(run.end())
    assert (tmp_path / "fitted.safetensors").stat().st_size > 80_000


def test_cluster_mode(tmp_path, yarn):
    """Driver and executors have the jar and the job file, which YARN brings them, and nothing of this process."""
    with Run(tmp_path / "run", job(tmp_path), "yarn", conf=conf_of(tmp_path, "cluster"), env=hadoop_environment(yarn)) as run:
        assert run.process.wait(300) == 0, run.story() + yarn.stdout_of_containers()
        assert not run.events
    events = [json.loads(line[len("@firesteel "):]) for line in yarn.stdout_of_containers().splitlines()
              if line.startswith("@firesteel ")]
    right([event for event in events if event["event"] == "end"][-1])
    assert (tmp_path / "fitted.safetensors").stat().st_size > 80_000


@pytest.mark.once
def test_what_would_be_ended_is_not_begun(tmp_path, yarn):
    big = dict(job(tmp_path), model="resnet8", iterations=2)
    big["fit"].update(batch_size=4096, micro_batches=2)
    with Run(tmp_path / "run", big, "yarn", conf=conf_of(tmp_path, "client"), env=hadoop_environment(yarn)) as run:
        sentence = run.error()
    assert "MB beside the heap of each" in sentence and "Set spark.executor.memoryOverhead=" in sentence, sentence


@pytest.mark.once
def test_the_doctor(tmp_path, yarn):
    command = [DIST / "bin" / "firesteel", "doctor", "--master", "yarn", "--json", "-"]
    for setting in conf_of(tmp_path, "client"):
        command += ["--conf", setting]
    done = subprocess.run(command, env=hadoop_environment(yarn), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["executors"]["found"] == "2 of 2 answer, with 1, 1 cores" and checks["ports"]["state"] == "good"
    assert checks["encryption"]["state"] == "note" and "384 MB beside it" in checks["memory"]["found"]


@pytest.mark.once
def test_the_command(tmp_path, yarn):
    command = [DIST / "bin" / "firesteel", "train", "--model", "lenet5", "--data", DATA, "--master", "yarn", "--iterations", "20",
               "--json", "-"]
    for setting in conf_of(tmp_path, "client"):
        command += ["--conf", setting]
    done = subprocess.run(command, env=hadoop_environment(yarn), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["workers"] == 2
    refused = subprocess.run([*command, "--conf", "spark.submit.deployMode=cluster"], env=hadoop_environment(yarn), capture_output=True,
                             text=True, timeout=60, check=False)
    assert refused.returncode != 0 and "must be client, as this command listens to its driver" in refused.stderr
    env = {name: value for name, value in os.environ.items() if name not in ("HADOOP_CONF_DIR", "YARN_CONF_DIR")}
    nowhere = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert nowhere.returncode != 0 and "master: yarn needs HADOOP_CONF_DIR or YARN_CONF_DIR" in nowhere.stderr
