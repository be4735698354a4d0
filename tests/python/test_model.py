# SPDX-License-Identifier: Apache-2.0
"""Models in this process: training, predicting, saving."""

import json
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import firesteel
from firesteel import Model, metrics, nn, optim


def quiet_fit(model, x, y, **more):
    options = {"optimizer": optim.SGD(0.2, momentum=0.9), "batch_size": 32, "epochs": 4,
               "threads": 1, "progress": False, **more}
    return model.fit(x, y, **options)


def test_learns_and_evaluates(net, stripes):
    model, (x, y) = net.build(), stripes
    before = model.evaluate(x[1000:], y[1000:])
    figures = quiet_fit(model, x[:1000], y[:1000], validation=(x[1000:], y[1000:]))
    after = model.evaluate(x[1000:], y[1000:])
    assert before["accuracy"] < 0.3 < 0.95 < after["accuracy"]
    assert figures["accuracy"] == pytest.approx(after["accuracy"])
    assert figures["iterations"] == 4 * 32 and figures["images_per_s"] > 0
    assert model.describe()["weights_sha256"] == figures["weights_sha256"]
    right = model.predict(x[1000:]).argmax(1) == y[1000:]
    assert right.mean() == pytest.approx(after["accuracy"])


def test_round_trip(net, stripes, tmp_path):
    model, x = net.build(seed=5), stripes[0][:50]
    model.save(tmp_path / "net.safetensors")
    again = Model.load(tmp_path / "net.safetensors")
    assert again.to_bytes() == model.to_bytes()
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert again.describe()["params"] == 8 * 9 + 8 + 128 * 12 + 12
    assert [path.name for path in tmp_path.iterdir()] == ["net.safetensors"]


def test_seed_makes_the_weights(net):
    assert net.build(1).to_bytes() == net.build(1).to_bytes() != net.build(2).to_bytes()


def test_weights_by_name(net, stripes):
    model, x = net.build(), stripes[0][:3]
    weights = model.weights()
    assert weights["conv2d_1.weight"].shape == (8, 1, 3, 3)
    windows = np.lib.stride_tricks.sliding_window_view(x[:, 0], (3, 3), axis=(1, 2))
    hidden = np.einsum("nhwij,oij->nohw", windows, weights["conv2d_1.weight"][:, 0])
    hidden = np.maximum(hidden + weights["conv2d_1.bias"][:, None, None], 0).reshape(3, -1)
    expected = hidden @ weights["linear_1.weight"].T + weights["linear_1.bias"]
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-4, atol=1e-5)


def test_row_shapes_that_mean_the_same(net, stripes):
    model, x = net.build(), stripes[0][:5]
    expected = model.predict(x)
    np.testing.assert_array_equal(model.predict(x.reshape(5, 36)), expected)
    np.testing.assert_array_equal(model.predict(x[:, 0].astype(np.float64)), expected)


def test_shape_of_the_data_completes_the_model():
    model = nn.Sequential(nn.Linear(3, 1)).build()
    assert model.input_shape is None
    x = np.random.default_rng(1).normal(size=(256, 3))
    figures = quiet_fit(model, x, x.sum(1), loss=nn.MeanSquaredError(), epochs=20,
                        optimizer=optim.SGD(0.05))
    assert model.input_shape == (3,) and figures["loss"] < 1e-3


def test_events_come_in_order(net, stripes):
    events, (x, y) = [], stripes
    quiet_fit(net.build(), x, y, epochs=2, progress=events.append, metrics=[metrics.Accuracy(3)],
              validation=(x, y))
    names = [event["event"] for event in events]
    assert names[0] == "start" and names[-1] == "end" and names.count("epoch") == 2
    assert events[-1]["top3"] > events[-1]["loss"] * 0 and {"top3"} <= set(events[-1])


def test_reproducible_for_any_number_of_threads(net, stripes):
    digests = {quiet_fit(net.build(), *stripes, epochs=1, reproducible=True,
                         threads=threads)["weights_sha256"] for threads in (1, 2, 3)}
    assert len(digests) == 1


def test_checkpoint_and_resume(net, stripes, tmp_path):
    whole, part = net.build(), net.build()
    expected = quiet_fit(whole, *stripes, reproducible=True, iterations=60)
    quiet_fit(part, *stripes, reproducible=True, iterations=25, checkpoint=tmp_path)
    resumed = quiet_fit(part, *stripes, reproducible=True, iterations=60, checkpoint=tmp_path,
                        resume=True)
    assert resumed["weights_sha256"] == expected["weights_sha256"]


def flip_a_byte(data):
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


