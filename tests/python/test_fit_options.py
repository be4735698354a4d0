# SPDX-License-Identifier: Apache-2.0
"""Parameter groups, accumulated batches, averages and schedules that follow each other."""

import numpy as np
import pytest

import firesteel
from firesteel import Model, nn, optim


def weights_after(net, stripes, **options):
    model, (x, y) = net.build(seed=3), stripes
    fit = dict(optimizer=optim.SGD(0.1), batch_size=40, iterations=4, reproducible=True, threads=1, progress=False)
    figures = model.fit(x, y, **{**fit, **options})
    assert figures["iterations"] == options.get("iterations", 4)
    return model.weights()


def distance(a, b):
    return max(np.abs(a[name] - b[name]).max() for name in a)


def test_groups_by_name(net, stripes):
    first = net.build(seed=3).weights()
    plain = weights_after(net, stripes)
    groups = [optim.ParamGroup("*.bias", freeze=True), optim.ParamGroup("conv*", lr=0),
              {"match": "linear*", "optimizer": {"kind": "Adam", "lr": 0.01}}]
    got = weights_after(net, stripes, param_groups=groups)
    for name in first:
        same = np.array_equal(got[name], first[name])
        assert same == (name.endswith(".bias") or name.startswith("conv")), name
    assert 0 < np.abs(got["linear_1.weight"] - first["linear_1.weight"]).max() < 0.05  # of Adam
    assert distance(got, plain) > 1e-3


def test_accumulated_batches_are_one_large_one(net, stripes):
    large = weights_after(net, stripes, batch_size=80)
    assert distance(weights_after(net, stripes, accumulate=2), large) < 1e-6
    assert distance(weights_after(net, stripes), large) > 1e-4


def test_learning_rate_grows_with_the_batch(net, stripes):
    scaled = weights_after(net, stripes, base_batch_size=10)
    assert distance(scaled, weights_after(net, stripes, optimizer=optim.SGD(0.4))) == 0


def test_averages_lag_behind(net, stripes):
    first, last = net.build(seed=3).weights(), weights_after(net, stripes)
    mean = weights_after(net, stripes, ema_decay=0.999)
    assert 0 < distance(mean, first) < distance(last, first)


def test_schedules_follow_each_other(net, stripes):
    halves = [optim.Constant().lasting(iterations=2), optim.Exponential(gamma=1e-9)]
    got = weights_after(net, stripes, schedule=halves, iterations=5)
    # The second one begins with factor 1 in the third step, after which next to nothing moves.
    assert distance(got, weights_after(net, stripes, iterations=3)) < 1e-6
    assert distance(got, weights_after(net, stripes, iterations=5)) > 1e-4
    with pytest.raises(ValueError, match="Constant.lasting: wants either epochs or iterations"):
        optim.Constant().lasting()
    with pytest.raises(ValueError, match="schedule: all of a list but the last must have iterations or epochs"):
        weights_after(net, stripes, schedule=[optim.Constant(), optim.Constant()])


def epochs_of(net, stripes, stop, **options):
    events, (x, y) = [], stripes
    net.build(seed=3).fit(x, y, optimizer=optim.SGD(0.1, momentum=0.9), batch_size=60, epochs=8, threads=1, stop=stop,
                          validation=(x[:200], y[:200]), progress=events.append, **options)
    epochs = [event for event in events if event["event"] == "epoch"]
    notes = [event["text"] for event in events if event["event"] == "note"]
    assert notes == ([f"ends after epoch {len(epochs)}, as stop says"] if len(epochs) < 8 or notes else [])
    return epochs


def test_a_fit_ends_when_triggers_say_so(net, stripes):
    whole = epochs_of(net, stripes, None)
    assert len(whole) == 8
    enough = whole[2]["accuracy"] - 1e-6
    first = next(i for i, epoch in enumerate(whole) if epoch["accuracy"] > enough) + 1
    assert len(epochs_of(net, stripes, optim.MaxScore(enough))) == first < 8
    assert len(epochs_of(net, stripes, optim.MaxEpoch(4))) == 4
    assert len(epochs_of(net, stripes, optim.MaxEpoch(4) & optim.MaxScore(enough))) == max(4, first)
    assert len(epochs_of(net, stripes, optim.MaxEpoch(4) | optim.MaxScore(enough))) == min(4, first)
    assert len(epochs_of(net, stripes, optim.MinLoss(whole[1]["loss"] + 1e-6))) == 2
    # The first epoch is the best of all, as no other is so much better.
    stop = optim.EarlyStopping(patience=2, min_delta=100)
    assert len(epochs_of(net, stripes, stop)) == 4
    assert len(epochs_of(net, stripes, {"kind": "EarlyStopping", "start_epoch": 3, "min_delta": 100})) == 5


def test_validation_now_and_then(net, stripes):
    tested = [epoch["epoch"] for epoch in epochs_of(net, stripes, None, validate_every=3) if "test_loss" in epoch]
    assert tested == [3, 6, 8]
    # Epochs without a result do not count.
    stop = optim.EarlyStopping(patience=0, min_delta=100)
    assert len(epochs_of(net, stripes, stop, validate_every=2)) == 4


