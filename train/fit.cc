// SPDX-License-Identifier: Apache-2.0
#include "train/fit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>

#include "core/json.h"
#include "train/checkpoint_folder.h"
#include "train/engine.h"
#include "train/predictor.h"
#include "train/summary_folder.h"

namespace firesteel {
namespace {

using Clock = std::chrono::steady_clock;
// How often there is a progress event.
constexpr double kProgressSeconds = 0.5;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Fitting {
 public:
  Fitting(const LocalFit& job, const std::function<void(const std::string&)>& on_event,
          const std::atomic<bool>* stop)
      : job_(job),
        on_event_(on_event),
        stop_(stop),
        engine_(make_engine()),
        checkpoints_(job.checkpoint, spec().checkpoint_keep) {
    require<AttrError>(spec().checkpoint_best.empty() || !job.checkpoint.empty(),
                       "checkpoint_best: needs a folder for checkpoints");
    for (size_t s = 0; s < job.shards.size(); ++s) {
      engine_.shards().add(static_cast<int>(s), job.shards[s]);
    }
    const Block& block = engine_.shards().block(0);
    require(engine_.model().input_shape() == block.x_shape, "the model takes rows of shape ",
            engine_.model().input_shape(), ", the data have ", block.x_shape);
    check_fit(engine_.model(), spec(), labels_of(block));
    check_watched(spec(), !job.tests.empty());
    if (!job.summary.empty()) summary_.emplace(job.summary);
    if (job.resume) resume();
    // Resumed where it had ended.
    const auto& seen = engine_.observed();
    ended_ = !seen.empty() && seen.back().step == engine_.next_step() &&
             spec().stops(seen.back().step, seen);
  }

  LocalFitted run() {
    emit({{"event", "start"},
          {"workers", 1},
          {"threads", threads_},
          {"rows", spec().rows()},
          {"test_rows", test_rows()}});
    if (!engine_.note().empty()) emit({{"event", "note"}, {"text", engine_.note()}});
    start_ = Clock::now();
    first_step_ = engine_.next_step();
    part_ = assignment_of(spec(), 0, static_cast<int>(spec().micro_batches));
    while (engine_.next_step() < spec().iterations && !ended_ && !stopped()) run_group();
    save_checkpoint(false);
    keep_going([&] { checkpoints_.wait(); });
    Json end = figures();
    end["event"] = "end";
    emit(end);
    return {save_model(engine_.fitted()), end.dump()};
  }

 private:
  const FitSpec& spec() const { return engine_.spec(); }
  bool stopped() const { return stop_ && *stop_; }
  void emit(const Json& event) {
    show([&] { summary_->event(event); });
    on_event_(event.dump());
  }
  // What can no longer be written does not end the fit.
  template <class Write>
  void show(const Write& write) {
    if (!summary_) return;
    try {
      write();
    } catch (const SystemError& e) {
      summary_.reset();
      emit({{"event", "note"}, {"text", cat(e.what(), "; the fit goes on without it")}});
    }
  }

  Engine make_engine() {
    FitSpec spec = FitSpec::parse(job_.spec);
    spec.shard_rows.clear();
    for (const std::string& bytes : job_.shards) {
      spec.shard_rows.push_back(parse_block(bytes, "training data").rows);
    }
    spec.resolve();
    require<AttrError>(spec.iterations > 0,
                       "epochs: must be > 0 unless iterations is given, got 0");
    threads_ = job_.threads > 0 ? job_.threads : available_cores();
    return Engine(load_model(job_.model, "model"), std::move(spec), threads_);
  }

  void resume() {
    auto paths = checkpoints_.newest();
    require<SystemError>(!paths.empty(), "resume: no checkpoint in ", job_.checkpoint,
                         ". Train without resume first");
    for (size_t i = 0;; ++i) {
      MappedFile file(paths[i]);
      try {
        Engine::check_checkpoint(file.bytes(), paths[i]);
      } catch (const FormatError& e) {
        if (i + 1 == paths.size()) throw;
        emit({{"event", "note"}, {"text", cat(e.what(), "; the checkpoint before it is used")}});
        continue;
      }
      engine_.restore(file.bytes(), paths[i]);
      emit({{"event", "note"},
            {"text", cat("goes on from iteration ", engine_.next_step(), " of ", paths[i])}});
      return;
    }
  }

  // As many steps as take half a second, up to the end of the epoch.
  void run_group() {
    int64_t epoch_end =
        (engine_.next_step() / spec().steps_per_epoch() + 1) * spec().steps_per_epoch();
    int64_t limit = std::min(epoch_end, spec().iterations) - engine_.next_step();
    auto start = Clock::now();
    StepsReport report = engine_.run(std::min(limit, group_), part_, peers_, stop_);
    report.result.throw_if_failed();
    double took = since(start);
    if (took > 0) {
      double fit = static_cast<double>(report.steps) * kProgressSeconds / took;
      group_ = std::max<int64_t>(1, static_cast<int64_t>(std::min(fit, 1e6)));
    }
    ++groups_;
    samples_ += report.samples;
    times_.loop += report.times.loop;
    times_.compute += report.times.compute;
    times_.sync += report.times.sync;
    wall_ += took;
    loss_ = report.loss;
    per_step_ = 1e3 / static_cast<double>(std::max<int64_t>(1, report.steps));
    newest_ = report.times;
    took_ = took;
    epoch_loss_ += report.loss * static_cast<double>(report.samples);
    epoch_samples_ += report.samples;
    progress();
    if (engine_.next_step() == epoch_end || engine_.next_step() == spec().iterations) end_epoch();
  }

  double images_per_s() const { return wall_ > 0 ? static_cast<double>(samples_) / wall_ : 0; }

  void progress() {
    int64_t step = engine_.next_step(), per_epoch = spec().steps_per_epoch();
    double per_step = wall_ / static_cast<double>(step - first_step_);
    emit({{"event", "progress"},
          {"epoch", (step - 1) / per_epoch + 1},
          {"epochs", (spec().iterations + per_epoch - 1) / per_epoch},
          {"iteration", step},
          {"iterations", spec().iterations},
          {"loss", loss_},
          {"images_per_s", images_per_s()},
          {"lr", engine_.learning_rate()},
          {"compute_ms", newest_.compute * per_step_},
          {"sync_exposed_ms", newest_.sync * per_step_},
          {"schedule_ms", std::max(0.0, took_ - newest_.loop) * per_step_},
          {"eta_s", per_step * static_cast<double>(spec().iterations - step)},
          {"workers", 1}});
  }

  void end_epoch() {
    int64_t epoch = (engine_.next_step() - 1) / spec().steps_per_epoch() + 1;
    Json event = {
        {"event", "epoch"},
        {"epoch", epoch},
        {"iteration", engine_.next_step()},
        {"loss", epoch_loss_ / static_cast<double>(std::max<int64_t>(1, epoch_samples_))}};
    epoch_loss_ = 0;
    epoch_samples_ = 0;
    bool last = engine_.next_step() == spec().iterations;
    if (last || spec().validates(epoch)) event.update(evaluate());
    observe(event);
    emit(event);
    show([&] { summary_->histograms(engine_.fitted(), engine_.next_step()); });
    save_checkpoint(spec().is_best(engine_.observed()));
    ended_ = spec().stops(engine_.next_step(), engine_.observed());
    if (ended_)
      emit({{"event", "note"}, {"text", cat("ends after epoch ", epoch, ", as stop says")}});
  }

  void observe(const Json& epoch) {
    if (spec().watched().empty()) return;
    Observation seen{engine_.next_step(), {}};
    for (const auto& [name, value] : epoch.items()) {
      if (value.is_number() && name != "epoch" && name != "iteration")
        seen.results[name] = value.get<double>();
    }
    engine_.observe(seen);
  }

  int64_t test_rows() const {
    int64_t rows = 0;
    for (const std::string& bytes : job_.tests) rows += parse_block(bytes, "test data").rows;
    return rows;
  }

  // {"test_loss", and every metric}; empty without test data.
  Json evaluate() {
    Json out = Json::object();
    if (job_.tests.empty()) return out;
    Predictor predictor(engine_.fitted());
    EvalSums total;
    for (const std::string& bytes : job_.tests) {
      total += predictor.evaluate(spec(), parse_block(bytes, "test data"), threads_);
    }
    for (size_t m = 0; m < total.metrics.size(); ++m) {
      out[spec().metrics[m]->key()] = spec().metrics[m]->figure(total.metrics[m]);
    }
    out["test_loss"] = total.loss.mean();
    evaluated_ = out;
    evaluated_step_ = engine_.next_step();
    return out;
  }

  void save_checkpoint(bool best) {
    if (job_.checkpoint.empty() || saved_step_ == engine_.next_step()) return;
    saved_step_ = engine_.next_step();
    keep_going([&] { checkpoints_.write(saved_step_, engine_.checkpoint(), best); });
  }
  // A checkpoint that cannot be written does not end the fit either.
  template <class Write>
  void keep_going(const Write& write) {
    try {
      write();
    } catch (const SystemError& e) {
      emit({{"event", "note"}, {"text", cat("checkpoint: ", e.what(), "; the fit goes on")}});
    }
  }

  Json figures() {
    double steps = static_cast<double>(std::max<int64_t>(1, engine_.next_step() - first_step_));
    if (evaluated_.is_null() || evaluated_step_ != engine_.next_step()) evaluate();
    Json out = evaluated_.is_null() ? Json::object() : evaluated_;
    out["loss"] = loss_;
    out["images_per_s"] = images_per_s();
    out["workers"] = 1;
    out["threads"] = threads_;
    out["iterations"] = engine_.next_step();
    out["groups"] = groups_;
    out["step_ms"] = 1e3 * wall_ / steps;
    out["compute_ms"] = 1e3 * times_.compute / steps;
    out["sync_exposed_ms"] = 1e3 * times_.sync / steps;
    out["schedule_ms"] = 1e3 * (wall_ - times_.loop) / steps;
    out["seconds"] = since(start_);
    Model fitted = engine_.fitted();
    out["weights_sha256"] = weights_sha256(fitted.table, fitted.values.data());
    return out;
  }

  const LocalFit& job_;
  const std::function<void(const std::string&)>& on_event_;
  const std::atomic<bool>* stop_;
  std::optional<SummaryFolder> summary_;
  bool ended_ = false;  // before the last iteration
  int threads_ = 1;
  Engine engine_;
  CheckpointFolder checkpoints_;
  LocalCollective peers_;
  Assignment part_;
  Clock::time_point start_;
  int64_t first_step_ = 0, group_ = 1, groups_ = 0, samples_ = 0, saved_step_ = -1;
  Times times_, newest_;  // of all groups, of the newest
  double took_ = 0, per_step_ = 0;
  double wall_ = 0, loss_ = 0, epoch_loss_ = 0;
  int64_t epoch_samples_ = 0;
  Json evaluated_;
  int64_t evaluated_step_ = -1;
};

}  // namespace

std::vector<std::string> deal_rows(std::string_view bytes, int shards) {
  Block all = parse_block(bytes, "data");
  std::vector<std::string> dealt;
  for (int s = 0; s < shards; ++s) {
    std::vector<uint8_t> x, y, weights;
    Block part = all;
    part.rows = 0;
    for (int64_t r = s; r < all.rows; r += shards, ++part.rows) {
      auto row = static_cast<size_t>(r);
      x.insert(x.end(), all.x + row * all.x_row_bytes(), all.x + (row + 1) * all.x_row_bytes());
      y.insert(y.end(), all.y + row * all.y_row_bytes(), all.y + (row + 1) * all.y_row_bytes());
      if (!all.weights) continue;
      const uint8_t* weight = all.weights + row * sizeof(float);
      weights.insert(weights.end(), weight, weight + sizeof(float));
    }
    part.x = x.data();
    part.y = y.data();
    part.weights = all.weights ? weights.data() : nullptr;
    dealt.push_back(pack_block(part));
  }
  return dealt;
}

LocalFitted fit_locally(const LocalFit& job,
                        const std::function<void(const std::string&)>& on_event,
                        const std::atomic<bool>* stop) {
  return Fitting(job, on_event, stop).run();
}

}  // namespace firesteel
