# SPDX-License-Identifier: Apache-2.0
"""A page with curves of a fit, from its events."""

import json
import time
from pathlib import Path

from firesteel._native import core


def reporter(path, on_event):
    """`on_event`, and before it a page at `path` that is written again after each epoch; without a path the former."""
    if not path:
        return on_event
    events = []

    def listen(event):
        events.append(dict(event, at_ms=int(time.time() * 1000)))
        if event["event"] in ("epoch", "end"):
            Path(path).write_text(core.report_page(json.dumps(events)), encoding="utf-8")
        if on_event:
            on_event(event)

    return listen
