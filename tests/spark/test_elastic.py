# SPDX-License-Identifier: Apache-2.0
"""Dynamic allocation on a standalone cluster: a fit grows, loses executors, gives one back."""

import os
import signal

import pytest
from spark_run import Run, executor_ids, train_job
from standalone import MEMORY, Cluster, free_port

pytestmark = [pytest.mark.spark, pytest.mark.slow]
JOB = dict(model="resnet8", shards=12, group=4, fit=dict(batch_size=48))


def elastic(most, shuffles="spark.dynamicAllocation.shuffleTracking.enabled=true"):
    return [f"spark.executor.memory={MEMORY}", "spark.executor.cores=1", "spark.dynamicAllocation.enabled=true",
            shuffles, "spark.dynamicAllocation.minExecutors=1",
            "spark.dynamicAllocation.initialExecutors=1", f"spark.dynamicAllocation.maxExecutors={most}",
            # It grows because the fit asks, not because tasks wait.
            "spark.dynamicAllocation.schedulerBacklogTimeout=300s", "spark.decommission.enabled=true"]


def workers(run):
    return [p["workers"] for p in run.of("progress")]


def until_workers(run, count):
    seen = len(workers(run))
    run.until(lambda: [w for w in workers(run)[seen:] if w == count], timeout=90)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    def weights(iterations):
        with Run(tmp_path_factory.mktemp("reference"), train_job(**JOB, iterations=iterations), "local[2]") as run:
            return run.end(timeout=600)["weights_sha256"]

    return weights


def test_one_grows_to_four_loses_two_and_gives_one_back(tmp_path, reference):
    iterations = 600
    leaves = "-Dspark.decommission.enabled=true"
    with Cluster(tmp_path, ["127.0.0.1"] * 4, worker_options=leaves) as cluster:
        with Run(tmp_path / "run", train_job(**JOB, iterations=iterations), cluster.master, conf=elastic(4)) as run:
            run.wait_for("progress")
            assert workers(run)[0] == 1
            until_workers(run, 4)
            # Two hosts go with their executors, so that nothing takes their place.
            for host in cluster.started[-2:]:
                for pid in [host.pid, *executor_ids(host.pid).values()]:
                    os.kill(pid, signal.SIGKILL)
            until_workers(run, 2)
            # A host that is wanted back: its executor ends what it does, and leaves.
            cluster.started[-3].send_signal(signal.SIGPWR)
            until_workers(run, 1)
            end = run.end(timeout=600)
    assert end["iterations"] == iterations and end["workers"] == 1
    assert end["weights_sha256"] == reference(iterations)
    print(f"\n  workers: {workers(run)}\n  recoveries: {end['recoveries']}")


def test_no_more_executors_than_the_batch_has_parts(tmp_path):
    job = dict(JOB, shards=2)
    with Cluster(tmp_path, ["127.0.0.1"] * 3) as cluster:
        with Run(tmp_path / "run", train_job(**job, iterations=200), cluster.master, conf=elastic(3)) as run:
            end = run.end(timeout=300)
    assert end["workers"] == 2 and max(workers(run)) == 2


def test_with_the_external_shuffle_service(tmp_path, reference):
    port = free_port()
    service = f"-Dspark.shuffle.service.enabled=true -Dspark.shuffle.service.port={port}"
    conf = [*elastic(2, "spark.shuffle.service.enabled=true"), f"spark.shuffle.service.port={port}"]
    with Cluster(tmp_path, ["127.0.0.1"], cores=2, worker_options=service) as cluster:
        with Run(tmp_path / "run", train_job(**JOB, iterations=400), cluster.master, conf=conf) as run:
            run.wait_for("progress")
            assert workers(run)[0] == 1
            until_workers(run, 2)
            end = run.end(timeout=300)
    assert end["weights_sha256"] == reference(400) and end["workers"] == 2


def test_other_slots_of_an_executor_lend_their_threads(tmp_path, reference):
    conf = [c for c in elastic(2) if "executor.cores" not in c] + ["spark.executor.cores=2"]
    ends = []
    with Cluster(tmp_path, ["127.0.0.1"] * 2, cores=2) as cluster:
        for limit in 0, 1:
            job = train_job(**JOB, iterations=400, threads=limit)
            with Run(tmp_path / f"threads{limit}", job, cluster.master, conf=conf) as run:
                until_workers(run, 2)
                ends.append(run.end(timeout=300))
    assert [end["threads"] for end in ends] == [2, 1]
    assert [end["workers"] for end in ends] == [2, 2]
    assert {end["weights_sha256"] for end in ends} == {reference(400)}