@pytest.mark.parametrize("damage, why", [
    (lambda data: data[:len(data) // 2], "truncated or damaged"), (flip_a_byte, "its checksum does not fit its contents"),
    (lambda data: b"", "")])
def test_a_damaged_checkpoint(net, stripes, tmp_path, damage, why):
    options = dict(reproducible=True, batch_size=60, checkpoint=tmp_path)  # 20 iterations are an epoch
    expected = quiet_fit(net.build(), *stripes, **options | dict(iterations=70, checkpoint=None))
    quiet_fit(net.build(), *stripes, iterations=40, **options)
    older, newer = sorted(tmp_path.iterdir())
    newer.write_bytes(damage(newer.read_bytes()))
    notes = []
    resumed = quiet_fit(net.build(), *stripes, iterations=70, resume=True, **options | dict(progress=notes.append))
    notes = [event["text"] for event in notes if event["event"] == "note"]
    assert resumed["weights_sha256"] == expected["weights_sha256"]
    assert str(newer) in notes[0] and why in notes[0] and "the checkpoint before it is used" in notes[0]
    assert f"goes on from iteration 20 of {older}" in notes[1]
    for path in tmp_path.iterdir():
        path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(firesteel.FormatError):
        quiet_fit(net.build(), *stripes, iterations=70, resume=True, **options)


@pytest.mark.parametrize("arguments, text", [
    ({"y": np.full(1200, 12)}, "labels must be whole numbers from 0 to 11, got 12"),
    ({"y": np.zeros(7)}, "x and y must have the same number of rows, got 1200 and 7"),
    ({"x": np.zeros((1200, 5))}, "the model takes rows of shape [1, 6, 6], the data have [5]"),
    ({"x": np.where(np.arange(1200)[:, None] > 1196, np.nan, np.zeros((1200, 36)))},
     "x: must be finite numbers, 3 of 1200 rows are not, the first is row 1197"),
    ({"x": "rows"}, "x: must be an array of rows of numbers"),
    ({"loss": optim.SGD(0.1)}, "loss: must be one of firesteel's losses, got SGD"),
    ({"optimizer": {"kind": "SDG"}}, "no optimizer 'SDG'. Did you mean 'SGD'?"),
    ({"epochs": 0}, "epochs: must be > 0 unless iterations is given, got 0"),
    ({"batch_size": 0}, "batch_size: must be >= 1, got 0"),
    ({"progress": 3}, "progress: must be True, False or a function of an event, got 3"),
])
def test_error_texts(net, stripes, arguments, text):
    given = {"x": stripes[0], "y": stripes[1], "epochs": 1, **arguments}
    with pytest.raises(ValueError) as error:
        quiet_fit(net.build(), given.pop("x"), given.pop("y"), **given)
    assert text in str(error.value)


def test_damaged_file(net, tmp_path):
    data = net.build().to_bytes()
    (tmp_path / "half").write_bytes(data[:len(data) // 2])
    with pytest.raises(firesteel.FormatError) as error:
        Model.load(tmp_path / "half")
    assert isinstance(error.value, ValueError)
    with pytest.raises(firesteel.SystemError) as error:
        quiet_fit(net.build(), np.zeros((4, 1, 6, 6)), np.zeros(4, int), resume=True,
                  checkpoint=tmp_path)
    assert isinstance(error.value, RuntimeError)


def test_auxiliary_classifier(stripes):
    x, y = stripes
    image = nn.Input((1, 6, 6))
    flat = nn.Flatten()(nn.ReLU()(nn.Conv2d(1, 8, 3)(image)))
    net = nn.Graph(image, [nn.Linear(128, 12)(flat), nn.Linear(128, 12)(nn.Dropout()(flat))])
    model = net.build(seed=3)
    model.fit(x, y, optimizer=optim.SGD(0.2, momentum=0.9), batch_size=32, epochs=4,
              loss_weights=[1, 0.3], progress=False)
    assert model.predict(x).shape == (len(x), 12)
    assert model.evaluate(x, y)["accuracy"] > 0.95
    with pytest.raises(ValueError, match="loss_weights: must be one for each of the model's "
                                         "outputs, 2, got 3"):
        model.fit(x, y, loss_weights=[1, 1, 1], progress=False)


def test_sync_batch_norm_gives_the_same_bits_for_any_threads(stripes):
    x, y = stripes
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm(8), nn.ReLU(), nn.Flatten(),
                        nn.Linear(128, 12))

    def digest(threads, **more):
        return quiet_fit(net.build(seed=3), x, y, epochs=1, reproducible=True, threads=threads,
                         **more)["weights_sha256"]

    assert digest(1, sync_batch_norm=True) == digest(2, sync_batch_norm=True)
    assert digest(1, sync_batch_norm=True) != digest(1)


def test_recomputed_segments_give_the_same_bits(stripes):
    x, y = stripes
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm(8), nn.ReLU(), nn.Dropout(0.2),
                        nn.Flatten(), nn.Linear(128, 12))

    def digest(recompute):
        return quiet_fit(net.build(seed=3), x, y, epochs=1, reproducible=True,
                         recompute=recompute)["weights_sha256"]

    assert digest("segments") == digest("none") == digest("cheap")
    with pytest.raises(ValueError, match="recompute: must be one of none, cheap, segments, got 'all'"):
        digest("all")


def test_clipping_holds_the_weights_back(net, stripes):
    x, y = stripes
    def moved(**clip):
        model = net.build(seed=3)
        before = model.weights()
        quiet_fit(model, x, y, iterations=1, batch_size=len(y), **clip)
        after = model.weights()
        return sum(float(((after[n] - before[n]) ** 2).sum()) for n in before) ** 0.5
    assert moved(clip_norm=1e-3) == pytest.approx(0.2 * 1e-3, rel=1e-2)  # times the learning rate
    assert moved(clip_value=1e-4) < moved() / 10


def test_thread_modes(net, stripes):
    x, y = stripes
    for mode in ("replicas", "split"):
        quiet_fit(net.build(seed=3), x, y, epochs=1, threads=2, thread_mode=mode)
    with pytest.raises(ValueError, match="thread_mode: must not be split where reproducible is set"):
        quiet_fit(net.build(seed=3), x, y, epochs=1, thread_mode="split", reproducible=True)


def sentences(rows, steps=20, ids=12):
    """Rows of ids of different lengths, filled up with 0; the class is the last id's third."""
    rng = np.random.default_rng(4)
    x, y = np.zeros((rows, steps), np.float32), np.zeros(rows, np.int32)
    for row, length in enumerate(rng.integers(1, steps + 1, rows)):
        x[row, :length] = rng.integers(1, ids, length)
        y[row] = x[row, length - 1] // 4
    return x, y


def reader(**more):
    return nn.Sequential(nn.Embedding(12, 8), nn.GRU(8, 16, return_sequences=False),
                         nn.Linear(16, 3), input_shape=(20,), **more)


def test_rows_with_padding(tmp_path):
    x, y = sentences(1200)
    model = reader(padding=0).build(seed=2)
    figures = quiet_fit(model, x, y, epochs=6, validation=(x, y), reproducible=True)
    assert figures["accuracy"] > 0.95
    again = reader(padding=0).build(seed=2)
    assert quiet_fit(again, x, y, epochs=6, reproducible=True,
                     threads=2)["weights_sha256"] == figures["weights_sha256"]
    model.save(tmp_path / "net.safetensors")
    model = Model.load(tmp_path / "net.safetensors")
    # Each row alone is computed with as many steps as it has.
    together = model.predict(x[:40])
    alone = np.concatenate([model.predict(row[None]) for row in x[:40]])
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="flatten_1: Flatten takes the padding of short rows"):
        nn.Sequential(nn.Embedding(12, 8), nn.Flatten(), nn.Linear(160, 3), input_shape=(20,),
                      padding=0).build()


def test_named_models():
    assert "lenet5" in Model.names()
    assert Model.named("lenet5").input_shape == (1, 28, 28)
    with pytest.raises(ValueError, match="no model 'lenet'. Did you mean 'lenet5'?"):
        Model.named("lenet")


def test_an_error_in_the_listener_ends_the_fit(net, stripes):
    def listener(event):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        quiet_fit(net.build(), *stripes, progress=listener)


def test_other_threads_run_during_a_fit(net, stripes):
    beats, done = [], threading.Event()

    def beat():
        while not done.wait(0.001):
            beats.append(1)

    thread = threading.Thread(target=beat)
    thread.start()
    quiet_fit(net.build(), *stripes)
    done.set()
    thread.join()
    assert len(beats) > 3


def test_control_c_stops_a_fit():
    program = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
import numpy as np
from firesteel import nn
model = nn.Sequential(nn.Linear(64, 64)).build()
x, y = np.zeros((1000, 64), np.float32), np.zeros(1000, np.int32)
def started(event):
    if event["event"] == "start":
        print("started", flush=True)
try:
    model.fit(x, y, epochs=10**6, progress=started)
except KeyboardInterrupt:
    print("interrupted")
"""
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "started\n"
    child.send_signal(signal.SIGINT)
    try:
        assert child.communicate(timeout=30)[0] == "interrupted\n" and child.returncode == 0
    finally:
        child.kill()


def test_description_is_json(net):
    about = net.build().describe()
    assert json.loads(json.dumps(about)) == about
    assert about["nodes"][1]["param_shapes"]["weight"] == [8, 1, 3, 3]


def test_weights_can_be_set(net, stripes):
    model, other, x = net.build(seed=1), net.build(seed=2), stripes[0][:5]
    other.set_weights(model.weights())
    np.testing.assert_array_equal(other.predict(x), model.predict(x))
    other.set_weights({"linear_1.bias": np.arange(12)})
    np.testing.assert_allclose(other.predict(x) - model.predict(x),
                               np.arange(12) - model.weights()["linear_1.bias"] + np.zeros((5, 1)), atol=1e-5)
    with pytest.raises(ValueError, match=r"no parameter 'linear_1.wieght'. Did you mean 'linear_1.weight'\?"):
        other.set_weights({"linear_1.wieght": np.zeros(3)})
    with pytest.raises(ValueError, match=r"linear_1.bias has shape \(12,\), got \(3,\)"):
        other.set_weights({"linear_1.bias": np.zeros(3)})
