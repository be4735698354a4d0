// SPDX-License-Identifier: Apache-2.0
#include "train/predictor.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>

#include "core/threads.h"
#include "train/shards.h"

namespace firesteel {
namespace {
// Rows of a chunk at most: enough for efficiency.
constexpr int64_t kMostRows = 128;
// What all values of a chunk may take, to stay in the caches.
constexpr size_t kChunkBytes = size_t{32} << 20;

// The sum of chunks in their order, whichever is done first; few of them are kept.
class InOrder {
 public:
  explicit InOrder(EvalSums* total) : total_(*total) {}

  void add(size_t chunk, EvalSums part) {
    std::lock_guard lock(mutex_);
    waiting_.emplace(chunk, std::move(part));
    for (; !waiting_.empty() && waiting_.begin()->first == next_; ++next_) {
      total_ += waiting_.begin()->second;
      waiting_.erase(waiting_.begin());
    }
  }

 private:
  EvalSums& total_;
  std::mutex mutex_;
  std::map<size_t, EvalSums> waiting_;
  size_t next_ = 0;
};

}  // namespace

EvalSums& EvalSums::operator+=(const EvalSums& other) {
  rows += other.rows;
  loss.sum += other.loss.sum;
  loss.normaliser += other.loss.normaliser;
  metrics.resize(std::max(metrics.size(), other.metrics.size()));
  for (size_t m = 0; m < other.metrics.size(); ++m) {
    metrics[m].resize(other.metrics[m].size());
    for (size_t i = 0; i < metrics[m].size(); ++i) metrics[m][i] += other.metrics[m][i];
  }
  return *this;
}

Predictor::Predictor(Model model, DType compute)
    : model_(std::move(model)),
      env_{.compute = compute, .training = false},
      packed_(env_, model_.values.data()) {}

Predictor::~Predictor() = default;

std::unique_ptr<Replica> Predictor::borrow(size_t outputs) {
  std::lock_guard lock(mutex_);
  Pool& pool = pools_[outputs];
  if (!pool.graph) {
    pool.graph = std::make_shared<const Graph>(model_.graph->with_first_outputs(outputs));
  }
  if (pool.idle.empty()) {
    return std::make_unique<Replica>(pool.graph, model_.table, env_, packed_, nullptr);
  }
  auto replica = std::move(pool.idle.back());
  pool.idle.pop_back();
  return replica;
}

void Predictor::give_back(size_t outputs, std::unique_ptr<Replica> replica) {
  std::lock_guard lock(mutex_);
  pools_[outputs].idle.push_back(std::move(replica));
}

int64_t Predictor::rows_that_fit() {
  std::call_once(measured_, [&] {
    auto replica = borrow(1);
    size_t row_bytes = replica->plan(1).arena_bytes();
    give_back(1, std::move(replica));
    auto fit = static_cast<int64_t>(kChunkBytes / std::max<size_t>(1, row_bytes));
    rows_that_fit_ = std::clamp<int64_t>(fit, 1, kMostRows);
  });
  return rows_that_fit_;
}

// No larger than the caches like it, and a chunk for every thread; threads that are left over share
// a chunk.
Predictor::Cut Predictor::cut(int64_t rows, int threads) {
  int64_t each = (rows + threads - 1) / threads;
  int64_t chunk = std::clamp<int64_t>(each, 1, rows_that_fit());
  int64_t chunks = (rows + chunk - 1) / chunk;
  return {chunk, static_cast<int>(std::max<int64_t>(1, threads / std::max<int64_t>(1, chunks)))};
}

void Predictor::each_chunk(const Block& block, int threads, const Cut& cut, size_t outputs,
                           const OnChunk& on_chunk) {
  require(block.x_shape == model_.input_shape(), "the model takes rows of shape ",
          model_.input_shape(), ", got ", block.x_shape);
  int64_t chunks = (block.rows + cut.rows - 1) / cut.rows;
  std::atomic<int64_t> next{0};
  auto work = [&](int) {
    auto replica = borrow(outputs);
    for (int64_t c = next++; c < chunks; c = next++) {
      int64_t begin = c * cut.rows, end = std::min(begin + cut.rows, block.rows);
      int64_t rows = end - begin;
      Plan& plan = replica->filled_plan(std::min(cut.rows, bucket_of(rows)), rows,
                                        [&](float* x) { copy_rows(block, begin, end, x); });
      plan.forward({.lengths = replica->lengths});
      on_chunk(static_cast<size_t>(c), begin, plan, rows);
    }
    give_back(outputs, std::move(replica));
  };
  Crew crew(static_cast<int>(std::clamp<int64_t>(threads, 1, std::max<int64_t>(1, chunks))),
            cut.inside);
  crew.run(work);
}

std::string Predictor::predict(const Block& block, int threads) {
  return std::move(predict_outputs(block, threads, 1)[0]);
}

std::vector<std::string> Predictor::predict_outputs(const Block& block, int threads,
                                                    size_t outputs) {
  std::vector<size_t> row_bytes;
  std::vector<std::string> out;
  for (size_t i = 0; i < outputs; ++i) {
    row_bytes.push_back(static_cast<size_t>(numel(model_.output_shape(i))) * sizeof(float));
    out.emplace_back(static_cast<size_t>(block.rows) * row_bytes[i], '\0');
  }
  Cut parts = cut(block.rows, std::max(1, threads));
  each_chunk(block, threads, parts, outputs,
             [&](size_t, int64_t begin, const Plan& plan, int64_t rows) {
               for (size_t i = 0; i < outputs; ++i) {
                 std::memcpy(out[i].data() + static_cast<size_t>(begin) * row_bytes[i],
                             plan.output(i), static_cast<size_t>(rows) * row_bytes[i]);
               }
             });
  return out;
}

EvalSums Predictor::evaluate(const FitSpec& spec, const Block& block, int threads) {
  check_fit(model_, spec, labels_of(block));
  // The cut and the threads of a chunk must not depend on the machine: the same bits everywhere.
  Cut fixed = cut(block.rows, 1);
  EvalSums total;
  for (const auto& metric : spec.metrics) total.metrics.emplace_back(metric->sums());
  InOrder in_order(&total);
  size_t outputs = spec.loss.evaluated();
  for (const auto& metric : spec.metrics) outputs = std::max(outputs, metric->outputs());
  each_chunk(block, threads, fixed, outputs,
             [&](size_t chunk, int64_t begin, const Plan& plan, int64_t rows) {
               Labels labels = labels_of(block, begin);
               std::vector<Shape> shapes;
               std::vector<const void*> values;
               for (size_t i = 0; i < outputs; ++i) {
                 shapes.push_back(plan.output_shape(i));
                 shapes.back()[0] = rows;
                 values.push_back(plan.output(i));
               }
               EvalSums part{
                   .rows = rows, .loss = spec.loss.evaluate(shapes, values, labels), .metrics = {}};
               for (const auto& metric : spec.metrics) {
                 auto& sums = part.metrics.emplace_back(metric->sums());
                 metric->measure_outputs(shapes, values, labels, sums);
               }
               in_order.add(chunk, std::move(part));
             });
  return total;
}

}  // namespace firesteel
