# SPDX-License-Identifier: Apache-2.0
import pytest
import spark_run


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than half a minute")
    config.addinivalue_line("markers", "spark: starts Spark; run once for each line of Spark")


@pytest.fixture(autouse=True)
def built():
    if not spark_run.JAR.exists():
        pytest.skip(f"{spark_run.JAR} is not built: ./dev jar")
    if spark_run.spark_home() is None:
        pytest.skip("no Spark: ./dev setup test")
