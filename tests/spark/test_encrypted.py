# SPDX-License-Identifier: Apache-2.0
"""What workers send each other is encrypted where Spark encrypts what it sends, and the weights are the same."""

import pytest
from capture import Capture, may_listen
from spark_run import Run, train_job

pytestmark = [pytest.mark.spark]

AUTHENTICATED = ["spark.authenticate=true", "spark.authenticate.secret=not-a-secret"]
ENCRYPTED = [*AUTHENTICATED, "spark.network.crypto.enabled=true"]
# The learning rate is so small that the parameters that travel remain the first ones, to the bit.
JOB = dict(iterations=8, group=4, shards=4, fit=dict(optimizer=dict(kind="SGD", lr=1e-30), batch_size=32))


def weights():
    """Some of the first weights, as they lie in memory."""
    from firesteel import Model

    return bytes(memoryview(Model.named("lenet5", 7).weights()["fc1.weight"][:1, :16].tobytes()))


def overheard(tmp_path, conf=(), **fit):
    """A fit on two executors, and what a listener has heard meanwhile."""
    job = dict(JOB, fit=dict(JOB["fit"], **fit))
    with Capture("lo") as capture, Run(tmp_path, train_job(**job), "local-cluster[2,1,1024]", conf=conf) as run:
        end = run.end()
    assert end["workers"] == 2 and capture.bytes() > 100_000
    return capture, end["weights_sha256"]


@pytest.mark.skipif(not may_listen(), reason="listening to the network needs root")
def test_a_listener_learns_weights_only_where_spark_does_not_encrypt(tmp_path):
    known = weights()
    plain, undisturbed = overheard(tmp_path / "plain")
    assert plain.has(known)
    encrypted, weights_sha256 = overheard(tmp_path / "encrypted", ENCRYPTED)
    assert not encrypted.has(known) and not encrypted.has(known[:16])
    assert weights_sha256 == undisturbed
