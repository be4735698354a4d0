// SPDX-License-Identifier: Apache-2.0
// CrossEntropy: sum over rows of log(sum over c of exp(x[c])) - x[label], on unnormalised scores.
#include <algorithm>
#include <cmath>

#include "nn/loss.h"
#include "nn/run.h"

namespace firesteel {

struct CrossEntropy final : LossOf<CrossEntropy> {
  static constexpr auto schema() {
    return Schema{"CrossEntropy", "loss",
                  "Negative log-likelihood of the true class, from scores "
                  "before the softmax and class ids; the mean over rows."};
  }

  void check(const Shape& output, const Labels& labels) const override {
    require(output.size() == 1,
            "CrossEntropy: the model's output must be one score per class, got "
            "shape ",
            output);
    require(numel(labels.row_shape) == 1,
            "CrossEntropy: labels must be one class id per row, got "
            "shape ",
            labels.row_shape);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    LossSum total;
    by_dtype(dtype, [&]<class T>() {
      total = sum(shape, static_cast<const T*>(output), labels, static_cast<T*>(gradient));
    });
    return total;
  }

 private:
  template <class T>
  static LossSum sum(const Shape& shape, const T* scores, const Labels& labels, T* gradient) {
    int64_t rows = shape[0], classes = shape[1];
    double total = 0;
    for (int64_t r = 0; r < rows; ++r) {
      const T* x = scores + r * classes;
      int64_t label = labels.class_id(r, classes);
      T most = *std::max_element(x, x + classes), sum = 0;
      for (int64_t c = 0; c < classes; ++c) sum += std::exp(x[c] - most);
      total += static_cast<double>(std::log(sum) + most - x[label]);
      if (!gradient) continue;
      T* dx = gradient + r * classes;
      for (int64_t c = 0; c < classes; ++c) dx[c] = std::exp(x[c] - most) / sum;
      dx[label] -= 1;
    }
    return {total, static_cast<double>(rows)};
  }
};
FIRESTEEL_LOSS(CrossEntropy);

}  // namespace firesteel
