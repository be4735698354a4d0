// SPDX-License-Identifier: Apache-2.0
#include "jvm/launch/spark_submit.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "jvm/launch/driver_log.h"
#include "jvm/launch/installation.h"
#include "jvm/launch/master.h"
#include "jvm/launch/private_folder.h"
#include "nn/plugin.h"

namespace firesteel::spark {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "@firesteel ";
constexpr Milliseconds kTick{250};
constexpr Milliseconds kGrace{8000};
constexpr auto kStartDeadline = std::chrono::seconds(180);
constexpr auto kQueueDeadline = std::chrono::seconds(1800);  // YARN and Kubernetes make us wait

constexpr const char* kLogging = R"(rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
)";

bool has_key(const std::vector<std::string>& conf, const std::string& key) {
  for (const std::string& setting : conf) {
    if (setting.starts_with(key + "=")) return true;
  }
  return false;
}

// What we set unless the user did.
std::vector<std::string> settings(const Submit& what, const Master& master) {
  std::vector<std::string> out;
  auto set = [&](const std::string& key, const std::string& value) {
    if (!has_key(what.conf, key)) out.push_back(key + "=" + value);
  };
  set("spark.ui.showConsoleProgress", "false");
  if (master.kind == MasterKind::local || master.kind == MasterKind::local_cluster) {
    set("spark.ui.enabled", "false");
  }
  // An executor that asks for more than its worker has would be waited for without end.
  if (master.memory_mb > 0) set("spark.executor.memory", cat(master.memory_mb, "m"));
  out.insert(out.end(), what.conf.begin(), what.conf.end());
  return out;
}

// A local cluster writes its executors' folders into SPARK_HOME, which may be read-only and which
// nobody cleans up; so it gets a SPARK_HOME of links in a folder that goes with the run.
std::string home_of_links(const std::string& spark_home, const PrivateFolder& folder) {
  fs::path home = folder.file("spark");
  fs::create_directory(home);
  for (const auto& entry : fs::directory_iterator(spark_home)) {
    if (entry.path().filename() == "work") continue;
    fs::create_symlink(fs::absolute(entry.path()), home / entry.path().filename());
  }
  return home;
}

Command command_for(const Submit& what, const Master& master, const Installation& found,
                    const PrivateFolder& folder) {
  Json job = what.job;
  for (const Plugin& plugin : loaded_plugins()) job["plugins"].push_back(plugin.path);
  folder.write("job.json", job.dump());
  folder.write("log4j2.properties", kLogging);
  bool local = master.kind == MasterKind::local || master.kind == MasterKind::local_cluster;
  std::string home = master.kind == MasterKind::local_cluster
                         ? home_of_links(found.spark_home, folder)
                         : found.spark_home;

  Command command;
  command.argv = {home + "/bin/spark-submit", "--master", what.master, "--class",
                  "io.firesteel.spark.Main"};
  for (const std::string& setting : settings(what, master)) {
    command.argv.insert(command.argv.end(), {"--conf", setting});
  }
  command.argv.insert(command.argv.end(), {found.jar, "--job", folder.file("job.json")});

  const char* options = std::getenv("SPARK_SUBMIT_OPTS");
  command.env["SPARK_SUBMIT_OPTS"] =
      cat(options ? options : "",
          " \"-Dlog4j2.configurationFile=", folder.file("log4j2.properties"), "\"");
  command.env["SPARK_HOME"] = home;
  // Without it Spark looks the machine's own name up, which many a container cannot.
  if (local && !std::getenv("SPARK_LOCAL_IP")) command.env["SPARK_LOCAL_IP"] = "127.0.0.1";
  command.stderr_path = folder.file("spark.log");
  return command;
}

// Gives events and lines to whom they belong until the driver has ended; returns the last event
// of kind `end`, and the text of one of kind `error` in *error.
Json follow(Child& driver, const SignalWatch& signals, std::chrono::seconds patience,
            const OnEvent& on_event, std::string* error) {
  Json end;
  auto deadline = std::chrono::steady_clock::now() + patience;
  bool heard = false;
  std::string line;
  while (true) {
    auto got = driver.read_line(&line, kTick);
    if (int signal = signals.arrived()) {
      driver.terminate(kGrace);
      throw Interrupted(signal);
    }
    if (got == Child::Got::end) return end;
    if (got == Child::Got::nothing) {
      if (heard || std::chrono::steady_clock::now() < deadline) continue;
      driver.terminate(kGrace);
      *error = cat("Spark: the driver said nothing for ", patience.count(),
                   " s after its start, given up; has the cluster free executors?");
      return end;
    }
    heard = true;
    std::string text = event_text(line);
    if (text.empty()) {
      std::fprintf(stderr, "%s\n", line.c_str());
      continue;
    }
    Json event = parse_json(text, "Spark driver");
    auto kind = field<std::string>(event, "event", "Spark driver");
    if (kind == "error") *error = field<std::string>(event, "text", "Spark driver");
    if (kind == "end") end = event;
    if (kind != "error") on_event(event);
  }
}

}  // namespace

std::string event_text(const std::string& line) {
  return line.starts_with(kPrefix) ? line.substr(kPrefix.size()) : "";
}

void check(const std::string& master, const std::vector<std::string>& conf) {
  for (const std::string& setting : conf) {
    require<AttrError>(setting.find('=') != std::string::npos && setting.starts_with("spark."),
                       "conf: must be spark.KEY=VALUE, got '", setting, "'");
    require<AttrError>(
        setting != "spark.submit.deployMode=cluster",
        "conf: spark.submit.deployMode must be client, as this command listens to its "
        "driver. To have the driver in the cluster, give the jar to spark-submit "
        "(docs/clusters/yarn.md)");
  }
  check_master(master);
  find_installation();
}

Json submit(const Submit& what, const OnEvent& on_event) {
  Master master = check_master(what.master);
  Installation found = find_installation();
  PrivateFolder folder;
  SignalWatch signals;
  bool queued = master.kind == MasterKind::yarn || master.kind == MasterKind::kubernetes;
  std::string error;
  Json end;
  int exit_code = 0;
  {
    Child driver(command_for(what, master, found, folder));
    end = follow(driver, signals, queued ? kQueueDeadline : kStartDeadline, on_event, &error);
    exit_code = driver.exit_code();
  }
  if (!end.is_null() && error.empty() && exit_code == 0) return end;
  std::string log = folder.file("spark.log");
  if (error.empty()) error = sentence_from_log(log, exit_code, found);
  folder.keep_logs();
  fail<SystemError>(error, ". Log: ", log);
}

}  // namespace firesteel::spark
