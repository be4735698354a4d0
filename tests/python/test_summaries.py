# SPDX-License-Identifier: Apache-2.0
"""What fits write for TensorBoard, read back by TensorBoard."""
import numpy as np
import pytest

event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


def run(folder):
    """A run as TensorBoard loads it."""
    loaded = event_accumulator.EventAccumulator(str(folder), size_guidance=dict(scalars=0, histograms=0))
    loaded.Reload()
    return loaded


def fit(folder, **more):
    from firesteel import nn, optim

    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 8)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int32)
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2), input_shape=(8,)).build(1)
    events = []
    model.fit(x, y, batch_size=20, epochs=3, validation=(x, y), optimizer=optim.SGD(0.5),
              schedule=optim.Step(1, gamma=0.5, by_epoch=True), summary=folder,
              progress=events.append, **more)
    return model, events


def test_scalars_are_those_of_the_events(tmp_path):
    _, events = fit(tmp_path)
    progress = [e for e in events if e["event"] == "progress"]
    epochs = [e for e in events if e["event"] == "epoch"]
    train, validation = run(tmp_path / "train"), run(tmp_path / "validation")
    assert set(train.Tags()["scalars"]) == {"loss", "lr", "images_per_s"}
    for name in ["loss", "lr", "images_per_s"]:
        got = [(point.step, point.value) for point in train.Scalars(name)]
        assert got == [(e["iteration"], pytest.approx(e[name], rel=1e-6)) for e in progress]
    assert len(epochs) == 3 and set(validation.Tags()["scalars"]) == {"loss", "accuracy"}
    for name, field in [("loss", "test_loss"), ("accuracy", "accuracy")]:
        got = [(point.step, point.value) for point in validation.Scalars(name)]
        assert got == [(e["iteration"], pytest.approx(e[field], rel=1e-6)) for e in epochs]
    rates = {round(point.value, 6) for point in train.Scalars("lr")}
    assert rates == {0.5, 0.25, 0.125}


def test_histograms_are_those_of_the_parameters(tmp_path):
    model, _ = fit(tmp_path)
    train = run(tmp_path / "train")
    weights = model.weights()
    assert set(train.Tags()["histograms"]) == {f"parameters/{name}" for name in weights}
    for name, numbers in weights.items():
        points = train.Histograms(f"parameters/{name}")
        assert [point.step for point in points] == [20, 40, 60]
        last = points[-1].histogram_value
        assert last.num == numbers.size and sum(last.bucket) == numbers.size
        assert last.min == pytest.approx(numbers.min()) and last.max == pytest.approx(numbers.max())
        assert last.sum == pytest.approx(numbers.sum(dtype=np.float64), abs=1e-5)
        below = 0
        for end, count in zip(last.bucket_limit, last.bucket, strict=True):
            below += count
            assert below == (numbers <= end).sum()


def test_a_later_fit_adds_a_file(tmp_path):
    fit(tmp_path)
    fit(tmp_path)
    assert len(list((tmp_path / "train").iterdir())) == 2
    assert len(run(tmp_path / "train").Scalars("loss")) >= 3


def test_a_folder_that_can_no_longer_be_written(tmp_path):
    (tmp_path / "train").write_text("")
    model, events = fit(tmp_path)
    notes = [event["text"] for event in events if event["event"] == "note"]
    assert len(notes) == 1 and "summary: cannot make" in notes[0] and "the fit goes on without it" in notes[0]
    assert [event["event"] for event in events].count("epoch") == 3


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeError, match="summary: cannot make"):
        fit(tmp_path / "file" / "folder")
