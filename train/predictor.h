// SPDX-License-Identifier: Apache-2.0
// Predictor: a model in inference mode, shared by any number of calling threads.
#pragma once

#include <functional>
#include <map>
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
  std::vector<std::vector<double>> metrics;  // sums, in the order of the spec; empty: none yet

  EvalSums& operator+=(const EvalSums& other);
};

class Predictor {
 public:
  // The model must know its input shape. compute: as compute_type() gives it.
  explicit Predictor(Model model, DType compute = DType::f32);
  ~Predictor();

  const Model& model() const { return model_; }
  // f32 numbers of the first output, row after row. Throws ShapeError when the rows are not what the
  // model takes.
  std::string predict(const Block& block, int threads);
  // Of so many outputs.
  std::vector<std::string> predict_outputs(const Block& block, int threads, size_t outputs);
  // The same bits for any number of threads.
  EvalSums evaluate(const FitSpec& spec, const Block& block, int threads);

 private:
  // After forward of a chunk; the plan may have more rows than the chunk.
  using OnChunk = std::function<void(size_t chunk, int64_t first_row, const Plan&, int64_t rows)>;
  struct Cut {
    int64_t rows;  // of a chunk
    int inside;  // threads of one chunk
  };
  Cut cut(int64_t rows, int threads);
  // Rows whose values fit into the caches together.
  int64_t rows_that_fit();
  // Computes so many of the model's outputs.
  void each_chunk(const Block& block, int threads, const Cut& cut, size_t outputs,
                  const OnChunk& on_chunk);
  struct Pool {
    std::shared_ptr<const Graph> graph;
    std::vector<std::unique_ptr<Replica>> idle;
  };
  std::unique_ptr<Replica> borrow(size_t outputs);
  void give_back(size_t outputs, std::unique_ptr<Replica> replica);

  Model model_;
  Env env_;
  PackedParams packed_;
  std::once_flag measured_;
  int64_t rows_that_fit_ = 1;
  std::mutex mutex_;
  std::map<size_t, Pool> pools_;  // by how many outputs they compute
};

}  // namespace firesteel
