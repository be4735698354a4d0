// SPDX-License-Identifier: Apache-2.0
#include "train/predictor.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "core/threads.h"
#include "train/shards.h"

namespace firesteel {
namespace {
// Rows of a chunk: enough for efficiency, few enough for any memory.
constexpr int64_t kChunkRows = 128;
}  // namespace

Predictor::Predictor(Model model)
    : model_(std::move(model)), env_{.training = false}, packed_(env_, model_.values.data()) {}

Predictor::~Predictor() = default;

std::unique_ptr<Replica> Predictor::borrow() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) {
    return std::make_unique<Replica>(model_.graph, model_.table, env_, packed_, nullptr);
  }
  auto replica = std::move(idle_.back());
  idle_.pop_back();
  return replica;
}

void Predictor::give_back(std::unique_ptr<Replica> replica) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(replica));
}

void Predictor::each_chunk(const Block& block, int threads, const OnChunk& on_chunk) {
  require(block.x_shape == model_.input_shape(), "the model takes rows of shape ",
          model_.input_shape(), ", got ", block.x_shape);
  int64_t chunks = (block.rows + kChunkRows - 1) / kChunkRows;
  std::atomic<int64_t> next{0};
  auto work = [&](int) {
    auto replica = borrow();
    for (int64_t c = next++; c < chunks; c = next++) {
      int64_t begin = c * kChunkRows, end = std::min(begin + kChunkRows, block.rows);
      Plan& plan = replica->plan(end - begin);
      copy_rows(block, begin, end, static_cast<float*>(plan.input()));
      plan.forward({});
      on_chunk(static_cast<size_t>(c), begin, plan.output_shape(),
               static_cast<const float*>(plan.output()));
    }
    give_back(std::move(replica));
  };
  Crew crew(static_cast<int>(std::clamp<int64_t>(threads, 1, std::max<int64_t>(1, chunks))));
  crew.run(work);
}

std::string Predictor::predict(const Block& block, int threads) {
  size_t row_bytes = static_cast<size_t>(numel(model_.output_shape())) * sizeof(float);
  std::string out(static_cast<size_t>(block.rows) * row_bytes, '\0');
  each_chunk(block, threads, [&](size_t, int64_t begin, const Shape& shape, const float* data) {
    std::memcpy(out.data() + static_cast<size_t>(begin) * row_bytes, data,
                static_cast<size_t>(shape[0]) * row_bytes);
  });
  return out;
}

EvalSums Predictor::evaluate(const FitSpec& spec, const Block& block, int threads) {
  check_fit(model_, spec, labels_of(block));
  std::vector<EvalSums> parts(static_cast<size_t>((block.rows + kChunkRows - 1) / kChunkRows));
  each_chunk(block, threads,
             [&](size_t chunk, int64_t begin, const Shape& shape, const float* data) {
               Labels labels = labels_of(block, begin);
               parts[chunk].loss = spec.loss->run(DType::f32, shape, data, labels, nullptr);
               for (const auto& metric : spec.metrics) {
                 parts[chunk].metrics.push_back(metric->measure(shape, data, labels));
               }
             });
  EvalSums total{block.rows, {}, std::vector<MetricSum>(spec.metrics.size())};
  for (const EvalSums& part : parts) {
    total.loss.sum += part.loss.sum;
    total.loss.normaliser += part.loss.normaliser;
    for (size_t m = 0; m < part.metrics.size(); ++m) {
      total.metrics[m].sum += part.metrics[m].sum;
      total.metrics[m].count += part.metrics[m].count;
    }
  }
  return total;
}

}  // namespace firesteel
