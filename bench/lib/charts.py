# SPDX-License-Identifier: Apache-2.0
"""The pictures of the documentation, as PNG files."""

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def _save(file, figure):
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120, metadata={"Software": None})  # the same bytes from the same numbers
    pyplot.close(figure)


def lines(file, title, series, x_title, y_title, logarithmic=False):
    """series: {name: {x: value}}. Every x has a place of its own; values from zero up, or logarithmic."""
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    places = sorted({x for values in series.values() for x in values})
    for name, values in series.items():
        xs = sorted(values)
        axes.plot([places.index(x) for x in xs], [values[x] for x in xs], "o-", label=name)
    axes.set_xticks(range(len(places)), [f"{place:,}" for place in places])
    if logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
    else:
        axes.set_ylim(bottom=0)
    axes.set(title=title, xlabel=x_title, ylabel=y_title)
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    _save(file, figure)


def dots(file, title, series, x_title, y_title):
    """series: {name: [run, ...]}, a run being its values at 1, 2, ... Runs as dots, means as lines."""
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    for k, (name, runs) in enumerate(series.items()):
        xs = [i + 1 + 0.1 * k for i in range(len(runs[0]))]
        means = [sum(column) / len(column) for column in zip(*runs, strict=True)]
        color = axes.plot(xs, means, label=name)[0].get_color()
        for run in runs:
            axes.plot(xs, run, "o", color=color, alpha=0.5)
    axes.set_xticks(range(1, 1 + max(len(runs[0]) for runs in series.values())))
    axes.set(title=title, xlabel=x_title, ylabel=y_title)
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    _save(file, figure)


def bars(file, title, values, y_title):
    """values: {name: value}, each written above its bar; from zero up."""
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    axes.bar_label(axes.bar(list(values), list(values.values()), width=0.5), fmt="%.2f")
    axes.set(title=title, ylabel=y_title)
    axes.grid(axis="y", alpha=0.3)
    _save(file, figure)


def curves(file, title, series, x_title, y_title, marks=None):
    """series: {name: [(x, y), ...]}, from zero up. marks: {name: y} are lines across."""
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    for name, points in series.items():
        axes.plot([x for x, _ in points], [y for _, y in points], label=name)
    for name, y in (marks or {}).items():
        axes.axhline(y, linestyle="--", color="gray")
        axes.annotate(name, (0, y), xytext=(2, 3), textcoords="offset points", color="gray")
    axes.set_ylim(bottom=0)
    axes.set(title=title, xlabel=x_title, ylabel=y_title)
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    _save(file, figure)
