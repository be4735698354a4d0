# SPDX-License-Identifier: Apache-2.0
"""Executors whose hosts let nobody in but Spark: the fit goes on through Spark's block manager, and says so."""

import pytest
from network import SUBNET, Network, may_make_hosts
from spark_run import ALL_THERE, Run, environment, train_job
from standalone import MEMORY, Cluster

pytestmark = [pytest.mark.spark, pytest.mark.skipif(not may_make_hosts(), reason="hosts of their own need root, ip and tc")]

HERE = f"{SUBNET}1"
PORT = 47000
JOB = dict(iterations=8, group=4, shards=4, fit=dict(batch_size=32))


@pytest.fixture
def cluster(tmp_path):
    with Network(2) as network:
        hosts = [network.host(i) for i in range(2)]
        network.block(PORT)
        with Cluster(tmp_path / "cluster", hosts, host=HERE, inside=network.inside) as running:
            yield running


def fit(folder, cluster, **changes):
    conf = [*ALL_THERE, f"spark.executor.memory={MEMORY}", "spark.executor.cores=1", "spark.cores.max=2",
            f"spark.driver.host={HERE}", f"spark.driver.bindAddress={HERE}", f"spark.firesteel.port={PORT}",
            "spark.firesteel.portRetries=0"]
    job = train_job(**dict(JOB, fit=dict(JOB["fit"], **changes)))
    return Run(folder, job, cluster.master, conf=conf, env=dict(environment(), SPARK_LOCAL_IP=HERE))


def test_the_fit_goes_on_through_the_block_manager(tmp_path, cluster):
    with Run(tmp_path / "alone", train_job(**JOB), "local[1]") as run:
        expected = run.end()["weights_sha256"]
    with fit(tmp_path / "run", cluster) as run:
        end = run.end()
        told = [note for note in run.notes() if "cannot connect with each other" in note]
    assert end["weights_sha256"] == expected and end["workers"] == 2
    assert len(told) == 1 and "through Spark's block manager" in told[0] and "spark.firesteel.port" in told[0]
    with fit(tmp_path / "rounded", cluster, wire="bf16", reproducible=False) as run:
        sentence = run.error()
    assert "cannot connect with each other" in sentence and "wire" in sentence
