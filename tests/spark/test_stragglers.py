# SPDX-License-Identifier: Apache-2.0
"""An executor that has half of the time of the others: what it has not begun when others are done is left out."""

import os
import signal
import threading
import time

import pytest
from spark_run import Run, train_job

pytestmark = [pytest.mark.once, pytest.mark.spark, pytest.mark.slow]
JOB = dict(model="resnet8", data="synthetic:1x28x28/10/4000", iterations=160, group=20)
FIT = dict(batch_size=256, micro_batches=8, validate_every=0, reproducible=False)


class Slowed:
    """Stops a process for 20 ms of every 40."""

    def __init__(self, pid):
        self.pid, self.over = pid, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.over.is_set():
            try:
                os.kill(self.pid, signal.SIGSTOP)
                time.sleep(0.02)
                os.kill(self.pid, signal.SIGCONT)
            except ProcessLookupError:
                return
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def fit(folder, **changes):
    with Run(folder, train_job(**JOB, fit=dict(FIT, **changes)), "local-cluster[2,1,1024]") as run:
        run.wait_for("progress")
        with Slowed(run.executors()[0]):
            return run.end()


def test_late_micro_batches_are_left_out(tmp_path):
    waiting = fit(tmp_path / "waiting")
    dropping = fit(tmp_path / "dropping", drop_slowest=0.2, drop_most=0.4, drop_warmup=40)
    print(f"\n  {waiting['typical']['step_ms']:.0f} ms an iteration, {dropping['typical']['step_ms']:.0f} ms without the "
          f"{dropping['dropped']:.1%} that are late; loss {waiting['loss']:.3f}, {dropping['loss']:.3f}")
    assert waiting["dropped"] == 0 and 0.02 < dropping["dropped"] < 0.4
    assert dropping["iterations"] == waiting["iterations"] and dropping["lost_workers"] == 0
    assert dropping["loss"] < 1.5 * waiting["loss"] + 0.5


@pytest.mark.parametrize("other, part", [(dict(reproducible=True), "drop_slowest: not with reproducible"),
                                         (dict(drop_most=0.01), "drop_most: must be at least drop_slowest")])
def test_what_does_not_go_with_it(tmp_path, other, part):
    job = train_job(**JOB, fit={**FIT, "drop_slowest": 0.1, **other})
    with Run(tmp_path / "run", job, "local[1]") as run:
        assert part in run.error()
