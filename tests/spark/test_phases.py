# SPDX-License-Identifier: Apache-2.0
"""Where the time of a fit went, as it tells: against computing that takes as long as it is told to."""

import pytest
from spark_run import Run, train_job

pytestmark = [pytest.mark.once, pytest.mark.spark, pytest.mark.slow]
PACE_MS, GROUP, GROUPS = 60, 5, 6


def figures(tmp_path, master, **changes):
    job = train_job(data="synthetic:1x28x28/10/4000", iterations=GROUP * GROUPS, group=GROUP,
                    fit=dict(pace_ms=PACE_MS, validate_every=0, reproducible=False))
    job.update(changes)
    with Run(tmp_path, job, master) as run:
        end = run.end()
        times = [event["at"] for event in run.of("progress")]
    # From the first group's end to that of the last but one, whose end is not that of the fit.
    end["wall_ms"] = 1000 * (times[-2] - times[0]) / (GROUP * (len(times) - 2)) if len(times) > 2 else 0
    return end


@pytest.mark.parametrize("master", ["local[2]", "local-cluster[2,1,1024]"])
def test_computing_is_what_it_was_told_to_take(tmp_path, master):
    end = figures(tmp_path, master)
    typical = end["typical"]
    assert PACE_MS <= typical["compute_ms"] < PACE_MS + 15
    assert typical["step_ms"] == pytest.approx(typical["compute_ms"] + typical["sync_exposed_ms"], rel=0.15)
    assert typical["step_ms"] + typical["schedule_ms"] == pytest.approx(end["wall_ms"], rel=0.25)
    if master.startswith("local["):
        assert typical["sync_exposed_ms"] < 1


def test_jobs_are_scheduling_and_what_goes_through_them_is_synchronisation(tmp_path):
    master = "local-cluster[2,1,1024]"
    groups = figures(tmp_path / "groups", master)["typical"]
    jobs = figures(tmp_path / "jobs", master, group=1)["typical"]
    carried = figures(tmp_path / "carried", master, sync="blockmanager")["typical"]
    assert jobs["schedule_ms"] > groups["schedule_ms"] + 2  # a job for each iteration
    assert carried["schedule_ms"] > jobs["schedule_ms"]  # two of them
    assert carried["sync_exposed_ms"] > groups["sync_exposed_ms"]
    for phases in jobs, carried:
        assert phases["compute_ms"] == pytest.approx(groups["compute_ms"], abs=15)
