# SPDX-License-Identifier: Apache-2.0
"""Training, evaluation, checkpoints and wrong inputs through spark-submit."""

import shutil

import pytest
from spark_run import DATA, FIRST_LABELS, LENET_ACCURACY, Run, train_job

pytestmark = pytest.mark.spark


def test_trains_evaluates_and_predicts(tmp_path):
    out = tmp_path / "lenet5.safetensors"
    job = train_job(iterations=300, out=str(out), fit=dict(batch_size=128, reproducible=False))
    with Run(tmp_path / "train", job, "local[2]") as run:
        end = run.end()
    assert end["accuracy"] > LENET_ACCURACY - 0.1 and end["iterations"] == 300 and end["groups"] >= 2
    assert run.of("start")[0]["rows"] == 60000 and run.of("progress")[-1]["iteration"] == 300
    for figure in ["step_ms", "compute_ms", "sync_exposed_ms", "schedule_ms", "images_per_s"]:
        assert end[figure] >= 0

    with Run(tmp_path / "eval", dict(command="eval", model=str(out), data=DATA), "local[2]") as run:
        assert run.end()["accuracy"] == pytest.approx(end["accuracy"], abs=1e-6)

    classes = tmp_path / "classes.txt"
    job = dict(command="predict", model=str(out), data=DATA, out=str(classes))
    with Run(tmp_path / "predict", job, "local[2]") as run:
        assert run.end()["rows"] == 10000
    lines = classes.read_text().split()
    assert len(lines) == 10000 and set(lines) == set("0123456789")
    assert lines[:4] == list(FIRST_LABELS)


@pytest.mark.slow
def test_resumes_to_the_same_weights(tmp_path):
    data = "synthetic:1x28x28/10/640"  # 10 iterations are an epoch
    with Run(tmp_path / "straight", train_job(data=data, iterations=60), "local[2]") as run:
        straight = run.end()["weights_sha256"]
    folder = tmp_path / "checkpoints"
    with Run(tmp_path / "first", train_job(data=data, iterations=25, checkpoint=str(folder)), "local[2]") as run:
        run.end()
    job = train_job(data=data, iterations=60, checkpoint=str(folder), resume=True)
    shutil.copytree(folder, tmp_path / "copy")
    with Run(tmp_path / "second", job, "local-cluster[2,1,1024]") as run:
        assert run.end()["weights_sha256"] == straight
        assert "resumed after iteration 25" in run.notes()
    newest = sorted((tmp_path / "copy").glob("step-*"))[-1]
    (newest.parent / f".{newest.name}.crc").unlink()  # Hadoop's own, which HDFS does not keep beside it
    damaged = bytearray(newest.read_bytes())
    damaged[-9] ^= 1
    newest.write_bytes(damaged)
    with Run(tmp_path / "third", dict(job, checkpoint=str(newest.parent)), "local[2]") as run:
        assert run.end()["weights_sha256"] == straight
        assert any("its checksum does not fit" in note and "the checkpoint before" in note for note in run.notes())
        assert "resumed after iteration 20" in run.notes()


WRONG = {
    "an unknown model": (dict(model="lenet55"), "lenet55"),
    "missing data": (dict(data="mnist:/nonexistent"), "/nonexistent"),
    "an unknown data set": (dict(data="mnits"), "mnits"),
    "an unknown attribute": (dict(fit=dict(batchsize=3)), "batchsize"),
    "an unusable value": (dict(fit=dict(optimizer=dict(kind="SGD", lr=-1))), "lr"),
    "a damaged model": (dict(model="{tmp}/damaged"), "damaged"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_inputs_get_one_sentence(tmp_path, what):
    changes, part = WRONG[what]
    (tmp_path / "damaged").write_bytes(b"no model at all")
    job = train_job(**changes)
    job["model"] = job["model"].format(tmp=tmp_path)
    with Run(tmp_path / "run", job, "local[1]") as run:
        text = run.error(timeout=90)
    assert part in text and "\n" not in text and "Exception" not in text, text
