# SPDX-License-Identifier: Apache-2.0
"""What `firesteel simulate` predicts, beside what was measured and what BigDL published.

    ./dev bench scaling [--gbit 10] [--jitter 0.02]

Constants are found from the paced entries of at most 4 workers in bench/results/CPU/paper.json (./dev bench paper);
predictions for more workers are compared with its other entries. The same constants, on machines of their own
instead of the shared one and with computing that differs between workers, give docs/images/scaling.png. Results go to
bench/results/CPU/scaling.json.
"""
import argparse
import json
import os
import tempfile
from pathlib import Path

from lib.charts import lines
from lib.results import ROOT, results_file, save
from paper import iteration_ms
from side_by_side import own_json

# Inception v1 on machines with two Broadwell processors, relative to 16 of them (BigDL's white paper, figure 7).
BIGDL = {16: 100, 96: 88, 128: 80, 256: 53}
WORKERS = (16, 32, 64, 96, 128, 256, 512, 1000)


def predictions(entries, fit_file, cores):
    """Each entry of more than 4 workers, beside its prediction."""
    compared, constants = [], {}
    for e in entries:
        if e["workers"] <= 4:
            continue
        # The driver of ./dev bench paper is behind no link.
        found = own_json("simulate", "--fit", fit_file, "--shared-cores", cores, "--driver-gbit", 1000,
                         "--model", e["model"], "--sync", e["sync"],
                         "--group", e["group"], "--gbit", e["rate"].removesuffix("gbit"), "--workers", e["workers"])
        constants[e["sync"]], predicted = found["constants"], found["rows"][0]["iteration_ms"]
        compared.append(dict({k: e[k] for k in ("rate", "workers", "sync", "group")},
                             measured_ms=round(iteration_ms(e), 1), predicted_ms=round(predicted, 1),
                             off=round(predicted / iteration_ms(e) - 1, 4)))
    return compared, constants


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gbit", type=float, default=10)
    parser.add_argument("--jitter", type=float, default=0.02)
    a = parser.parse_args()
    entries = [e for e in json.loads(results_file("paper").read_text())["entries"] if e["part"] == "paced"]
    cores = os.cpu_count()
    with tempfile.TemporaryDirectory(prefix="firesteel-scaling-") as folder:
        fit_file = Path(folder) / "paced.json"
        fit_file.write_text(json.dumps(dict(entries=entries)))
        compared, constants = predictions(entries, fit_file, cores)
    for c in compared:
        print("{rate} {workers:2d} workers {sync:12s} group {group}: measured {measured_ms:.0f} ms, predicted "
              "{predicted_ms:.0f} ms, {off:+.1%}".format(**c))
    curves = {}
    for sync, found in constants.items():
        options = [f"--{name.replace('_', '-')}={value}" for name, value in found.items()
                   if name not in ("gbit", "jitter")]
        rows = own_json("simulate", *options, "--gbit", a.gbit, "--jitter", a.jitter, "--sync", sync, "--workers",
                        ",".join(map(str, WORKERS)))["rows"]
        first = rows[0]["iteration_ms"]
        curves[f"Firesteel, {sync}, simulated"] = {r["workers"]: round(100 * first / r["iteration_ms"], 2) for r in rows}
    save("scaling", gbit=a.gbit, jitter=a.jitter, constants=constants, predictions=compared, curves=curves, bigdl=BIGDL)
    lines(ROOT / "docs/images/scaling.png", f"Inception v1 on more workers, {a.gbit:g} Gb/s", {**curves, "BigDL, published": BIGDL},
          "workers", "% of the throughput of 16, times their number")


if __name__ == "__main__":
    main()
