// SPDX-License-Identifier: Apache-2.0
#include "train/spec.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <span>

#include "core/json.h"
#include "core/names.h"
#include "train/joint.h"

namespace firesteel {
namespace {

constexpr const char* kWhere = "fit";
// Samples of a micro-batch when the user does not say: small enough to share a batch among many
// workers, large enough for batch statistics.
constexpr int64_t kMicroBatchRows = 16;
constexpr int64_t kLeastMicroBatches = 4, kMostMicroBatches = 64;
// Fewer shards than this are not worth the loss of freedom in spreading them.
constexpr int64_t kLeastShards = 16;

constexpr Names<3> kRecompute = {"none", "cheap", "segments"};

template <class Base>
std::unique_ptr<Base> part(const Json& doc, const char* key, const char* fallback) {
  Json value = field_or<Json>(doc, key, Json{{"kind", fallback}}, kWhere);
  return make_from_json(value, Registry<Base>::instance(), key);
}

void check_keys(const Json& doc) {
  static const std::vector<std::string> kKeys = {"loss",
                                                 "optimizer",
                                                 "schedule",
                                                 "metrics",
                                                 "batch_size",
                                                 "micro_batches",
                                                 "epochs",
                                                 "iterations",
                                                 "seed",
                                                 "reproducible",
                                                 "isa",
                                                 "shard_rows",
                                                 "dtype",
                                                 "loss_weights",
                                                 "sync_batch_norm",
                                                 "recompute",
                                                 "thread_mode",
                                                 "wire",
                                                 "error_feedback",
                                                 "clip_norm",
                                                 "clip_value",
                                                 "pace_ms",
                                                 "local_steps",
                                                 "outer_lr",
                                                 "outer_momentum",
                                                 "by_host",
                                                 "sharded_from",
                                                 "encrypt",
                                                 "param_groups",
                                                 "accumulate",
                                                 "base_batch_size",
                                                 "ema_decay",
                                                 "stop",
                                                 "shard_weights",
                                                 "drop_slowest",
                                                 "drop_most",
                                                 "drop_warmup",
                                                 "checkpoint_keep",
                                                 "checkpoint_best",
                                                 "validate_every"};
  require<AttrError>(doc.is_object(), "fit: must be a JSON object");
  for (const auto& [key, value] : doc.items()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      throw AttrError(with_suggestion(cat("fit: no attribute '", key, "'"), key, kKeys));
    }
  }
}

constexpr Names<3> kWireNames = {"f32", "bf16", "f16"};
constexpr DType kWireTypes[] = {DType::f32, DType::bf16, DType::f16};

void check_wire(const FitSpec& spec) {
  bool wide = spec.wire == DType::f32;
  require<AttrError>(wide || !spec.reproducible,
                     "wire: must be f32 where reproducible is set, as what travels depends on the "
                     "number of workers, got ",
                     name_of(spec.wire));
  require<AttrError>(!wide || !spec.error_feedback,
                     "error_feedback: wants wire bf16 or f16, as f32 is not rounded");
}

void check_local(const FitSpec& spec) {
  require<AttrError>(std::isfinite(spec.outer_lr) && spec.outer_lr > 0,
                     "outer_lr: must be > 0, got ", spec.outer_lr);
  require<AttrError>(spec.outer_momentum >= 0 && spec.outer_momentum < 1,
                     "outer_momentum: must be from 0 to below 1, got ", spec.outer_momentum);
  if (spec.local_steps == 0) {
    require<AttrError>(spec.outer_lr == 1 && spec.outer_momentum == 0,
                       "outer_lr, outer_momentum: belong to sync local:H");
    return;
  }
  require<AttrError>(!spec.reproducible,
                     "reproducible: not with sync local:H, whose result depends on the number of "
                     "workers");
  require<AttrError>(!spec.sync_batch_norm,
                     "sync_batch_norm: not with sync local:H, whose workers don't meet in a step");
  require<AttrError>(!spec.error_feedback, "error_feedback: not with sync local:H");
  require<AttrError>(spec.ema_decay == 0,
                     "ema_decay: not with sync local:H, whose meetings are a mean already");
}

struct Best {
  std::string result;
  bool highest;
};
Best best_of(std::string_view wanted) {
  for (bool highest : {false, true}) {
    std::string_view mode = highest ? "max:" : "min:";
    if (wanted.starts_with(mode)) return {std::string(wanted.substr(mode.size())), highest};
  }
  return {std::string(wanted), !wanted.ends_with("loss")};
}

void check_dropping(const FitSpec& spec) {
  auto share = [](const char* name, double value) {
    require<AttrError>(value >= 0 && value < 1, name, ": must be from 0 to below 1, got ", value);
  };
  share("drop_slowest", spec.drop_slowest);
  share("drop_most", spec.drop_most);
  if (spec.drop_slowest == 0) return;
  require<AttrError>(spec.drop_most >= spec.drop_slowest,
                     "drop_most: must be at least drop_slowest, ", spec.drop_slowest, ", got ",
                     spec.drop_most);
  auto refuse = [](bool wanted, const char* what, const char* why) {
    require<AttrError>(!wanted, "drop_slowest: not with ", what, ", ", why);
  };
  refuse(spec.reproducible, "reproducible", "as what is left out depends on time");
  refuse(spec.sync_batch_norm, "sync_batch_norm", "whose micro-batches compute together");
  refuse(spec.local_steps > 0, "sync local:H", "whose workers don't wait for each other");
  refuse(spec.optimizer->joint(), spec.optimizer->kind().c_str(), "which needs all rows");
}

// What of clipping and penalties goes with an optimizer.
void check_norms(const FitSpec& spec, const Optimizer& optimizer) {
  Norms norms = optimizer.norms();
  require<AttrError>(norms != Norms::directions || spec.clip_norm == 0, "clip_norm: not with ",
                     optimizer.kind(), ", whose steps do not depend on the size of gradients");
  require<AttrError>(norms != Norms::gradients || spec.clip_norm == 0 || spec.clip_value == 0,
                     "clip_norm, clip_value: not both with ", optimizer.kind());
}

void check_updates(const FitSpec& spec) {
  require<AttrError>(spec.ema_decay >= 0 && spec.ema_decay < 1,
                     "ema_decay: must be from 0 to below 1, got ", spec.ema_decay);
  check_norms(spec, *spec.optimizer);
  for (size_t g = 0; g < spec.param_groups.size(); ++g) {
    const ParamGroup& group = spec.param_groups[g];
    const Optimizer& optimizer = group.optimizer ? *group.optimizer : *spec.optimizer;
    check_norms(spec, optimizer);
    require<AttrError>(optimizer.norms() == Norms::none || (group.l1 == 0 && group.l2 == 0),
                       "param_groups[", g, "]: l1 and l2 do not go with ", optimizer.kind(),
                       ", which has weight_decay");
  }
}

}  // namespace

