// SPDX-License-Identifier: Apache-2.0
#include "train/bench.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>

#include "core/json.h"
#include "core/rng.h"
#include "nn/models/examples.h"
#include "train/engine.h"
#include "train/fit.h"
#include "train/fit_loss.h"
#include "train/gemm_peak.h"
#include "train/predictor.h"

namespace firesteel {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kWarmUp = 5;

// A line of /proc/self/status in MB: "VmRSS" now, "VmHWM" at most so far.
double memory_mb(const std::string& what) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(what + ":")) return std::stod(line.substr(what.size() + 1)) / 1024;
  }
  return 0;
}

std::string examples_block(const NamedModel& model, int64_t rows) {
  Examples made = examples_of(model, rows, 1);
  return pack_block({rows, DType::f32, model.label_dtype(), made.x_shape, model.label_shape(),
                     reinterpret_cast<const uint8_t*>(made.x.data()),
                     reinterpret_cast<const uint8_t*>(made.y.data())});
}

// Random features and class ids.
std::string random_block(const Model& model, int64_t rows) {
  Rng rng(1);
  std::vector<float> x(static_cast<size_t>(rows * numel(model.input_shape())));
  for (float& value : x) value = rng.normal();
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

FitLoss loss_of(const BenchRequest& request) {
  Json usual = {{"kind", "CrossEntropy"}};
  return FitLoss::parse(request.named.empty() ? usual : named_model_of(request.named)->loss(), {});
}

size_t inference_outputs(const BenchRequest& request) {
  return request.named.empty() ? 1 : named_model_of(request.named)->inference_outputs();
}

// How often a step does the work of forward: backward computes the gradients of inputs and of
// weights, as much again, each.
double directions(const BenchRequest& request) { return request.mode == "train" ? 3 : 1; }

// Of one step.
double flops_of(const Graph& graph, const BenchRequest& request) {
  std::vector<Shapes> shapes = graph.infer(request.batch);
  double flops = 0;
  for (size_t n = 0; n < shapes.size(); ++n) {
    const Node& node = graph.nodes()[n];
    if (!node.layer) continue;
    Shapes in;
    for (Ref ref : node.inputs) {
      in.push_back(shapes[static_cast<size_t>(ref.node)][static_cast<size_t>(ref.port)]);
    }
    flops += node.layer->flops(in, shapes[n]);
  }
  return flops * directions(request);
}

// Times of `step` after a warm-up, sorted.
template <class Step>
std::vector<double> measure(double seconds, const Step& step) {
  constexpr int kLeast = 10;
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

std::vector<double> time_training(const BenchRequest& request, Model model, std::string block,
                                  ThreadPlanner::Division* division) {
  FitSpec spec = FitSpec::parse(R"({"optimizer": {"kind": "SGD", "lr": 1e-3, "momentum": 0.9}})");
  spec.loss = loss_of(request);
  // A lane for each replica.
  int64_t lanes = request.thread_mode == ThreadMode::split
                      ? 1
                      : std::min<int64_t>(request.threads, request.batch);
  spec.dtype = request.dtype;
  spec.thread_mode = request.thread_mode;
  spec.recompute = request.recompute;
  spec.batch_size = request.batch;
  spec.micro_batches = lanes;
  std::vector<std::string> shards = deal_rows(block, static_cast<int>(lanes));
  block = {};  // not to be counted as the engine's memory
  for (const std::string& shard : shards) {
    spec.shard_rows.push_back(parse_block(shard, "bench").rows);
  }
  spec.resolve();
  Engine engine(std::move(model), std::move(spec), request.threads);
  for (size_t s = 0; s < shards.size(); ++s) engine.shards().add(static_cast<int>(s), shards[s]);
  LocalCollective peers;
  Assignment part = assignment_of(engine.spec(), 0, static_cast<int>(lanes));
  while (!engine.threads().settled()) engine.run_without_boundary(part, peers);
  *division = engine.threads().now();
  return measure(request.seconds, [&] { engine.run_without_boundary(part, peers); });
}

std::vector<double> time_inference(const BenchRequest& request, Model model,
                                   const std::string& bytes) {
  Predictor predictor(std::move(model), request.dtype);
  Block block = parse_block(bytes, "bench");
  size_t outputs = inference_outputs(request);
  return measure(request.seconds,
                 [&] { predictor.predict_outputs(block, request.threads, outputs); });
}

// All parts of the batch run at once; the first one's is timed.
Json profile_of(const BenchRequest& request, const std::string& bytes) {
  Model model = load_model(request.model, "model");
  bool training = request.mode == "train";
  Env env{.compute = request.dtype, .training = training, .recompute = request.recompute};
  if (!training)
    model.graph =
        std::make_shared<const Graph>(model.graph->with_first_outputs(inference_outputs(request)));
  PackedParams packed(env, model.values.data());
  FitLoss loss = loss_of(request);
  Block block = parse_block(bytes, "bench");
  // Threads that are left over share a part.
  int parts = static_cast<int>(std::min<int64_t>(request.threads, request.batch));
  int64_t rows = request.batch / parts;
  std::vector<std::unique_ptr<Replica>> replicas;
  std::vector<std::vector<float>> gradients(static_cast<size_t>(parts));
  for (auto& gradient : gradients) {
    replicas.push_back(std::make_unique<Replica>(model.graph, model.table, env, packed, nullptr));
    gradient.resize(training ? model.values.size() : 0);
  }
  std::vector<int64_t> samples(static_cast<size_t>(rows));
  Crew crew(parts, request.threads / parts);
  Plan* first = nullptr;  // of the first thread
  auto step = [&] {
    crew.run([&](int t) {
      auto index = static_cast<size_t>(t);
      Plan& plan = replicas[index]->plan(rows);
      if (t == 0) first = &plan;
      copy_rows(block, 0, rows, static_cast<float*>(plan.input()));
      plan.forward({.seed = 1, .step = 0, .samples = samples});
      if (!training) return;
      loss.run(plan, labels_of(block, 0));
      plan.backward(gradients[index].data());
    });
  };
  step();
  first->profile(true);
  double steps = static_cast<double>(measure(request.seconds, step).size()) + kWarmUp;
  auto times = first->times();
  double whole = 0;
  for (const auto& node : times) whole += node.forward + node.backward + node.moving;
  Json nodes = Json::array();
  for (const auto& node : times) {
    double own = node.forward + node.backward, all = own + node.moving;
    double flops = node.flops * directions(request) * steps;
    nodes.push_back({{"node", node.name},
                     {"kind", node.kind},
                     {"forward_ms", 1e3 * node.forward / steps},
                     {"backward_ms", 1e3 * node.backward / steps},
                     {"moving_ms", 1e3 * node.moving / steps},
                     {"share", all / whole},
                     {"gflops", own > 0 ? flops / own / 1e9 : 0}});
  }
  return nodes;
}

}  // namespace

std::string bench(BenchRequest request) {
  double memory_before = memory_mb("VmRSS");
  std::string note;
  request.dtype = compute_type(request.dtype, &note);
  require<AttrError>(request.mode == "train" || request.mode == "infer",
                     "mode: must be train or infer, got '", request.mode, "'");
  require<AttrError>(request.batch > 0, "batch: must be > 0, got ", request.batch);
  Model model = load_model(request.model, "model");
  if (!request.profile) request.model = {};  // not to be counted as the engine's memory
  auto named = request.named.empty() ? nullptr : named_model_of(request.named);
  std::string block =
      named ? examples_block(*named, request.batch) : random_block(model, request.batch);
  std::string for_profile = request.profile ? block : "";
  double flops = flops_of(*model.graph, request);
  bool training = request.mode == "train";
  ThreadPlanner::Division division;
  auto times = training ? time_training(request, std::move(model), std::move(block), &division)
                        : time_inference(request, std::move(model), block);
  double memory = memory_mb("VmHWM") - memory_before;
  double median = times[times.size() / 2], best = times.front();
  double gflops = flops / median / 1e9, peak = gemm_peak_gflops(request.threads, request.dtype);
  auto rate = [&](double seconds) { return static_cast<double>(request.batch) / seconds; };
  Json result{{"mode", request.mode},
              {"batch", request.batch},
              {"threads", request.threads},
              {"dtype", name_of(request.dtype)},
              {"steps", times.size()},
              {"images_per_s", rate(median)},
              {"images_per_s_best", rate(best)},
              {"step_ms", median * 1e3},
              {"step_ms_best", best * 1e3},
              {"gflops", gflops},
              {"gemm_peak_gflops", peak},
              {"gemm_peak_share", gflops / peak},
              {"memory_mb", memory},
              {"cpu", cpu_name()},
              {"isa", effective_isa()},
              {"onednn", onednn_version()}};
  if (training) result["replicas"] = division.replicas;
  if (!note.empty()) result["note"] = note;
  if (request.profile) result["profile"] = profile_of(request, for_profile);
  return result.dump();
}

}  // namespace firesteel
