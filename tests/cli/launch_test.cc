// SPDX-License-Identifier: Apache-2.0
// The launcher, with shell scripts in Spark's place: events, errors, deadlines, nothing left over.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "jvm/launch/installation.h"
#include "jvm/launch/master.h"
#include "jvm/launch/spark_submit.h"

namespace firesteel::spark {
namespace {

namespace fs = std::filesystem;

template <class Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(Master, has_one_of_five_forms) {
  for (const char* good : {"local", "local[2]", "local[*]", "local[*,3]", "yarn", "spark://h:7077",
                           "spark://a:1,b:2", "spark://[::1]:7077", "k8s://https://h:6443",
                           "k8s://h", "local-cluster[2,1,1024]", "local-cluster[2, 1, 1024]"}) {
    EXPECT_NO_THROW(parse_master(good)) << good;
  }
  for (const char* bad : {"", "locale", "local[0]", "local[", "local[2,]", "local[a]", "spark://h",
                          "spark://:7077", "spark://h:x", "spark://h:1,", "yarn-cluster", "k8s://",
                          "local-cluster[2,1]", "local-cluster[0,1,1024]", "mesos://h:1"}) {
    EXPECT_EQ(error_of([&] { parse_master(bad); }),
              cat("master: must be local[N], local-cluster[WORKERS,CORES,MB], spark://HOST:PORT, "
                  "yarn or k8s://URL, got '",
                  bad, "'"));
  }
  EXPECT_EQ(parse_master("local-cluster[2,1,900]").memory_mb, 900);
  EXPECT_EQ(error_of([] { parse_master("local-cluster[2,1,100]"); }),
            "master: each worker of local-cluster[2,1,100] needs at least 512 MB");
}

// A port that was just given back, so that nobody listens there.
int free_port(int* keep = nullptr) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  if (keep) {
    listen(fd, 1);
    *keep = fd;
  } else {
    close(fd);
  }
  return ntohs(address.sin_port);
}

TEST(Master, that_does_not_answer_is_told_at_once) {
  std::string master = cat("spark://127.0.0.1:", free_port());
  EXPECT_EQ(error_of([&] { check_master(master); }),
            cat("master: nobody answers at ", master,
                " (Connection refused). Start the cluster, or correct --master"));
  int listener = -1;
  int port = free_port(&listener);
  EXPECT_NO_THROW(check_master(cat("spark://127.0.0.1:", free_port(), ",127.0.0.1:", port)));
  EXPECT_NO_THROW(check_master(cat("k8s://http://127.0.0.1:", port, "/api")));
  close(listener);
}

TEST(Processes, give_their_output_line_by_line) {
  EXPECT_EQ(capture({{"/bin/sh", "-c", "echo one; printf two"}, {}}, Milliseconds(5000)),
            "one\ntwo\n");
  EXPECT_EQ(capture({{"/bin/sh", "-c", "echo $COLOUR"}, {{"COLOUR", "red"}}}, Milliseconds(5000)),
            "red\n");
  EXPECT_EQ(capture({{"/bin/sh", "-c", "exit 3"}, {}}, Milliseconds(5000)), std::nullopt);
  EXPECT_EQ(capture({{"/bin/sleep", "100"}, {}}, Milliseconds(100)), std::nullopt);
  EXPECT_EQ(error_of([] { Child({{"/no/such/program"}, {}}); }),
            "/no/such/program: cannot run, No such file or directory");
}

TEST(Processes, end_although_a_grandchild_holds_the_pipe) {
  Child child({{"/bin/sh", "-c", "sleep 100 & echo done"}, {}});
  std::string line;
  EXPECT_EQ(child.read_line(&line, Milliseconds(5000)), Child::Got::line);
  EXPECT_EQ(child.read_line(&line, Milliseconds(5000)), Child::Got::end);
  EXPECT_EQ(child.exit_code(), 0);
}

// SPARK_HOME with a script as bin/spark-submit, and temporary files in a folder of their own.
class SubmitTest : public testing::Test {
 protected:
  fs::path dir = fs::temp_directory_path() / ("firesteel-launch-" + std::to_string(getpid()));
  std::map<std::string, std::string> saved;

