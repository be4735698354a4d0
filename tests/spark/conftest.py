# SPDX-License-Identifier: Apache-2.0
import pytest
import spark_run


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than half a minute")
    config.addinivalue_line("markers", "spark: starts Spark; run once for each line of Spark")
    config.addinivalue_line("markers", "once: on one line of Spark, unless everything is asked for")
    # They live for seconds, and would spend half of them compiling themselves.
    spark_run.Jvm.options = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """The weights of spark_run.DRILL when nothing fails."""
    job = spark_run.train_job(**spark_run.DRILL)
    with spark_run.Run(tmp_path_factory.mktemp("undisturbed"), job, "local[1]") as run:
        return run.end()["weights_sha256"]


@pytest.fixture(autouse=True)
def built():
    if not spark_run.JAR.exists():
        pytest.skip(f"{spark_run.JAR} is not built: ./dev jar")
    if spark_run.spark_home() is None:
        pytest.skip("no Spark: ./dev setup test")
