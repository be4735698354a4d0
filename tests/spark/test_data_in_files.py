# SPDX-License-Identifier: Apache-2.0
"""Training data for which executors have no memory are in files, and the weights are the same."""

from pathlib import Path

import pytest
from spark_run import Run, drill_job, executors

pytestmark = [pytest.mark.spark]

NOWHERE = ["spark.firesteel.shardMemory=0"]
ENCRYPTED = [*NOWHERE, "spark.io.encryption.enabled=true"]


def open_files(run):
    """Of the data, in the processes that train."""
    found = []
    for pid in executors(run.process.pid) or [run.process.pid]:
        found += [str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir() if "firesteel-data-" in str(fd.readlink())]
    return found


@pytest.mark.parametrize("conf", [NOWHERE, ENCRYPTED], ids=["plain", "encrypted"])
def test_the_same_weights(tmp_path, undisturbed, conf):
    local = tmp_path / "local"
    local.mkdir()
    conf = [*conf, f"spark.local.dir={local}"]
    with Run(tmp_path / "run", drill_job(), "local-cluster[2,1,1024]", conf=conf) as run:
        run.wait_for("progress")
        files = open_files(run)
        assert len(files) == 2 and all(file.startswith(str(local)) and file.endswith("(deleted)") for file in files), files
        end = run.end()
    assert end["weights_sha256"] == undisturbed
    told = [note for note in run.notes() if "in files in Spark's local directories" in note]
    assert len(told) == 1 and "spark.firesteel.shardMemory" in told[0], run.notes()
    assert not list(local.rglob("firesteel-data-*"))


def test_a_wrong_size_is_found_before_the_first_job(tmp_path):
    with Run(tmp_path / "run", drill_job(), "local[1]", conf=["spark.firesteel.shardMemory=much"]) as run:
        assert run.error() == "spark.firesteel.shardMemory: must be a size such as 2g, got much"
    assert "Submitting" not in run.log.read_text()
