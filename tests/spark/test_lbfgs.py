# SPDX-License-Identifier: Apache-2.0
"""L-BFGS, whose directions and line searches are of all workers: the same weights on Spark as in one process."""

import pytest
from spark_run import Run, train_job

pytestmark = [pytest.mark.spark, pytest.mark.slow]
ROWS = 4000
FIT = dict(batch_size=ROWS, micro_batches=8, validate_every=0, optimizer=dict(kind="LBFGS", history_size=5))


def job(**changes):
    return train_job(**{**dict(model="lenet5", data=f"synthetic:1x28x28/10/{ROWS}", shards=8, fit=FIT, iterations=24,
                               group=4), **changes})


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    with Run(tmp_path_factory.mktemp("alone"), job(), "local[1]") as run:
        end = run.end()
    assert end["accuracy"] > 0.9, run.story()
    return end["weights_sha256"]


@pytest.mark.parametrize("sync", ["p2p", "blockmanager", "driver"])
def test_same_bits(tmp_path, alone, sync):
    with Run(tmp_path, job(sync=sync), "local-cluster[2,1,1024]") as run:
        end = run.end()
    assert end["weights_sha256"] == alone and end["workers"] == 2


def test_an_executor_is_killed(tmp_path, alone):
    with Run(tmp_path, job(group=2), "local-cluster[3,1,1024]") as run:
        run.wait_for("progress", 2)
        run.kill(run.executors()[0])
        end = run.end()
        assert run.of("note"), "nobody noticed the kill\n" + run.story()
    assert end["weights_sha256"] == alone
