# SPDX-License-Identifier: Apache-2.0
"""The page about a fit: it has all events, needs nothing else, and a browser draws it."""
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DATA = re.compile(r'<script id="events" type="application/json">(.*?)</script>', re.S)


def page_of(tmp_path, events):
    from firesteel._report import reporter

    listen = reporter(tmp_path / "page.html", None)
    for event in events:
        listen(event)
    return tmp_path / "page.html"


@pytest.fixture
def page(tmp_path):
    from firesteel import nn

    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 8)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int32)
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2), input_shape=(8,)).build(1)
    model.fit(x, y, batch_size=20, epochs=4, validation=(x, y), report=tmp_path / "fit.html", progress=False)
    return tmp_path / "fit.html"


def test_it_has_all_events_and_needs_nothing_else(page):
    text = page.read_text()
    events = json.loads(DATA.search(text).group(1))
    kinds = [event["event"] for event in events]
    assert kinds[0] == "start" and kinds[-1] == "end" and kinds.count("epoch") == 4
    assert all(event["at_ms"] > 1.6e12 for event in events)
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?://""", text)


def test_text_cannot_end_the_data(tmp_path):
    evil = "</script><b>and </SCRIPT> once more"
    end = dict(event="end", loss=0.1)
    page = page_of(tmp_path, [dict(event="start", rows=1), dict(event="note", text=evil), end])
    events = json.loads(DATA.search(page.read_text()).group(1))
    assert events[1]["text"] == evil


def test_where_it_cannot_be_written(tmp_path):
    from firesteel._report import reporter

    with pytest.raises(OSError, match="Is a directory|No such file"):
        reporter(tmp_path, None)
    told = []
    listen = reporter(tmp_path / "folder.html", told.append)
    (tmp_path / "folder.html").unlink()
    (tmp_path / "folder.html").mkdir()
    for event in [dict(event="start"), dict(event="epoch"), dict(event="epoch"), dict(event="end")]:
        listen(event)
    assert [event["event"] for event in told] == ["start", "note", "epoch", "epoch", "end"]


@pytest.mark.skipif(not BROWSER, reason="no Chromium here")
def test_a_browser_draws_it(page):
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--dump-dom",
               page.as_uri()]
    drawn = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    drawn = drawn.split('<script id="events"')[0]  # without the script itself
    titles = [title.strip() for title in re.findall('<figure class="card"><h2>([^<]*)', drawn)]
    assert titles == ["Loss", "Accuracy", "Throughput", "Learning rate", "Where an iteration's time goes", "Workers"]
    assert "NaN" not in drawn and "undefined" not in drawn
    assert "<td>weights sha256</td>" in drawn
