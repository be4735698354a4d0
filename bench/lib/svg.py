# SPDX-License-Identifier: Apache-2.0
"""Small pictures for the documentation, without a plotting library."""

COLORS = ("#c0392b", "#2471a3", "#229954", "#b7950b")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 60, 44, 130, 44


def _frame(title, ticks, y, x_labels, x_title):
    """The opening of a picture: title, lines at `ticks` {value: label}, labels under the places of x."""
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
           'font-family="sans-serif" font-size="13">',
           '<rect width="100%" height="100%" fill="white"/>',
           f'<text x="{LEFT}" y="24" font-size="15">{title}</text>']
    for value, label in ticks.items():
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
                   'stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{label}</text>')
    for at, label in x_labels:
        out.append(f'<text x="{at:.1f}" y="{HEIGHT - 24}" text-anchor="middle">{label}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{x_title}</text>')
    return out


def lines(title, series, x_title, unit="%"):
    """series: {name: {x: value, ...}}. Each x has a place of its own; values from zero up."""
    places = sorted({x for values in series.values() for x in values})
    high = max(v for values in series.values() for v in values.values()) * 1.08 or 1

    def x(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * (places.index(value) + 0.5) / len(places)

    def y(value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / high

    digits = 0 if high >= 10 else 1
    ticks = {high * step / 5: f"{high * step / 5:.{digits}f}" for step in range(6)}
    out = _frame(title, ticks, y, [(x(p), p) for p in places], x_title)
    out.append(f'<text x="{LEFT}" y="{TOP - 6}" text-anchor="middle">{unit}</text>')
    for k, (name, values) in enumerate(series.items()):
        color = COLORS[k % len(COLORS)]
        points = [(x(p), y(v)) for p, v in sorted(values.items())]
        line = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{color}"/>')
        out.extend(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="{color}"/>' for px, py in points)
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{TOP + 18 + 20 * k}" fill="{color}">{name}</text>')
    return "\n".join([*out, "</svg>\n"])


def dots(title, series, x_title):
    """series: {name: [run, ...]}, a run being its values at 1, 2, ... Runs as dots, means as lines."""
    values = [v for runs in series.values() for run in runs for v in run]
    low, high = min(values), max(values)
    margin = (high - low or 1) * 0.08
    low, high = low - margin, high + margin
    count = max(len(run) for runs in series.values() for run in runs)

    def x(i):
        return LEFT + (WIDTH - LEFT - RIGHT) * (i + 0.5) / count

    def y(value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low)

    ticks = {low + (high - low) * step / 4: f"{low + (high - low) * step / 4:.3f}" for step in range(5)}
    out = _frame(title, ticks, y, [(x(i), i + 1) for i in range(count)], x_title)
    for k, (name, runs) in enumerate(series.items()):
        color, shift = COLORS[k % len(COLORS)], (k - (len(series) - 1) / 2) * 14
        means = [sum(column) / len(column) for column in zip(*runs, strict=True)]
        line = " ".join(f"{x(i) + shift:.1f},{y(mean):.1f}" for i, mean in enumerate(means))
        out.append(f'<polyline points="{line}" fill="none" stroke="{color}"/>')
        for run in runs:
            out.extend(f'<circle cx="{x(i) + shift:.1f}" cy="{y(v):.1f}" r="4" fill="{color}" '
                       'fill-opacity="0.6"/>' for i, v in enumerate(run))
        out.append(f'<text x="{WIDTH - RIGHT + 12}" y="{TOP + 20 * k + 12}" fill="{color}">{name}</text>')
    return "\n".join([*out, "</svg>", ""])
