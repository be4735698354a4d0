# SPDX-License-Identifier: Apache-2.0
"""The ways that gradients and parameters take between workers: the same weights, whichever it is."""

import pytest
from spark_run import DATA, Run, train_job

pytestmark = pytest.mark.spark
JOB = dict(model="resnet8", data=DATA, shards=17, fit=dict(batch_size=50))


def run(folder, sync, master="local-cluster[2,1,1024]", **changes):
    return Run(folder, train_job(**{**JOB, "sync": sync, "group": 10, **changes}), master)


@pytest.mark.parametrize("sync", ["blockmanager", "driver"])
def test_same_bits(tmp_path, undisturbed, sync):
    with run(tmp_path, sync) as fit:
        end = fit.end()
    assert end["weights_sha256"] == undisturbed
    assert end["workers"] == 2 and end["groups"] == 5
    assert 0 < end["compute_ms"] < end["step_ms"]


@pytest.mark.slow
@pytest.mark.parametrize("sync", ["blockmanager", "driver"])
def test_same_bits_with_clipping_and_three_workers(tmp_path, sync):
    job = dict(iterations=12, group=4, fit=dict(batch_size=50, clip_norm=0.5))
    with run(tmp_path / "p2p", "p2p", **job) as fit:
        expected = fit.end()["weights_sha256"]
    with run(tmp_path / sync, sync, "local-cluster[3,1,1024]", **job) as fit:
        assert fit.end()["weights_sha256"] == expected


@pytest.mark.slow
@pytest.mark.parametrize("sync", ["blockmanager", "driver"])
def test_an_executor_is_killed(tmp_path, undisturbed, sync):
    with run(tmp_path, sync, "local-cluster[3,1,1024]") as fit:
        fit.wait_for("progress", 2)
        fit.kill(fit.executors()[0])
        end = fit.end()
        assert fit.of("note"), "nobody noticed the kill\n" + fit.story()
    assert end["weights_sha256"] == undisturbed


def test_local_steps(tmp_path):
    how = dict(fit=dict(reproducible=False, batch_size=50, outer_lr=0.7, outer_momentum=0.9), group=0, iterations=300)
    with run(tmp_path, "local:8", **how) as fit:
        end = fit.end()
    assert end["workers"] == 2 and end["iterations"] == 300
    assert end["accuracy"] > 0.8


@pytest.mark.slow
def test_local_steps_and_an_executor_is_killed(tmp_path):
    how = dict(fit=dict(reproducible=False, batch_size=50), group=16, iterations=320)
    with run(tmp_path, "local:8", "local-cluster[3,1,1024]", **how) as fit:
        fit.wait_for("progress", 2)
        fit.kill(fit.executors()[0])
        end = fit.end()
        assert fit.of("note"), "nobody noticed the kill\n" + fit.story()
    assert end["iterations"] == 320 and end["accuracy"] > 0.8


def test_what_does_not_go_together_is_said_before_the_first_job(tmp_path):
    with run(tmp_path / "name", "udp") as fit:
        assert fit.error() == "sync: must be p2p, blockmanager, driver or local:H (H from 1), got 'udp'"
    with run(tmp_path / "wire", "driver", fit=dict(reproducible=False, wire="bf16")) as fit:
        assert fit.error() == "wire: must be f32 unless sync is p2p, got bf16"
    with run(tmp_path / "norm", "blockmanager", fit=dict(sync_batch_norm=True)) as fit:
        assert fit.error() == "sync_batch_norm: needs sync p2p, as its sums travel in the middle of a step"
