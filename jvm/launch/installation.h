// SPDX-License-Identifier: Apache-2.0
// Where Spark, Java and our jar are on this machine.
#pragma once

#include <string>

namespace firesteel::spark {

struct Installation {
  std::string spark_home;
  std::string java;
  std::string jar;
};

// Spark: SPARK_HOME, else the pyspark of python3 on PATH, else the one of ./dev setup.
// Jar: FIRESTEEL_JAR, else ../jars/firesteel.jar beside the running program's folder.
// Throws SystemError with what to install or set.
Installation find_installation();

}  // namespace firesteel::spark
