// SPDX-License-Identifier: Apache-2.0
#include "jvm/launch/driver_log.h"

#include <fstream>
#include <vector>

#include "core/cat.h"

namespace firesteel::spark {
namespace {

constexpr size_t kMostShown = 300;

// "java.lang.X: text" without what every Java message begins with.
std::string shortened(std::string line) {
  for (std::string_view prefix : {"Caused by: ", "Exception in thread \"main\" ", "Error: "}) {
    if (line.starts_with(prefix)) line.erase(0, prefix.size());
  }
  while (!line.empty() && (line.back() == '.' || line.back() == ' ')) line.pop_back();
  return line.size() > kMostShown ? line.substr(0, kMostShown) + "..." : line;
}

}  // namespace

std::string sentence_from_log(const std::string& path, int exit_code, const Installation& found) {
  std::ifstream log(path);
  std::string first_error, cause, line;
  while (std::getline(log, line)) {
    if (line.find("UnsupportedClassVersionError") != std::string::npos) {
      return cat("Spark: ", found.java, " is too old for the Spark in ", found.spark_home,
                 "; set JAVA_HOME to a Java 17");
    }
    if (line.find("Failed to load class io.firesteel") != std::string::npos) {
      return cat("jar: ", found.jar, " holds no io.firesteel.spark.Main; run ./dev jar");
    }
    bool is_error = line.starts_with("Exception in thread") || line.starts_with("Error: ") ||
                    line.find(" ERROR ") != std::string::npos;
    if (is_error && first_error.empty()) first_error = line;
    if (line.starts_with("Caused by: ")) cause = line;
  }
  std::string why = shortened(cause.empty() ? first_error : cause);
  std::string ended = exit_code > 128 ? cat("was ended by signal ", exit_code - 128)
                                      : cat("ended with exit code ", exit_code);
  return cat("Spark: the driver ", ended, " before the job was done",
             why.empty() ? "" : cat(" (", why, ")"));
}

}  // namespace firesteel::spark
