# SPDX-License-Identifier: Apache-2.0
"""Files of results: which machine they are of, and where they lie."""

import datetime
import json
import os
import platform
import re
from pathlib import Path

ROOT = Path(os.environ.get("FIRESTEEL_SOURCE", Path(__file__).resolve().parents[2]))


def cpu_info():
    """What the kernel says of the first core."""
    first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    return dict((part.strip() for part in line.split(":", 1))
                for line in first.splitlines() if ":" in line)


def cpu_name():
    """The CPU's name; with its generation where a cloud hides the number of the model."""
    info = cpu_info()
    name = info.get("model name", platform.processor())
    if info.get("vendor_id") != "AuthenticAMD":
        return name
    family, model = int(info["cpu family"]), int(info["model"])
    older = model // 16 in (0, 2, 4, 5)  # of family 25
    generation = {23: "Zen 2" if model >= 48 else "Zen", 25: "Zen 3" if older else "Zen 4",
                  26: "Zen 5"}.get(family)
    return f"{name} ({generation})" if generation and "Zen" not in name else name


def widest_unit():
    flags = cpu_info().get("flags", "").split()
    units = {"amx_tile": "amx", "avx512f": "avx512", "avx2": "avx2"}
    return next((unit for flag, unit in units.items() if flag in flags), "sse41")


def results_file(name):
    """Results of different CPUs lie beside each other: bench/results/amd-epyc-zen-3-avx2/NAME.json."""
    cpu = f"{cpu_name()} {widest_unit()}"
    folder = ROOT / "bench/results" / re.sub(r"[^a-z0-9]+", "-", cpu.lower()).strip("-")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.json"


def save(name, **fields):
    """Writes them under bench/results, with the day and the CPU; returns where."""
    file = results_file(name)
    header = dict(name=name, date=datetime.date.today().isoformat(), cpu=cpu_name(), cores=os.cpu_count())
    file.write_text(json.dumps({**header, **fields}, indent=1) + "\n")
    return file.relative_to(ROOT)
