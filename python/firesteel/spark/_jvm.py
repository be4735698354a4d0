# SPDX-License-Identifier: Apache-2.0
"""The Java side: where the jar is, how its classes are reached, how its errors come back."""

import contextlib
import json
import os
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyspark import SparkContext
from pyspark.sql import DataFrame

from firesteel._native import core

PACKAGE = "io.firesteel"


def jar_path():
    """The path of firesteel.jar, for ``--jars`` or ``spark.jars``."""
    package = Path(__file__).resolve().parent.parent
    places = [package / "jars", package.parent.parent / "jars"]  # a wheel; build/dist
    if os.environ.get("FIRESTEEL_JAR"):
        return os.environ["FIRESTEEL_JAR"]
    for place in places:
        if (place / "firesteel.jar").exists():
            return str(place / "firesteel.jar")
    raise RuntimeError(f"firesteel.jar is not in {' or '.join(map(str, places))}. "
                       "Run ./dev build, or say where it is with FIRESTEEL_JAR")


def java_class(name):
    """A class of ours in the driver's JVM, such as "spark.Trainer"."""
    context = SparkContext._active_spark_context
    if context is None:
        raise RuntimeError("Spark is not running here: make a session first, with "
                           "SparkSession.builder.config('spark.jars', firesteel.spark.jar_path())"
                           ".getOrCreate()")
    found = context._jvm
    for part in f"{PACKAGE}.{name}".split("."):
        found = getattr(found, part)
    if type(found).__name__ != "JavaClass":
        raise RuntimeError("firesteel.jar is not on Spark's class path: start with spark-submit "
                           "--jars firesteel.jar, or set spark.jars to firesteel.spark.jar_path() "
                           "before the session is made")
    return found


def read(spark, spec, split):
    """A known data set as a DataFrame."""
    mnist = java_class("data.Mnist")
    with translated():
        return DataFrame(mnist.read(spark._jsparkSession, spec, split), spark)


@contextlib.contextmanager
def translated():
    """Java's errors of ours as Python's: ValueError and RuntimeError with the sentence alone."""
    try:
        _share_plugins()
        yield
    except Py4JJavaError as error:
        raise _translate(error.java_exception, error) from None
    except Exception as error:  # Spark has made some of them its own types
        origin = getattr(error, "_origin", None)
        if origin is None:
            raise
        raise _translate(origin, error) from None


_shared = set()  # (gateway, SHA-256) of plugins


def _share_plugins():
    """The driver's JVM gets the plugins that are loaded here; executors get them from there."""
    for plugin in json.loads(core.plugins()):
        loader = java_class("Plugins")
        there = (SparkContext._gateway, plugin["sha256"])
        if there not in _shared:
            loader.load(plugin["path"])
            _shared.add(there)


def _translate(java, error):
    name, message = java.getClass().getName(), java.getMessage()
    if name == "java.lang.IllegalArgumentException":
        return ValueError(message)
    if name == f"{PACKAGE}.FiresteelException":
        return RuntimeError(message)
    return error


class Events:
    """FitEvents in Python: hands each event on, and keeps what goes wrong until the fit is over."""

    def __init__(self, listener):
        self._listener = listener
        self.error = None

    def event(self, node):
        try:
            self._listener(json.loads(node.toString()))
        except Exception as error:  # Java cannot do anything about it
            self.error = self.error or error

    def toString(self):  # noqa: N802, Java's name
        return "Python listener"

    class Java:
        implements = [f"{PACKAGE}.spark.FitEvents"]
