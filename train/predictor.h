// SPDX-License-Identifier: Apache-2.0
// Predictor: a model in inference mode, shared by any number of calling threads.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/block.h"
#include "train/replica.h"
#include "train/spec.h"

namespace firesteel {

struct EvalSums {
  int64_t rows = 0;
  LossSum loss;
  std::vector<MetricSum> metrics;  // in the order of the spec; empty: none yet

  EvalSums& operator+=(const EvalSums& other);
};

class Predictor {
 public:
  // The model must know its input shape. compute: as compute_type() gives it.
  explicit Predictor(Model model, DType compute = DType::f32);
  ~Predictor();

  const Model& model() const { return model_; }
  // f32 outputs, row after row. Throws ShapeError when the rows are not what the model takes.
  std::string predict(const Block& block, int threads);
  // The same bits for any number of threads.
  EvalSums evaluate(const FitSpec& spec, const Block& block, int threads);

 private:
  // Called with (number of the chunk, its first row, shape and data of its output).
  using OnChunk = std::function<void(size_t, int64_t, const Shape&, const float*)>;
  struct Cut {
    int64_t rows;  // of a chunk
    int inside;    // threads of one chunk
  };
  Cut cut(int64_t rows, int threads);
  // Rows whose values fit into the caches together.
  int64_t rows_that_fit();
  void each_chunk(const Block& block, int threads, const Cut& cut, const OnChunk& on_chunk);
  std::unique_ptr<Replica> borrow();
  void give_back(std::unique_ptr<Replica> replica);

  Model model_;
  std::shared_ptr<const Graph> graph_;  // of what predictions need
  Env env_;
  PackedParams packed_;
  std::once_flag measured_;
  int64_t rows_that_fit_ = 1;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Replica>> idle_;
};

}  // namespace firesteel
