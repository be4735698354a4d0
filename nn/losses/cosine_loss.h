// SPDX-License-Identifier: Apache-2.0
// Losses of the cosine between the vectors that outputs and labels have along the last extent.
#pragma once

#include "nn/losses/cosine.h"
#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

// Each vector has the loss kConstant - cos.
template <class Derived, int kConstant>
struct CosineLossOf : DescribedBy<Derived, Reduced<OutputLoss>> {
  void check(const Shape& output, const Labels& labels) const override {
    require(!output.empty(), this->kind(), ": the model's output must be vectors");
    require_as_many(this->kind(), output, labels);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    int64_t width = shape.back();
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      by_type_of(labels, [&](const auto* all) {
        for (int64_t at = 0; at < numel(shape); at += width) {
          const T* x = static_cast<const T*>(output) + at;
          const auto* y = all + at;
          CosineOfRows<T> cosine(x, y, width);
          total += static_cast<double>(kConstant - cosine.value);
          T* dx = gradient ? static_cast<T*>(gradient) + at : nullptr;
          for (int64_t i = 0; dx && i < width; ++i)
            dx[i] = -cosine.by_a(x[i], static_cast<T>(y[i]));
        }
      });
    });
    return {total, static_cast<const Derived&>(*this).normaliser(shape)};
  }

 private:
  friend Derived;
  CosineLossOf() = default;
};

}  // namespace firesteel
