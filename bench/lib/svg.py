# SPDX-License-Identifier: Apache-2.0
"""Small pictures for the documentation, without a plotting library."""

COLORS = ("#c0392b", "#2471a3", "#229954", "#b7950b")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 60, 44, 130, 44


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

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
           'font-family="sans-serif" font-size="13">',
           '<rect width="100%" height="100%" fill="white"/>',
           f'<text x="{LEFT}" y="24" font-size="15">{title}</text>']
    for step in range(5):
        value = low + (high - low) * step / 4
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
                   'stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.3f}</text>')
    for i in range(count):
        out.append(f'<text x="{x(i):.1f}" y="{HEIGHT - 24}" text-anchor="middle">{i + 1}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{x_title}</text>')
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
