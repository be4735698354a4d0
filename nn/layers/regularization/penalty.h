// SPDX-License-Identifier: Apache-2.0
// Layers that pass numbers on and add a penalty to the loss: in backward, its gradient to theirs.
//
// Gradients that reach a layer are those of the loss summed over the rows; after the sum over all
// workers they are divided by the loss' normaliser, which is the number of rows where rows do not
// count differently. So the penalty is that of each row, and what is minimised is the mean over
// rows. The reported loss does not have it. Steps of padding have none.
#pragma once

#include <cmath>

#include "nn/layer.h"

namespace firesteel {

template <class Derived>
struct PenaltyOf : LayerOf<Derived> {
  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::followed; }
  void prepare(Prepare& p) const override {
    p.backward_reads_input();
    p.in_place();
  }
  void forward(Run& r) const override { r.pass_on(r.x(), r.y()); }

 protected:
  // dx = dy + gradient(x).
  template <class T, class Gradient>
  static void add(const Run& r, const Gradient& gradient) {
    int64_t n = r.elements() / r.rows();
    for (int64_t row = 0; row < r.rows(); ++row) {
      auto* x = static_cast<const T*>(r.x()) + row * n;
      auto* dy = static_cast<const T*>(r.dy()) + row * n;
      auto* dx = static_cast<T*>(r.dx()) + row * n;
      int64_t count = r.padded() ? n / r.in()[1] * r.length(row) : n;
      for (int64_t i = 0; i < count; ++i) dx[i] = dy[i] + gradient(x[i]);
      for (int64_t i = count; i < n; ++i) dx[i] = dy[i];
    }
  }
  template <class T>
  static T sign(T x) {
    return T(x > 0) - T(x < 0);
  }
};

}  // namespace firesteel
