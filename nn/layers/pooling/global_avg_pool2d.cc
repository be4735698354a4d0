// SPDX-License-Identifier: Apache-2.0
// GlobalAvgPool2d: y[c] = mean of x[c] over height and width.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct GlobalAvgPool2d final : LayerOf<GlobalAvgPool2d> {
  static constexpr auto schema() {
    return Schema{"GlobalAvgPool2d", "pooling",
                  "Takes the mean of each channel of an image; a row "
                  "of one number per channel results."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4, 5}}}; }

  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    return {{in[0][0], in[0][1]}};
  }
  void prepare(Prepare&) const override {}

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      int64_t plane = r.in()[2] * r.in()[3];
      for (int64_t c = 0; c < numel(r.out()); ++c) {
        T sum = 0;
        for (int64_t i = 0; i < plane; ++i) sum += x[c * plane + i];
        y[c] = sum / static_cast<T>(plane);
      }
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      int64_t plane = r.in()[2] * r.in()[3];
      for (int64_t i = 0; i < numel(r.in()); ++i) dx[i] = dy[i / plane] / static_cast<T>(plane);
    });
  }
};
FIRESTEEL_LAYER(GlobalAvgPool2d);

}  // namespace firesteel
