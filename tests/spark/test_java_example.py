# SPDX-License-Identifier: Apache-2.0
"""examples/Lenet.java through spark-submit."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from spark_run import CACHE, DATA, JAR, LENET_ACCURACY, environment, spark_home

pytestmark = [pytest.mark.spark, pytest.mark.slow]
SOURCE = Path(__file__).resolve().parents[2] / "examples" / "Lenet.java"


def test_lenet_java(tmp_path):
    assert len(SOURCE.read_text().splitlines()) <= 40
    javac = Path(os.path.realpath(shutil.which("javac")))
    jars = f"{JAR}:{spark_home('3.5')}/jars/*"
    subprocess.run([javac, "--release", "8", "-nowarn", "-cp", jars, "-d", tmp_path / "classes", SOURCE], check=True)
    subprocess.run([javac.with_name("jar"), "cf", "lenet.jar", "-C", "classes", "."], cwd=tmp_path, check=True)
    home = spark_home()
    command = [
        home / "bin" / "spark-submit", "--master", "local[2]", "--driver-memory", "2g",
        "--conf", "spark.ui.enabled=false", "--class", "Lenet", "--jars", JAR, "lenet.jar",
        CACHE / "data" / DATA,
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=600
    )
    found = re.search(r"test accuracy (0\.\d+)", done.stdout)
    assert found, done.stdout[-2000:] + done.stderr[-4000:]
    assert float(found[1]) >= LENET_ACCURACY
