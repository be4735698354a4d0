# SPDX-License-Identifier: Apache-2.0
"""Training and inference on Apache Spark. Everything happens in the JVM and in C++; this is a
wrapper over the classes of ``io.firesteel.spark``, which come with firesteel.jar."""

import sys

try:
    import pyspark  # noqa: F401
except ImportError as error:
    raise ImportError("firesteel.spark needs PySpark 3.5 or newer: pip install pyspark, or start "
                      "with spark-submit") from error

from firesteel.spark._jvm import jar_path
from firesteel.spark._trainer import Trainer, TrainerModel

__all__ = ["Trainer", "TrainerModel", "jar_path"]

# Where PySpark looks for the Python class of a Java stage when it reads a Pipeline.
sys.modules.setdefault("io.firesteel.spark", sys.modules[__name__])
