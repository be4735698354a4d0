// SPDX-License-Identifier: Apache-2.0
#include "cli/renderer.h"

#include <algorithm>
#include <utility>

namespace firesteel::cli {
namespace {

constexpr auto kBlink = std::chrono::milliseconds(100);  // between changes of a terminal's line
constexpr auto kLines = std::chrono::seconds(5);         // between plain lines

double real(const Json& event, const char* key, double otherwise = 0) {
  auto found = event.find(key);
  return found != event.end() && found->is_number() ? found->get<double>() : otherwise;
}
bool has(const Json& event, const char* key) {
  auto found = event.find(key);
  return found != event.end() && found->is_number();
}
std::string whole(const Json& event, const char* key) { return fixed(real(event, key), 0); }
// How many: no digits behind the point.
std::string amount(const Json& event, const char* key) {
  double n = real(event, key);
  return n < 100 ? fixed(n, 0) : number(n);
}
std::string count(const Json& event, const char* key, const std::string& noun) {
  return cat(amount(event, key), " ", noun, real(event, key) == 1 ? "" : "s");
}
std::string percent(double fraction) { return fixed(100 * fraction, 2) + " %"; }

std::string start_line(const Json& e) {
  std::string text = cat("training on ", count(e, "rows", "row"));
  if (real(e, "test_rows") > 0) text += ", testing on " + amount(e, "test_rows");
  text += cat(", ", count(e, "workers", "worker"));
  if (e.contains("spark") && e["spark"].is_string()) {
    text += " of Spark " + e["spark"].get<std::string>();
  }
  return text;
}

std::string progress_line(const Json& e) {
  return cat("epoch ", whole(e, "epoch"), "/", whole(e, "epochs"), "  iteration ",
             whole(e, "iteration"), "/", whole(e, "iterations"), "  loss ",
             fixed(real(e, "loss"), 4), "  ", number(real(e, "images_per_s")), " images/s  ",
             duration(real(e, "eta_s")), " left  ", count(e, "workers", "worker"));
}

// "mean_average_precision" as "mean average precision".
std::string words(std::string key) {
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}
std::string metric_value(const Json& event, const std::string& key) {
  double value = real(event, key.c_str());
  return key == "accuracy" ? percent(value) : fixed(value, 4);
}

std::string epoch_line(const Json& e, const std::vector<std::string>& metrics) {
  std::string text = cat("epoch ", whole(e, "epoch"), " done  loss ", fixed(real(e, "loss"), 4));
  for (const std::string& key : metrics) {
    if (has(e, key.c_str())) append(text, cat("  test ", words(key), " ", metric_value(e, key)));
  }
  return text;
}

}  // namespace

void Renderer::operator()(const Json& event) {
  std::string kind = event.value("event", "");
  if (kind == "start") terminal_.line(start_line(event));
  if (kind == "note") terminal_.line(event.value("text", ""));
  if (kind == "epoch") terminal_.line(epoch_line(event, metrics_));
  if (kind == "progress") progress(event);
}

void Renderer::progress(const Json& event) {
  auto now = Clock::now();
  bool last = real(event, "iteration") == real(event, "iterations");
  if (now < next_ && !last) return;
  std::string text = progress_line(event);
  next_ = now + (terminal_.is_tty() ? Clock::duration(kBlink) : Clock::duration(kLines));
  terminal_.is_tty() ? terminal_.rewrite(text) : terminal_.line(text);
}

void print_training(Terminal& terminal, const Json& end, const std::vector<std::string>& metrics) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& key : metrics) {
    if (has(end, key.c_str())) rows.push_back({"test " + words(key), metric_value(end, key)});
  }
  rows.push_back({"loss", fixed(real(end, "loss"), 4)});
  rows.push_back({"images/s", number(real(end, "images_per_s"))});
  std::string how = cat(count(end, "iterations", "iteration"), " in ",
                        count(end, "groups", "group"), " on ", count(end, "workers", "worker"));
  rows.push_back({"ran", how});
  if (end.contains("weights_sha256") && end["weights_sha256"].is_string()) {
    rows.push_back({"weights", "sha256 " + end["weights_sha256"].get<std::string>().substr(0, 16)});
  }
  std::vector<std::vector<std::string>> times = {{"one iteration", "ms", "%"}};
  double whole_ms = real(end, "step_ms") + real(end, "schedule_ms");
  auto time = [&](const std::string& name, double ms) {
    times.push_back({name, fixed(ms, 2), fixed(whole_ms > 0 ? 100 * ms / whole_ms : 0, 1)});
  };
  time("compute", real(end, "compute_ms"));
  time("sync (not hidden)", real(end, "sync_exposed_ms"));
  time("step", real(end, "step_ms"));
  time("scheduling", real(end, "schedule_ms"));

  terminal.line("");
  for (const std::string& text : columns(rows)) terminal.line(text);
  terminal.line("");
  bool head = true;
  for (const std::string& text : columns(times)) {
    terminal.line(std::exchange(head, false) ? terminal.bold(text) : text);
  }
}

void print_evaluation(Terminal& terminal, const Json& end,
                      const std::vector<std::string>& metrics) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& key : metrics) {
    if (has(end, key.c_str())) rows.push_back({words(key), metric_value(end, key)});
  }
  rows.push_back({"loss", fixed(real(end, "loss"), 4)});
  rows.push_back({"rows", amount(end, "rows")});
  rows.push_back({"images/s", number(real(end, "images_per_s"))});
  for (const std::string& text : columns(rows)) terminal.line(text);
}

}  // namespace firesteel::cli
