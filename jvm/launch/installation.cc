// SPDX-License-Identifier: Apache-2.0
#include "jvm/launch/installation.h"

#include <cstdlib>
#include <filesystem>

#include "jvm/launch/process.h"

namespace firesteel::spark {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool is_spark(const fs::path& home) { return is_executable(home / "bin/spark-submit"); }

std::string pyspark_of_python() {
  std::string python = find_on_path("python3");
  if (python.empty()) return "";
  const char* kProgram =
      "import importlib.util as u; s = u.find_spec('pyspark');"
      "print(list(s.submodule_search_locations)[0] if s else '')";
  auto out = capture({{python, "-c", kProgram}, {}}, Milliseconds(20000));
  return out ? out->substr(0, out->find('\n')) : "";
}

std::string pyspark_of_setup() {
  std::string cache = variable("FIRESTEEL_CACHE");
  fs::path lib =
      fs::path(cache.empty() ? variable("HOME") + "/.cache/firesteel" : cache) / "venv" / "lib";
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(lib, missing)) {
    fs::path home = entry.path() / "site-packages/pyspark";
    if (is_spark(home)) return home;
  }
  return "";
}

std::string find_spark() {
  if (std::string home = variable("SPARK_HOME"); !home.empty()) {
    require<SystemError>(is_spark(home), "Spark: SPARK_HOME is ", home,
                         ", but it has no bin/spark-submit");
    return home;
  }
  for (auto* find : {pyspark_of_python, pyspark_of_setup}) {
    if (std::string home = find(); is_spark(home)) return home;
  }
  fail<SystemError>("Spark: not found. Set SPARK_HOME, or pip install pyspark, or run ./dev setup");
}

std::string find_java() {
  if (std::string home = variable("JAVA_HOME"); !home.empty()) {
    require<SystemError>(is_executable(home + "/bin/java"), "Java: JAVA_HOME is ", home,
                         ", but it has no bin/java");
    return home + "/bin/java";
  }
  std::string java = find_on_path("java");
  require<SystemError>(!java.empty(),
                       "Java: not found, and Spark needs it. Install a Java runtime (17, say "
                       "openjdk-17-jre-headless), or set JAVA_HOME");
  return java;
}

std::string find_jar() {
  if (std::string jar = variable("FIRESTEEL_JAR"); !jar.empty()) {
    require<SystemError>(fs::is_regular_file(jar), "jar: FIRESTEEL_JAR is ", jar,
                         ", which is not a file");
    return jar;
  }
  std::error_code ignored;
  fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  fs::path jar = program.parent_path().parent_path() / "jars/firesteel.jar";
  require<SystemError>(fs::is_regular_file(jar, ignored), "jar: no ", jar.string(),
                       ". Run ./dev jar, or set FIRESTEEL_JAR");
  return jar;
}

}  // namespace

Installation find_installation() { return {find_spark(), find_java(), find_jar()}; }

}  // namespace firesteel::spark