Recompute recompute_from(std::string_view name) {
  return value_of<Recompute>(name, kRecompute, "recompute");
}

FitSpec FitSpec::parse(std::string_view json) {
  Json doc = parse_json(json, kWhere);
  check_keys(doc);
  FitSpec spec;
  Json usual = {{"kind", "CrossEntropy"}};
  spec.loss = FitLoss::parse(field_or<Json>(doc, "loss", usual, kWhere),
                             field_or<std::vector<double>>(doc, "loss_weights", {}, kWhere));
  spec.optimizer = part<Optimizer>(doc, "optimizer", "SGD");
  spec.param_groups = groups_from_json(field_or<Json>(doc, "param_groups", Json::array(), kWhere));
  Json constant = {{"kind", "Constant"}};
  spec.schedule = ScheduleList::parse(field_or<Json>(doc, "schedule", constant, kWhere));
  for (const Json& item : field_or<Json>(doc, "metrics", Json::array(), kWhere)) {
    spec.metrics.push_back(make_from_json(item, Registry<Metric>::instance(), "metrics"));
  }
  auto number = [&](const char* key, int64_t fallback, int64_t least) {
    auto value = field_or<int64_t>(doc, key, fallback, kWhere);
    require<AttrError>(value >= least, key, ": must be >= ", least, ", got ", value);
    return value;
  };
  spec.batch_size = number("batch_size", spec.batch_size, 1);
  spec.accumulate = number("accumulate", 1, 1);
  spec.validate_every = number("validate_every", 1, 0);
  spec.base_batch_size = number("base_batch_size", 0, 0);
  spec.micro_batches = number("micro_batches", 0, 0);
  spec.epochs = number("epochs", 0, 0);
  spec.iterations = number("iterations", 0, 0);
  spec.seed = field_or<uint64_t>(doc, "seed", spec.seed, kWhere);
  spec.reproducible = field_or<bool>(doc, "reproducible", false, kWhere);
  spec.sync_batch_norm = field_or<bool>(doc, "sync_batch_norm", false, kWhere);
  spec.recompute = recompute_from(field_or<std::string>(doc, "recompute", "cheap", kWhere));
  spec.thread_mode = thread_mode_from(field_or<std::string>(doc, "thread_mode", "auto", kWhere));
  require<AttrError>(!spec.reproducible || spec.thread_mode != ThreadMode::split,
                     "thread_mode: must not be split where reproducible is set, as each part of a "
                     "batch is one thread's then");
  spec.dtype = dtype_from(field_or<std::string>(doc, "dtype", "f32", kWhere));
  check_compute_type(spec.dtype);
  auto wire = field_or<std::string>(doc, "wire", "f32", kWhere);
  spec.wire = kWireTypes[value_of<size_t>(wire, kWireNames, "wire")];
  spec.by_host = field_or<bool>(doc, "by_host", true, kWhere);
  spec.sharded_from = number("sharded_from", spec.sharded_from, 0);
  spec.encrypt = field_or<bool>(doc, "encrypt", false, kWhere);
  spec.error_feedback = field_or<bool>(doc, "error_feedback", false, kWhere);
  check_wire(spec);
  auto limit = [&](const char* key) {
    auto value = field_or<double>(doc, key, 0, kWhere);
    require<AttrError>(value >= 0 && std::isfinite(value), key, ": must be >= 0, got ", value);
    return value;
  };
  spec.local_steps = number("local_steps", 0, 0);
  spec.outer_lr = field_or<double>(doc, "outer_lr", 1, kWhere);
  spec.outer_momentum = field_or<double>(doc, "outer_momentum", 0, kWhere);
  spec.ema_decay = field_or<double>(doc, "ema_decay", 0, kWhere);
  Json stop = field_or<Json>(doc, "stop", nullptr, kWhere);
  if (!stop.is_null()) spec.stop = make_from_json(stop, Registry<Trigger>::instance(), "stop");
  spec.checkpoint_keep = number("checkpoint_keep", 2, 1);
  spec.checkpoint_best = field_or<std::string>(doc, "checkpoint_best", "", kWhere);
  spec.drop_slowest = field_or<double>(doc, "drop_slowest", 0, kWhere);
  spec.drop_most = field_or<double>(doc, "drop_most", spec.drop_most, kWhere);
  spec.drop_warmup = number("drop_warmup", spec.drop_warmup, 0);
  check_dropping(spec);
  check_local(spec);
  spec.clip_norm = limit("clip_norm");
  spec.clip_value = limit("clip_value");
  check_updates(spec);
  check_joint(spec);
  spec.pace_ms = limit("pace_ms");
  spec.isa = field_or<std::string>(doc, "isa", "", kWhere);
  spec.shard_rows = field_or<std::vector<int64_t>>(doc, "shard_rows", {}, kWhere);
  spec.shard_weights = field_or<std::vector<double>>(doc, "shard_weights", {}, kWhere);
  return spec;
}

