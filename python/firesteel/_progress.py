# SPDX-License-Identifier: Apache-2.0
"""Shows how a fit goes: a line that changes on a terminal, a line per epoch elsewhere."""

import sys


def _figure(value):
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _duration(seconds):
    minutes, seconds = divmod(int(seconds), 60)
    return f"{minutes}:{seconds:02}"


class Progress:
    """Takes events as documents and writes them to `out`."""

    def __init__(self, out=None):
        self._out = out or sys.stderr
        self._live = self._out.isatty()
        self._width = 0

    def __call__(self, event):
        handler = getattr(self, "_" + event["event"], None)
        if handler:
            handler(event)

    def _progress(self, event):
        if self._live:
            text = (f"epoch {event['epoch']}/{event['epochs']}  iteration {event['iteration']}/"
                    f"{event['iterations']}  loss {event['loss']:.4f}  "
                    f"{event['images_per_s']:.0f} rows/s  {_duration(event['eta_s'])} left")
            self._out.write("\r" + text.ljust(self._width))
            self._out.flush()
            self._width = len(text)

    def _epoch(self, event):
        figures = [f"{name} {_figure(value)}" for name, value in event.items()
                   if name not in ("event", "epoch", "iteration")]
        self._line(f"epoch {event['epoch']}: {', '.join(figures)}")

    def _note(self, event):
        self._line(event["text"])

    def _line(self, text):
        self._out.write(("\r" if self._width else "") + text.ljust(self._width) + "\n")
        self._out.flush()
        self._width = 0


def listener(progress):
    """What the argument `progress` of a fit stands for: a function of an event, or None."""
    if progress is True:
        return Progress()
    if progress is None or progress is False:
        return None
    if not callable(progress):
        raise ValueError(f"progress: must be True, False or a function of an event, got {progress!r}")
    return progress
