// SPDX-License-Identifier: Apache-2.0
// Softmax: y = exp(x) / sum of exp(x), over the last extent.
#include <algorithm>
#include <cmath>

#include "nn/layer.h"

namespace firesteel {

struct Softmax final : LayerOf<Softmax> {
  static constexpr auto schema() {
    return Schema{"Softmax", "activation",
                  "Turns the last extent into probabilities. Train with "
                  "CrossEntropy on the numbers before it."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 5}}}; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 2, "input must have at least one extent besides the batch");
    return {in[0]};
  }
  void prepare(Prepare& p) const override {
    p.backward_reads_output();
    p.in_place();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      int64_t n = r.in().back();
      for (int64_t at = 0; at < numel(r.in()); at += n) {
        T most = *std::max_element(x + at, x + at + n), sum = 0;
        for (int64_t i = at; i < at + n; ++i) sum += y[i] = std::exp(x[i] - most);
        for (int64_t i = at; i < at + n; ++i) y[i] /= sum;
      }
    });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* y = static_cast<const T*>(r.y());
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      int64_t n = r.in().back();
      for (int64_t at = 0; at < numel(r.in()); at += n) {
        T dot = 0;
        for (int64_t i = at; i < at + n; ++i) dot += y[i] * dy[i];
        for (int64_t i = at; i < at + n; ++i) dx[i] = y[i] * (dy[i] - dot);
      }
    });
  }
};
FIRESTEEL_LAYER(Softmax);

}  // namespace firesteel
