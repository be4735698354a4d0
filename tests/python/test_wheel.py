# SPDX-License-Identifier: Apache-2.0
"""The wheel: what is built installs into a fresh environment and runs there."""

import os
import site
import subprocess
import sys
import venv

import pytest
from places import DIST, SOURCE

pytestmark = pytest.mark.slow


def test_installs_and_runs(tmp_path):
    subprocess.run([sys.executable, SOURCE / "tools" / "dev" / "pack_wheel.py", "--version", "0.1.0",
                    "--package", DIST / "python" / "firesteel", "--jar", DIST / "jars" /
                    "firesteel.jar", "--license", SOURCE / "LICENSE", "--out", tmp_path, "--glibc",
                    "2.34", "--require", "nanobind-backend", "--require", "numpy"], check=True)
    wheel, = tmp_path.glob("firesteel-*-cp310-abi3-manylinux_*_x86_64.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    # What the wheel requires is taken from this environment: nothing is downloaded.
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel],
                   check=True)
    packages, = (tmp_path / "env" / "lib").glob("python3*/site-packages")
    (packages / "requirements.pth").write_text("\n".join(site.getsitepackages()))
    program = """
import numpy as np
import firesteel
from firesteel import nn, spark
print(firesteel.__file__)
print(spark.jar_path())
print(nn.Sequential(nn.Linear(3, 2)).build().predict(np.ones((2, 3))).shape)
"""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("PYTHONPATH", "FIRESTEEL_JAR")}
    lines = subprocess.run([python, "-c", program], env=environment, cwd=tmp_path, check=True,
                           capture_output=True, text=True).stdout.splitlines()
    assert lines[0].startswith(str(packages)) and lines[2] == "(2, 2)"
    assert lines[1] == str(packages / "firesteel" / "jars" / "firesteel.jar")