  void SetUp() override {
    fs::remove_all(dir);
    fs::create_directories(dir / "spark/bin");
    fs::create_directories(dir / "spark/jars");
    fs::create_directories(dir / "tmp");
    std::ofstream(dir / "firesteel.jar") << "jar";
    set("SPARK_HOME", dir / "spark");
    set("FIRESTEEL_JAR", dir / "firesteel.jar");
    set("TMPDIR", dir / "tmp");
  }
  void TearDown() override {
    for (const auto& [name, value] : saved) {
      value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
    }
    fs::remove_all(dir);
  }
  void set(const std::string& name, const std::string& value) {
    const char* old = std::getenv(name.c_str());
    saved.emplace(name, old ? old : "");
    setenv(name.c_str(), value.c_str(), 1);
  }
  void spark_submit_does(const std::string& script) {
    std::string path = dir / "spark/bin/spark-submit";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(path, fs::perms::owner_all);
  }
  Json run(const std::string& master = "local[2]", std::vector<std::string> conf = {}) {
    return submit({master, conf, {{"command", "train"}}},
                  [&](const Json& event) { events.push_back(event); });
  }
  std::string error(const std::string& script) {
    spark_submit_does(script);
    std::string text = error_of([&] { run(); });
    for (size_t at; (at = text.find(dir / "tmp")) != std::string::npos;) {
      text.replace(at, (dir / "tmp").string().size() + 17, "TMP");
    }
    return text;
  }
  int left_over() const {
    return static_cast<int>(std::distance(fs::directory_iterator(dir / "tmp"), {}));
  }
  std::vector<Json> events;
};

TEST_F(SubmitTest, events_arrive_and_the_end_is_returned) {
  spark_submit_does(R"(
    echo '@firesteel {"event": "start", "workers": 2}'
    echo 'a line of somebody else'
    echo '@firesteel {"event": "end", "accuracy": 0.99}')");
  EXPECT_EQ(run()["accuracy"], 0.99);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["workers"], 2);
  EXPECT_EQ(left_over(), 0);
}

TEST_F(SubmitTest, spark_submit_gets_master_class_conf_jar_and_a_private_job) {
  spark_submit_does(R"sh(
    for last; do :; done
    printf '@firesteel {"event": "note", "text": "%s"}\n' "$*"
    printf '@firesteel {"event": "note", "text": "%s"}\n' "$(stat -c %a "$last" "$(dirname $last)" | tr '\n' ' ')"
    printf '@firesteel {"event": "note", "text": "%s"}\n' "$(tr -d '"' <"$last")"
    echo '@firesteel {"event": "end"}')sh");
  run("local-cluster[2,1,900]", {"spark.x=1 2", "spark.ui.enabled=true"});
  std::string argv = events.at(0)["text"];
  EXPECT_TRUE(argv.starts_with(
      "--master local-cluster[2,1,900] --class io.firesteel.spark.Main --conf "
      "spark.ui.showConsoleProgress=false --conf spark.executor.memory=900m --conf spark.x=1 2 "
      "--conf spark.ui.enabled=true "))
      << argv;
  EXPECT_NE(argv.find("firesteel.jar --job "), std::string::npos) << argv;
  EXPECT_EQ(events.at(1)["text"], "600 700 ");
  EXPECT_EQ(events.at(2)["text"], "{command:train}");
}

TEST_F(SubmitTest, a_local_cluster_writes_into_a_home_of_its_own) {
  spark_submit_does(R"(
    mkdir -p "$SPARK_HOME/work/app" && ls -d "$SPARK_HOME/jars/" >/dev/null || exit 1
    printf '@firesteel {"event": "end", "home": "%s"}\n' "$SPARK_HOME")");
  EXPECT_NE(run("local-cluster[1,1,512]")["home"], (dir / "spark").string());
  EXPECT_FALSE(fs::exists(dir / "spark/work"));
  EXPECT_EQ(left_over(), 0);
  EXPECT_EQ(run("local[1]")["home"], (dir / "spark").string());
}

