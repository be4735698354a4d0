# SPDX-License-Identifier: Apache-2.0
"""A schedule that depends on validation, across workers, failures and checkpoints."""

import pytest
from spark_run import Run, executor_ids, train_job

pytestmark = [pytest.mark.spark, pytest.mark.slow]
# A learning rate that is lowered whenever an epoch did not halve the loss; epochs of 20 iterations.
PLATEAU = dict(kind="Plateau", monitor="test_loss", patience=0, threshold=0.5, factor=0.3)


def job(**changes):
    fit = dict(batch_size=3000, schedule=PLATEAU, optimizer=dict(kind="SGD", lr=0.1, momentum=0.9))
    return train_job("mlp", fit=dict(fit, **changes.pop("fit", {})), iterations=120, group=10, shards=16, **changes)


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    with Run(tmp_path_factory.mktemp("straight"), job(), "local[1]") as run:
        end = run.end()
    assert len(run.of("epoch")) == 6 and "accuracy" in run.of("epoch")[0]
    return end["weights_sha256"]


def test_it_matters(tmp_path, straight):
    with Run(tmp_path, job(fit=dict(schedule=dict(kind="Constant"))), "local[1]") as run:
        assert run.end()["weights_sha256"] != straight


def test_an_executor_is_killed(tmp_path, straight):
    with Run(tmp_path, job(), "local-cluster[2,1,1024]") as run:
        run.wait_for("epoch", 3)
        run.kill(executor_ids(run.process.pid)[0])
        end = run.end()
    assert end["weights_sha256"] == straight and end["lost_workers"] == 1


@pytest.mark.parametrize("sync", ["p2p", "driver"])
def test_it_goes_on_from_a_checkpoint(tmp_path, straight, sync):
    folder = str(tmp_path / "checkpoints")
    with Run(tmp_path / "first", job(checkpoint=folder) | dict(iterations=80), "local[2]") as run:
        run.end()
    with Run(tmp_path / "second", job(checkpoint=folder, resume=True, sync=sync), "local-cluster[2,1,1024]") as run:
        assert run.end()["weights_sha256"] == straight


def test_it_ends_early(tmp_path):
    stop = dict(kind="EarlyStopping", monitor="accuracy", mode="max", min_delta=0.5, patience=1)
    for master in ["local[1]", "local-cluster[2,1,1024]"]:
        with Run(tmp_path / master[:6], job(fit=dict(stop=stop)), master) as run:
            end = run.end()
        # The first epoch is better by so much than none, no other is than the first.
        assert end["iterations"] == 60 and len(end["weights_sha256"]) == 64 and end["accuracy"] > 0.5
        assert "ends after epoch 3, as stop says" in run.notes()


def test_what_ended_stays_ended(tmp_path):
    stop = dict(kind="MaxScore", max=0.3)
    weights = set()
    for resume in [False, True]:
        again = job(fit=dict(stop=stop), checkpoint=str(tmp_path / "checkpoints"), resume=resume)
        with Run(tmp_path / f"run{resume}", again, "local[1]") as run:
            end = run.end()
        assert end["iterations"] == 20 and ("has ended, as stop says" in run.notes()) == resume
        weights.add(end["accuracy"])
    assert len(weights) == 1
