# SPDX-License-Identifier: Apache-2.0
"""The `firesteel` command, small data sets to give to it, and a stand-in for Spark."""
import struct

import pytest

from command import FIRESTEEL, Run


@pytest.fixture(scope="session")
def firesteel():
    if not FIRESTEEL.exists():
        pytest.skip(f"{FIRESTEEL} is not built")
    return lambda *args, **options: Run(args, **options)


def idx(shape, data):
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + bytes(data)


def write_digits(folder, rows, split):
    """Images of ten kinds that a net can tell apart: class k has a bright band at row 2k + 4."""
    pixels = bytearray(rows * 28 * 28)
    labels = [(7 * i + i // 10) % 10 for i in range(rows)]
    for i, label in enumerate(labels):
        at = i * 784 + (2 * label + 4) * 28
        for k in range(56):
            pixels[at + k] = 200 + (i * 31 + k * 17) % 56
    (folder / f"{split}-images-idx3-ubyte").write_bytes(idx([rows, 28, 28], pixels))
    (folder / f"{split}-labels-idx1-ubyte").write_bytes(idx([rows], labels))


@pytest.fixture(scope="session")
def digits(tmp_path_factory):
    """A folder like MNIST's with 600 rows to train on and 100 to test on."""
    folder = tmp_path_factory.mktemp("digits")
    write_digits(folder, 600, "train")
    write_digits(folder, 100, "t10k")
    return folder


@pytest.fixture
def spark_script(tmp_path):
    """Makes a SPARK_HOME whose spark-submit is this shell script; returns the environment to use."""

    def make(script):
        home = tmp_path / "spark"
        (home / "bin").mkdir(parents=True, exist_ok=True)
        submit = home / "bin/spark-submit"
        submit.write_text("#!/bin/sh\n" + script)
        submit.chmod(0o755)
        jar = tmp_path / "firesteel.jar"
        jar.write_text("jar")
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        return {"SPARK_HOME": str(home), "FIRESTEEL_JAR": str(jar), "TMPDIR": str(scratch)}

    return make