std::string FitSpec::json() const {
  Json list = Json::array();
  for (const auto& metric : metrics) list.push_back(described_to_json(*metric));
  return Json{{"loss", loss.json()},
              {"loss_weights", loss.weights()},
              {"optimizer", described_to_json(*optimizer)},
              {"param_groups", groups_to_json(param_groups)},
              {"schedule", schedule.json()},
              {"metrics", list},
              {"batch_size", batch_size},
              {"accumulate", accumulate},
              {"base_batch_size", base_batch_size},
              {"micro_batches", micro_batches},
              {"epochs", epochs},
              {"iterations", iterations},
              {"seed", seed},
              {"reproducible", reproducible},
              {"sync_batch_norm", sync_batch_norm},
              {"recompute", kRecompute[static_cast<size_t>(recompute)]},
              {"thread_mode", name_of(thread_mode)},
              {"dtype", name_of(dtype)},
              {"wire", name_of(wire)},
              {"by_host", by_host},
              {"sharded_from", sharded_from},
              {"encrypt", encrypt},
              {"error_feedback", error_feedback},
              {"local_steps", local_steps},
              {"outer_lr", outer_lr},
              {"outer_momentum", outer_momentum},
              {"ema_decay", ema_decay},
              {"validate_every", validate_every},
              {"stop", stop ? described_to_json(*stop) : Json()},
              {"drop_slowest", drop_slowest},
              {"drop_most", drop_most},
              {"drop_warmup", drop_warmup},
              {"checkpoint_keep", checkpoint_keep},
              {"checkpoint_best", checkpoint_best},
              {"clip_norm", clip_norm},
              {"clip_value", clip_value},
              {"pace_ms", pace_ms},
              {"isa", isa},
              {"shard_rows", shard_rows},
              {"shard_weights", shard_weights}}
      .dump();
}

