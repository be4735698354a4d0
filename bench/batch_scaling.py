# SPDX-License-Identifier: Apache-2.0
"""Test accuracy with 1, 8 and 32 times the batch, with the recipe for large batches and without it.

    ./dev bench batch_scaling --model lenet5
    ./dev bench batch_scaling --model resnet20 [--data DIR]

All fits of a model have the same number of epochs. The recipe: the learning rate grows with the batch,
over the first epochs from that of the small one (base_batch_size and warmup_epochs; Goyal et al., 2017).
Without it the learning rate is that of the small batch. DIR is as for resnet20_cifar10. Fits that the
results have already, of this CPU or of another one, are not made again, unless --again; results are written after each. Writes
bench/results/CPU/batch_scaling_MODEL.json and docs/images/batch_scaling_MODEL.png.
"""
import argparse
import json
import os
import statistics

from lib.charts import dots
from lib.cifar10_jpeg import arrays
from lib.results import ROOT, cpu_name, save

TIMES = [1, 8, 32]
# Rate and batch of the small fits, and how long all of them are; fixed before the first fit was made.
MODELS = {
    "lenet5": dict(batch=64, lr=0.01, weight_decay=5e-4, epochs=20, warmup_epochs=3, data="mnist"),
    "resnet20": dict(batch=32, lr=0.025, weight_decay=1e-4, epochs=20, warmup_epochs=3, data=None),
}


def load(source, folder):
    from firesteel.data import load as named

    if source is None:
        return arrays(folder)
    sets = {split: named(source, split) for split in ["train", "test"]}
    return {f"{split}_{part}": rows for split, both in sets.items() for part, rows in zip("xy", both, strict=True)}


def fit(name, data, times, recipe, seed, threads):
    from firesteel import Model, optim

    how, accuracies = MODELS[name], []

    def listen(event):
        if event["event"] == "epoch":
            accuracies.append(event["accuracy"])

    Model.named(name, seed).fit(
        data["train_x"], data["train_y"], validation=(data["test_x"], data["test_y"]),
        batch_size=how["batch"] * times, base_batch_size=how["batch"] if recipe else 0, epochs=how["epochs"],
        optimizer=optim.SGD(how["lr"], momentum=0.9, weight_decay=how["weight_decay"]),
        schedule=optim.Linear(warmup_epochs=how["warmup_epochs"] if recipe else 0), seed=seed, threads=threads,
        progress=listen)
    return dict(times=times, recipe=recipe, seed=seed, cpu=cpu_name(), accuracies=accuracies)


def known_fits(name, how):
    """Accuracies do not depend on the CPU: what was made elsewhere counts."""
    found = {}
    for file in sorted((ROOT / "bench/results").glob(f"*/{name}.json")):
        results = json.loads(file.read_text())
        for known in results["fits"] if results["how"] == how else []:
            found[known["times"], known["recipe"], known["seed"]] = {"cpu": results["cpu"], **known}
    return list(found.values())


def summary(fits):
    """Mean and two standard deviations of the last accuracy, by the kind of fit."""
    out = []
    for times in TIMES:
        for recipe in [True, False]:
            last = [f["accuracies"][-1] for f in fits if (f["times"], f["recipe"]) == (times, recipe)]
            if len(last) > 1:
                out.append(dict(times=times, recipe=recipe, mean=statistics.mean(last),
                                two_sigma=2 * statistics.stdev(last), seeds=len(last)))
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--model", choices=MODELS, default="lenet5")
    p.add_argument("--data")
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--again", action="store_true")
    a = p.parse_args()
    data, name = load(MODELS[a.model]["data"], a.data), f"batch_scaling_{a.model}"
    fits = [] if a.again else known_fits(name, MODELS[a.model])
    for seed in range(1, a.seeds + 1):
        for times in TIMES:
            for recipe in [True, False] if times > 1 else [True]:
                if any((f["times"], f["recipe"], f["seed"]) == (times, recipe, seed) for f in fits):
                    continue
                fits.append(fit(a.model, data, times, recipe, seed, a.threads))
                print(f"  {times:2} times the batch, {'with' if recipe else 'without'} the recipe, seed {seed}: "
                      f"{fits[-1]['accuracies'][-1]:.4f}", flush=True)
                save(name, model=a.model, data=MODELS[a.model]["data"] or "cifar10-jpeg", how=MODELS[a.model], fits=fits,
                     summary=summary(fits))
    small = next(s for s in summary(fits) if s["times"] == 1)
    for s in summary(fits):
        print(f"{s['times']:2} times, {'with' if s['recipe'] else 'without'} the recipe: {s['mean']:.4f} "
              f"+- {s['two_sigma']:.4f}, {s['mean'] - small['mean']:+.4f}")
    series = {f"{times * MODELS[a.model]['batch']:,} rows{'' if recipe or times == 1 else ', without the recipe'}":
              [f["accuracies"] for f in fits if (f["times"], f["recipe"]) == (times, recipe)]
              for times in TIMES for recipe in ([True, False] if times > 1 else [True])}
    dots(ROOT / f"docs/images/{name}.png", f"{a.model}: test accuracy after each epoch", series, "epoch", "accuracy")


if __name__ == "__main__":
    main()
