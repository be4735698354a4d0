// SPDX-License-Identifier: Apache-2.0
#include "train/predictor.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "core/threads.h"
#include "train/shards.h"

namespace firesteel {
namespace {
// Rows of a chunk at most: enough for efficiency.
constexpr int64_t kMostRows = 128;
// What all values of a chunk may take, to stay in the caches.
constexpr size_t kChunkBytes = size_t{32} << 20;

}  // namespace

EvalSums& EvalSums::operator+=(const EvalSums& other) {
  rows += other.rows;
  loss.sum += other.loss.sum;
  loss.normaliser += other.loss.normaliser;
  metrics.resize(std::max(metrics.size(), other.metrics.size()));
  for (size_t m = 0; m < other.metrics.size(); ++m) {
    metrics[m].sum += other.metrics[m].sum;
    metrics[m].count += other.metrics[m].count;
  }
  return *this;
}

Predictor::Predictor(Model model, DType compute)
    : model_(std::move(model)),
      graph_(std::make_shared<const Graph>(model_.graph->with_first_output())),
      env_{.compute = compute, .training = false},
      packed_(env_, model_.values.data()) {}

Predictor::~Predictor() = default;

std::unique_ptr<Replica> Predictor::borrow() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) {
    return std::make_unique<Replica>(graph_, model_.table, env_, packed_, nullptr);
  }
  auto replica = std::move(idle_.back());
  idle_.pop_back();
  return replica;
}

void Predictor::give_back(std::unique_ptr<Replica> replica) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(replica));
}

int64_t Predictor::rows_that_fit() {
  std::call_once(measured_, [&] {
    auto replica = borrow();
    size_t row_bytes = replica->plan(1).arena_bytes();
    give_back(std::move(replica));
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

void Predictor::each_chunk(const Block& block, int threads, const Cut& cut,
                           const OnChunk& on_chunk) {
  require(block.x_shape == model_.input_shape(), "the model takes rows of shape ",
          model_.input_shape(), ", got ", block.x_shape);
  int64_t chunks = (block.rows + cut.rows - 1) / cut.rows;
  std::atomic<int64_t> next{0};
  auto work = [&](int) {
    auto replica = borrow();
    for (int64_t c = next++; c < chunks; c = next++) {
      int64_t begin = c * cut.rows, end = std::min(begin + cut.rows, block.rows);
      int64_t rows = end - begin;
      Plan& plan = replica->filled_plan(std::min(cut.rows, bucket_of(rows)), rows,
                                        [&](float* x) { copy_rows(block, begin, end, x); });
      plan.forward({.lengths = replica->lengths});
      Shape shape = plan.output_shape();
      shape[0] = rows;
      on_chunk(static_cast<size_t>(c), begin, shape, static_cast<const float*>(plan.output()));
    }
    give_back(std::move(replica));
  };
  Crew crew(static_cast<int>(std::clamp<int64_t>(threads, 1, std::max<int64_t>(1, chunks))),
            cut.inside);
  crew.run(work);
}

std::string Predictor::predict(const Block& block, int threads) {
  size_t row_bytes = static_cast<size_t>(numel(model_.output_shape())) * sizeof(float);
  std::string out(static_cast<size_t>(block.rows) * row_bytes, '\0');
  Cut parts = cut(block.rows, std::max(1, threads));
  each_chunk(block, threads, parts,
             [&](size_t, int64_t begin, const Shape& shape, const float* data) {
               std::memcpy(out.data() + static_cast<size_t>(begin) * row_bytes, data,
                           static_cast<size_t>(shape[0]) * row_bytes);
             });
  return out;
}

EvalSums Predictor::evaluate(const FitSpec& spec, const Block& block, int threads) {
  check_fit(model_, spec, labels_of(block));
  // The cut and the threads of a chunk must not depend on the machine: the same bits everywhere.
  Cut fixed = cut(block.rows, 1);
  std::vector<EvalSums> parts(static_cast<size_t>((block.rows + fixed.rows - 1) / fixed.rows));
  each_chunk(block, threads, fixed,
             [&](size_t chunk, int64_t begin, const Shape& shape, const float* data) {
               Labels labels = labels_of(block, begin);
               parts[chunk].rows = shape[0];
               parts[chunk].loss = spec.loss->run(DType::f32, shape, data, labels, nullptr);
               for (const auto& metric : spec.metrics) {
                 parts[chunk].metrics.push_back(metric->measure(shape, data, labels));
               }
             });
  EvalSums total{.metrics = std::vector<MetricSum>(spec.metrics.size())};
  for (const EvalSums& part : parts) total += part;
  return total;
}

}  // namespace firesteel