def test_what_ended_stays_ended(net, stripes, tmp_path):
    stop = optim.EarlyStopping(patience=1, min_delta=100)
    assert len(epochs_of(net, stripes, stop, checkpoint=tmp_path)) == 3
    x, y = stripes
    figures = net.build(seed=3).fit(x, y, optimizer=optim.SGD(0.1, momentum=0.9), batch_size=60, epochs=8, stop=stop,
                                    validation=(x[:200], y[:200]), checkpoint=tmp_path, resume=True, progress=False)
    assert figures["iterations"] == 3 * 20


def test_the_newest_and_the_best_checkpoints_stay(net, stripes, tmp_path):
    epochs = epochs_of(net, stripes, None, checkpoint=tmp_path, checkpoint_keep=3, checkpoint_best="min:accuracy")
    worst = min(range(8), key=lambda i: epochs[i]["accuracy"])
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "best.safetensors", *(f"step-{20 * epoch:010d}.safetensors" for epoch in (6, 7, 8))]
    x, y = stripes
    best = Model.load(str(tmp_path / "best.safetensors")).evaluate(x[:200], y[:200])
    assert best["accuracy"] == pytest.approx(epochs[worst]["accuracy"], abs=1e-6)


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_fit(net, stripes, tmp_path):
    (tmp_path / "file").write_text("no folder")
    events, (x, y) = [], stripes
    figures = net.build(seed=3).fit(x, y, batch_size=60, epochs=3, checkpoint=tmp_path / "file" / "fits", progress=events.append)
    notes = [event["text"] for event in events if event["event"] == "note"]
    assert figures["iterations"] == 60 and len(notes) == 3
    assert all(note.startswith("checkpoint: ") and note.endswith("; the fit goes on") for note in notes), notes


WRONG = {
    "the best of nothing": (dict(checkpoint_best="loss"), "checkpoint_best: needs a folder for checkpoints"),
    "none to keep": (dict(checkpoint_keep=0), "checkpoint_keep: must be >= 1, got 0"),
    "a name": (dict(param_groups=[optim.ParamGroup("conv2d_1.wieght")]),
               r"param_groups\[0\].match: 'conv2d_1.wieght' matches no parameter. Did you mean 'conv2d_1.weight'\?"),
    "a word": (dict(param_groups=[{"match": "*", "weight_decy": 1}]), r"param_groups\[0\]: no attribute 'weight_decy'"),
    "no batches": (dict(accumulate=0), "accumulate: must be >= 1, got 0"),
    "a trigger": (dict(stop={"kind": "And", "triggers": "[{\"kind\": \"MaxEpoc\"}]"}), "Did you mean 'MaxEpoch'"),
    "no triggers": (dict(stop={"kind": "Or", "triggers": "[]"}), "Or.triggers: needs at least one"),
    "never tested": (dict(stop=optim.MaxScore(1), validate_every=0), "monitor: 'accuracy' needs data to test on"),
    "a decay": (dict(ema_decay=1.5), "ema_decay: must be from 0 to below 1, got 1.5"),
    "no such result": (dict(schedule=optim.Plateau(monitor="acuracy")), "monitor: the fit has no result 'acuracy' to look at"),
    "nothing to test on": (dict(schedule=optim.Plateau(monitor="accuracy")), "monitor: 'accuracy' needs data to test on"),
}


@pytest.mark.parametrize("what", WRONG)
def test_errors_are_one_sentence(net, stripes, what):
    options, sentence = WRONG[what]
    with pytest.raises(ValueError, match=sentence):
        weights_after(net, stripes, **options)


def test_a_list_of_losses_goes_with_groups(stripes):
    image = nn.Input((1, 6, 6))
    flat = nn.Flatten()(image)
    net = nn.Graph(image, [nn.Linear(36, 12)(flat), nn.Linear(36, 12)(flat)])
    loss = [nn.LossTerm(nn.CrossEntropy(), outputs=0), nn.LossTerm(nn.CrossEntropy(), outputs=1)]
    got = weights_after(net, stripes, loss=loss, param_groups=[optim.ParamGroup("linear_2.*", freeze=True)])
    first = net.build(seed=3).weights()
    assert np.array_equal(got["linear_2.weight"], first["linear_2.weight"])
    assert not np.array_equal(got["linear_1.weight"], first["linear_1.weight"])


def test_recipes_are_arguments_of_a_fit(stripes):
    name, options = firesteel.recipe("resnet50-8k")
    assert name == "resnet50:zero_init_residual=true"
    assert options["batch_size"] / options["base_batch_size"] * options["optimizer"]["lr"] == pytest.approx(3.2)
    x, y = stripes
    net = nn.Sequential(nn.Flatten(), nn.Linear(36, 12), input_shape=(1, 6, 6)).build()
    figures = net.fit(x, y, progress=False, **{**options, "epochs": 2})
    assert figures["iterations"] == 2
    with pytest.raises(ValueError, match="recipe: there is no 'resnet50'. Did you mean 'resnet50-8k'"):
        firesteel.recipe("resnet50")


def test_residuals_that_begin_with_nothing():
    weights = Model.named("resnet18", classes=10, size=32, zero_init_residual=True).weights()
    last = [name for name in weights if name.endswith(".bn2.weight")]
    assert len(last) == 8 and not any(weights[name].any() for name in last)
    assert all(weights[name].all() for name in weights if name.endswith(".bn1.weight"))
