# SPDX-License-Identifier: Apache-2.0
"""A page with curves of a fit, from its events."""

import json
import time
from pathlib import Path

from firesteel._native import core


def reporter(path, on_event):
    """`on_event`, and before it a page at `path` that is written again after each epoch; without a path the former.

    Raises OSError where there cannot be such a page. Where it can no longer be written, the fit goes on without it.
    """
    if not path:
        return on_event
    events, broken = [], False
    page = Path(path)
    page.write_text(core.report_page("[]"), encoding="utf-8")

    def listen(event):
        nonlocal broken
        events.append(dict(event, at_ms=int(time.time() * 1000)))
        if event["event"] in ("epoch", "end") and not broken:
            try:
                page.write_text(core.report_page(json.dumps(events)), encoding="utf-8")
            except OSError as error:
                broken = True
                if on_event:
                    on_event(dict(event="note", text=f"report: {error}; the fit goes on without it"))
        if on_event:
            on_event(event)

    return listen