int64_t FitSpec::rows() const {
  return std::accumulate(shard_rows.begin(), shard_rows.end(), int64_t{0});
}

int64_t FitSpec::steps_per_epoch() const { return (rows() + step_rows() - 1) / step_rows(); }

std::vector<std::string> FitSpec::watched() const {
  std::vector<std::string> all;
  if (stop) all = stop->watched();
  if (std::string one = schedule.watched(); !one.empty()) all.push_back(one);
  if (!checkpoint_best.empty()) all.push_back(best_of(checkpoint_best).result);
  return all;
}

bool FitSpec::is_best(const std::vector<Observation>& observed) const {
  if (checkpoint_best.empty() || observed.empty()) return false;
  auto [result, highest] = best_of(checkpoint_best);
  if (!observed.back().has(result)) return false;
  Improvement improvement{highest, 0, false};
  double newest = observed.back().of(result), best = improvement.worst();
  for (const Observation& seen : std::span(observed).first(observed.size() - 1)) {
    if (seen.has(result) && improvement.better(seen.of(result), best)) best = seen.of(result);
  }
  return improvement.better(newest, best);
}

bool FitSpec::stops(int64_t step, const std::vector<Observation>& observed) const {
  FitTime at{
      .step = step, .total = iterations, .epoch_steps = steps_per_epoch(), .observed = observed};
  return stop && stop->fires(at);
}

double FitSpec::lr_scale() const {
  if (base_batch_size == 0) return 1;
  return static_cast<double>(step_rows()) / static_cast<double>(base_batch_size);
}

size_t FitSpec::states() const {
  int most = optimizer->states();
  for (const ParamGroup& group : param_groups) {
    if (group.optimizer && !group.freeze) most = std::max(most, group.optimizer->states());
  }
  return static_cast<size_t>(most);
}

bool FitSpec::needs_norms() const {
  auto layerwise = [](const Optimizer& one) { return one.norms() != Norms::none; };
  return clip_norm > 0 || optimizer->joint() || layerwise(*optimizer) ||
         std::ranges::any_of(param_groups, [&](const ParamGroup& group) {
           return group.optimizer && layerwise(*group.optimizer);
         });
}

void FitSpec::resolve() {
  require<AttrError>(rows() > 0, "the training data has no rows");
  auto shards = static_cast<int64_t>(shard_rows.size());
  if (micro_batches == 0) {
    int64_t wanted = (batch_size + kMicroBatchRows - 1) / kMicroBatchRows;
    micro_batches = accumulate * std::clamp<int64_t>(wanted, kLeastMicroBatches, kMostMicroBatches);
  }
  micro_batches = std::min(micro_batches, shards);
  if (iterations == 0) iterations = epochs * steps_per_epoch();
  require<AttrError>(iterations > 0 || !schedule.needs_total(),
                     "schedule: needs the number of epochs or iterations");
}

