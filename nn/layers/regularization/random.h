// SPDX-License-Identifier: Apache-2.0
// Layers that give random numbers, new ones for every row and step. Of the input only the number of
// rows counts. Where a model is applied, rows have no numbers of their own, and all get the same
// ones.
#pragma once

#include "nn/layers/regularization/noise.h"

namespace firesteel {

template <class Derived>
struct RandomOf : InferenceLayerOf<Derived> {
  Dims shape;

  Shapes infer(const Shapes& in) const override {
    return {shape.empty() ? in[0] : with_batch(in[0][0], shape)};
  }
  Steps steps(const Shape&) const override { return Steps::each; }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* y = static_cast<T*>(r.y());
      int64_t per_row = numel(r.out()) / r.rows();
      each_draw(r, per_row, [&](int64_t at, int64_t count, const Philox& bits) {
        float four[4];
        this->draw(bits, four);
        for (int64_t i = 0; i < count; ++i) y[at + i] = T(four[i]);
      });
    });
  }

 protected:
  // Four numbers of the distribution, from as many random words.
  virtual void draw(const Philox& bits, float* four) const = 0;
};

}  // namespace firesteel
