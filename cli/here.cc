// SPDX-License-Identifier: Apache-2.0
#include "cli/here.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>

#include "core/threads.h"
#include "jvm/launch/process.h"
#include "train/fit.h"
#include "train/worker.h"

namespace firesteel::cli {

spark::FittedModel fit_here(const Json& job, const std::string& model, Dataset rows, Dataset tests,
                            int threads, const spark::OnEvent& on_event) {
  LocalFit fit;
  fit.model = model;
  fit.spec = job["fit"].dump();
  fit.threads = threads;
  fit.checkpoint = job.value("checkpoint", "");
  fit.summary = job.value("summary", "");
  fit.resume = job.value("resume", false);
  fit.shards = deal(std::exchange(rows, {}), job["shards"].get<int>());
  fit.tests = deal(std::exchange(tests, {}), 1);

  spark::SignalWatch signals;
  std::atomic<bool> stop{false};
  LocalFitted fitted = fit_locally(
      fit,
      [&](const std::string& text) {
        if (signals.arrived()) stop = true;
        on_event(parse_json(text, "event"));
      },
      &stop);
  if (int signal = signals.arrived()) throw spark::Interrupted(signal);
  return {std::move(fitted.model), parse_json(fitted.end, "event")};
}

namespace {
int all_cores_for_0(int threads) { return threads > 0 ? threads : available_cores(); }
}  // namespace

Json evaluate_here(const Json& spec, const std::string& model, const Dataset& rows, int threads) {
  auto start = std::chrono::steady_clock::now();
  std::string block = pack_block(rows.block());
  std::string sums = worker::evaluate(model, spec.dump(), block, all_cores_for_0(threads));
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  Json out = parse_json(worker::figures(spec.dump(), "[" + sums + "]"), "figures");
  out["images_per_s"] = seconds.count() > 0 ? static_cast<double>(rows.rows) / seconds.count() : 0;
  return out;
}

std::vector<float> predict_here(const std::string& model, const Dataset& rows, int threads) {
  std::string bytes = worker::predict(model, pack_block(rows.block()), all_cores_for_0(threads));
  std::vector<float> outputs(bytes.size() / sizeof(float));
  std::memcpy(outputs.data(), bytes.data(), outputs.size() * sizeof(float));
  size_t n = outputs.size() / static_cast<size_t>(rows.rows);
  std::vector<float> predictions;
  for (size_t i = 0; i < static_cast<size_t>(rows.rows); ++i) {
    const float* y = outputs.data() + i * n;
    predictions.push_back(n == 1 ? y[0] : static_cast<float>(std::max_element(y, y + n) - y));
  }
  return predictions;
}

}  // namespace firesteel::cli
