// SPDX-License-Identifier: Apache-2.0
// Unfold: y[c K + k, l] = point k of window l of channel c of x, where a window has K points.
#include "nn/layers/convolution/unfold.h"

namespace firesteel {

struct Unfold final : DescribedBy<Unfold, ColumnLayer> {
  static constexpr auto schema() {
    return Schema{"Unfold",      "convolution",   "Makes a column of each window of an image.",
                  kColumnKernel, kColumnDilation, kColumnPadding,
                  kColumnStride};
  }
  static Sample sample() {
    return {.attrs = {{"kernel_size", Dims{3, 2}}, {"padding", Dims{1}}, {"stride", Dims{2, 1}}},
            .in = {{2, 3, 5, 4}}};
  }

  Shapes infer(const Shapes& in) const override {
    Shape out = window().output(in[0], in[0][1], "window");
    Dims kernel = window().kernel;
    return {{out[0], out[1] * kernel[0] * kernel[1], out[2] * out[3]}};
  }

  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<Plane>(window(), p.in()[2], p.in()[3]));
  }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      unfold(r.op<Plane>(), r.in()[0] * r.in()[1], static_cast<const T*>(r.x()),
             static_cast<T*>(r.y()));
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      fold(r.op<Plane>(), r.in()[0] * r.in()[1], static_cast<const T*>(r.dy()),
           static_cast<T*>(r.dx()));
    });
  }
};
FIRESTEEL_LAYER(Unfold);

}  // namespace firesteel