TEST_F(SubmitTest, each_failure_has_its_sentence_and_leaves_the_log_only) {
  EXPECT_EQ(error(R"(echo '@firesteel {"event": "error", "text": "x.shape: must fit"}'; exit 1)"),
            "x.shape: must fit. Log: TMP/spark.log");
  EXPECT_EQ(error("exit 7"),
            "Spark: the driver ended with exit code 7 before the job was done. Log: TMP/spark.log");
  EXPECT_EQ(error("kill -9 $$"),
            "Spark: the driver was ended by signal 9 before the job was done. Log: "
            "TMP/spark.log");
  EXPECT_EQ(error("exit 0"),
            "Spark: the driver ended with exit code 0 before the job was done. Log: TMP/spark.log");
  EXPECT_EQ(error("echo 'Exception in thread \"main\" java.lang.Error: no.' >&2; exit 1"),
            "Spark: the driver ended with exit code 1 before the job was done (java.lang.Error: "
            "no). Log: TMP/spark.log");
  EXPECT_EQ(error("echo 'Error: Failed to load class io.firesteel.spark.Main.' >&2; exit 101"),
            cat("jar: ", (dir / "firesteel.jar").string(),
                " holds no io.firesteel.spark.Main; run ./dev jar. Log: TMP/spark.log"));
  EXPECT_EQ(left_over(), 6);
  for (const auto& entry : fs::recursive_directory_iterator(dir / "tmp")) {
    EXPECT_TRUE(entry.is_directory() || entry.path().filename() == "spark.log") << entry.path();
  }
}

TEST_F(SubmitTest, a_signal_ends_spark_with_all_its_children) {
  spark_submit_does(R"(
    sleep 1000 & echo $! >)" +
                    (dir / "pid").string() + R"(
    echo '@firesteel {"event": "start"}'; wait)");
  std::thread killer([&] {
    while (!fs::exists(dir / "pid")) std::this_thread::sleep_for(Milliseconds(20));
    std::this_thread::sleep_for(Milliseconds(200));
    kill(getpid(), SIGTERM);
  });
  int got = 0;
  try {
    run();
  } catch (const Interrupted& e) {
    got = e.signal;
  }
  killer.join();
  EXPECT_EQ(got, SIGTERM);
  int grandchild = 0;
  std::ifstream(dir / "pid") >> grandchild;
  std::this_thread::sleep_for(Milliseconds(100));
  std::string state;
  std::ifstream status("/proc/" + std::to_string(grandchild) + "/stat");
  std::getline(status, state);
  EXPECT_TRUE(state.empty() || state.find(") Z ") != std::string::npos) << state;
  EXPECT_EQ(left_over(), 0);
}

TEST_F(SubmitTest, what_is_missing_is_named) {
  EXPECT_EQ(error_of([] { check("local", {"x=1"}); }), "conf: must be spark.KEY=VALUE, got 'x=1'");
  EXPECT_EQ(
      error_of([] { check("local", {}); }),
      cat("Spark: SPARK_HOME is ", (dir / "spark").string(), ", but it has no bin/spark-submit"));
  spark_submit_does("exit 0");
  fs::remove(dir / "firesteel.jar");
  EXPECT_EQ(
      error_of([] { check("local", {}); }),
      cat("jar: FIRESTEEL_JAR is ", (dir / "firesteel.jar").string(), ", which is not a file"));
  set("FIRESTEEL_JAR", "");
  std::string text = error_of([] { check("local", {}); });
  EXPECT_TRUE(text.starts_with("jar: no ")) << text;
  set("JAVA_HOME", "/no/java");
  EXPECT_EQ(error_of([] { check("local", {}); }),
            "Java: JAVA_HOME is /no/java, but it has no bin/java");
  set("JAVA_HOME", "");
  set("PATH", "/no/such");
  EXPECT_EQ(error_of([] { check("local", {}); }),
            "Java: not found, and Spark needs it. Install a Java runtime (17, say "
            "openjdk-17-jre-headless), or set JAVA_HOME");
  set("SPARK_HOME", "");
  set("FIRESTEEL_CACHE", "/no/such");
  EXPECT_EQ(error_of([] { check("local", {}); }),
            "Spark: not found. Set SPARK_HOME, or pip install pyspark, or run ./dev setup");
}

}  // namespace
}  // namespace firesteel::spark
