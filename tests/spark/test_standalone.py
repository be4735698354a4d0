# SPDX-License-Identifier: Apache-2.0
"""A standalone cluster whose workers have nothing: an empty environment, an empty folder to work in."""

from pathlib import Path

import pytest
from spark_run import ALL_THERE, LENET_ACCURACY, Run, train_job
from standalone import MEMORY, Cluster

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def test_only_the_jar_reaches_the_executors(tmp_path):
    conf = [f"spark.executor.memory={MEMORY}", "spark.executor.cores=1", "spark.cores.max=2", *ALL_THERE]
    job = train_job(iterations=600)
    with Cluster(tmp_path) as cluster, Run(tmp_path / "run", job, cluster.master, conf=conf) as run:
        run.wait_for("progress")
        for pid in cluster.below_workers():
            try:
                items = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            except OSError:  # it has ended meanwhile
                continue
            names = {item.split(b"=")[0] for item in items}
            assert not names & {b"FIRESTEEL_CACHE", b"FIRESTEEL_DIST", b"PYTHONPATH", b"HOME"}
        end = run.end()
    assert end["workers"] == 2 and end["accuracy"] > LENET_ACCURACY - 0.2
    assert any("not encrypted" in note["text"] for note in run.of("note"))
