# SPDX-License-Identifier: Apache-2.0
"""SQL beside a fit in one application: the fit takes the slots that it was given, and neither waits for the other's end."""

import sys
from pathlib import Path

import pytest
from spark_run import Jvm

pytest.importorskip("pyspark")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import beside_sql  # noqa: E402

pytestmark = [pytest.mark.once, pytest.mark.slow, pytest.mark.spark]


def test_neither_starves():
    spark = beside_sql.session(Jvm.options)
    try:
        frame = beside_sql.rows_to_train(spark)
        beside_sql.query(spark)  # once to compile it
        alone, figures = beside_sql.fit(frame, 600)
        beside, with_sql, queries = beside_sql.beside(spark, frame, 600)
    finally:
        spark.stop()
    print(f"\n  fit: {alone:.1f} s alone, {beside:.1f} s beside SQL; queries {queries}")
    assert with_sql["weights_sha256"] == figures["weights_sha256"] and with_sql["threads"] == 1
    assert with_sql["workers"] == 2 and with_sql["lost_workers"] == 0 and with_sql["recoveries"] == []
    # Four runnable tasks share what cores there are; a group of the fit alone would hold them for all of its time.
    assert beside < 6 * alone + 10 and len(queries) > 1
