// SPDX-License-Identifier: Apache-2.0
#include "train/bench.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "core/json.h"
#include "core/rng.h"
#include "train/engine.h"
#include "train/predictor.h"

namespace firesteel {
namespace {

using Clock = std::chrono::steady_clock;

// Random features and class ids.
std::string random_block(const Model& model, int64_t rows) {
  Rng rng(1);
  std::vector<float> x(static_cast<size_t>(rows * numel(model.input_shape())));
  for (float& v : x) v = rng.normal();
  std::vector<int32_t> y;
  auto classes = static_cast<uint64_t>(numel(model.output_shape()));
  for (int64_t r = 0; r < rows; ++r) y.push_back(static_cast<int32_t>(rng.below(classes)));
  Block block{rows,
              DType::f32,
              DType::s32,
              model.input_shape(),
              {},
              reinterpret_cast<const uint8_t*>(x.data()),
              reinterpret_cast<const uint8_t*>(y.data())};
  return pack_block(block);
}

// Times of `step` after a warm-up, sorted.
template <class Step>
std::vector<double> measure(double seconds, const Step& step) {
  constexpr int kWarmUp = 5, kLeast = 10;
  for (int i = 0; i < kWarmUp; ++i) step();
  std::vector<double> times;
  auto start = Clock::now(), before = start;
  while (static_cast<int>(times.size()) < kLeast ||
         std::chrono::duration<double>(before - start).count() < seconds) {
    step();
    auto now = Clock::now();
    times.push_back(std::chrono::duration<double>(now - before).count());
    before = now;
  }
  std::sort(times.begin(), times.end());
  return times;
}

std::vector<double> time_training(const BenchRequest& request, const std::string& block) {
  FitSpec spec = FitSpec::parse(R"({"optimizer": {"kind": "SGD", "lr": 1e-3, "momentum": 0.9}})");
  spec.batch_size = request.batch;
  spec.shard_rows = {request.batch};
  spec.resolve();
  Engine engine(load_model(request.model, "model"), std::move(spec), request.threads);
  engine.shards().add(0, block);
  LocalCollective peers;
  Assignment part = assignment_of(engine.spec(), 0, 1);
  return measure(request.seconds, [&] { engine.run_without_boundary(part, peers); });
}

std::vector<double> time_inference(const BenchRequest& request, const std::string& bytes) {
  Predictor predictor(load_model(request.model, "model"));
  Block block = parse_block(bytes, "bench");
  return measure(request.seconds, [&] { predictor.predict(block, request.threads); });
}

}  // namespace

std::string bench(const BenchRequest& request) {
  require<AttrError>(request.dtype == "f32", "dtype: must be f32 for now, got '", request.dtype,
                     "'");
  require<AttrError>(request.mode == "train" || request.mode == "infer",
                     "mode: must be train or infer, got '", request.mode, "'");
  require<AttrError>(request.batch > 0, "batch: must be > 0, got ", request.batch);
  std::string block = random_block(load_model(request.model, "model"), request.batch);
  auto times =
      request.mode == "train" ? time_training(request, block) : time_inference(request, block);
  double median = times[times.size() / 2], best = times.front();
  auto rate = [&](double seconds) { return static_cast<double>(request.batch) / seconds; };
  return Json{{"mode", request.mode},
              {"batch", request.batch},
              {"threads", request.threads},
              {"dtype", request.dtype},
              {"steps", times.size()},
              {"images_per_s", rate(median)},
              {"images_per_s_best", rate(best)},
              {"step_ms", median * 1e3},
              {"step_ms_best", best * 1e3},
              {"cpu", cpu_name()},
              {"isa", effective_isa()},
              {"onednn", onednn_version()}}
      .dump();
}

}  // namespace firesteel