int64_t FitSpec::default_shards() const {
  FitSpec all = parse(json());
  all.shard_rows.assign(static_cast<size_t>(kMostMicroBatches * accumulate + micro_batches), 1);
  all.epochs = 1;
  all.resolve();
  return std::max(kLeastShards, all.micro_batches);
}

int FitSpec::lane_of(int shard) const {
  return static_cast<int>(shard * micro_batches / static_cast<int64_t>(shard_rows.size()));
}

Assignment assignment_of(const FitSpec& spec, int lane_begin, int lane_end) {
  Assignment part{lane_begin, lane_end, 0, 0};
  int shards = static_cast<int>(spec.shard_rows.size());
  while (part.shard_begin < shards && spec.lane_of(part.shard_begin) < lane_begin) {
    ++part.shard_begin;
  }
  part.shard_end = part.shard_begin;
  while (part.shard_end < shards && spec.lane_of(part.shard_end) < lane_end) ++part.shard_end;
  return part;
}

std::vector<Assignment> assign_lanes(const FitSpec& spec, int workers) {
  require<AttrError>(workers > 0, "workers: must be > 0, got ", workers);
  auto lanes = static_cast<size_t>(spec.micro_batches);
  std::vector<double> before(lanes + 1, 0);  // rows in the lanes before this one
  for (size_t s = 0; s < spec.shard_rows.size(); ++s) {
    auto lane = static_cast<size_t>(spec.lane_of(static_cast<int>(s)));
    before[lane + 1] += spec.shard_weights.empty() ? static_cast<double>(spec.shard_rows[s])
                                                   : spec.shard_weights[s];
  }
  std::partial_sum(before.begin(), before.end(), before.begin());
  std::vector<Assignment> parts;
  size_t begin = 0;
  for (int w = 1; w <= workers; ++w) {
    double target = before[lanes] * w / workers;
    size_t end = begin;
    while (end < lanes && std::abs(before[end + 1] - target) <= std::abs(before[end] - target)) {
      ++end;
    }
    if (w == workers) end = lanes;
    parts.push_back(assignment_of(spec, static_cast<int>(begin), static_cast<int>(end)));
    begin = end;
  }
  return parts;
}

void check_watched(const FitSpec& spec, bool has_tests) {
  std::vector<std::string> known = {"loss", "test_loss"};
  for (const auto& metric : spec.metrics) known.push_back(metric->key());
  for (const std::string& watched : spec.watched()) {
    if (std::ranges::find(known, watched) == known.end()) {
      throw AttrError(with_suggestion(
          cat("monitor: the fit has no result '", watched, "' to look at"), watched, known));
    }
    require<AttrError>(has_tests || watched == "loss", "monitor: '", watched,
                       "' needs data to test on. Give some, or look at 'loss'");
    require<AttrError>(spec.validate_every > 0 || watched == "loss",
                       "validate_every: must be > 0, as the fit looks at '", watched, "', got 0");
  }
}

void check_model(const Model& model, const FitSpec& spec) {
  check_joint_rows(spec);
  spec.loss.check_outputs(model);
  rules_of(model.table, *spec.optimizer, spec.param_groups);
}

void check_fit(const Model& model, const FitSpec& spec, const Labels& labels) {
  check_model(model, spec);
  spec.loss.check(model, labels);
  std::set<std::string> keys;
  for (const auto& metric : spec.metrics) {
    require<AttrError>(keys.insert(metric->key()).second, "metrics: '", metric->key(),
                       "' is given twice");
    require(metric->outputs() <= model.graph->outputs().size(), "metrics: ", metric->kind(),
            " looks at ", metric->outputs(), " outputs, the model has ",
            model.graph->outputs().size());
    std::vector<Shape> shapes;
    for (size_t i = 0; i < metric->outputs(); ++i) shapes.push_back(model.output_shape(i));
    metric->check_outputs(shapes, labels);
  }
}

}  // namespace firesteel
