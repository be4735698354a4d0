# SPDX-License-Identifier: Apache-2.0
"""The jar where there is no Spark: one sentence, no stack trace."""
import os
import subprocess
from pathlib import Path


def test_the_jar_without_spark_says_what_to_do():
    jar = Path(os.environ["FIRESTEEL_DIST"]) / "jars/firesteel.jar"
    run = subprocess.run(["java", "-jar", str(jar), "--job", "x"], capture_output=True, text=True,
                         timeout=60, check=False)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.strip().splitlines() == [
        "firesteel: Spark is not on the class path; start the jar with spark-submit, or add it to"
        " a Spark program with --jars"]
