// SPDX-License-Identifier: Apache-2.0
// Fill: y = value everywhere, whatever x is.
#include <algorithm>

#include "nn/layer.h"

namespace firesteel {

struct Fill final : InferenceLayerOf<Fill> {
  float value = 0;
  Dims shape;

  static constexpr auto schema() {
    return Schema{
        "Fill", "shape", "Gives one number everywhere, in the shape of its input or another one.",
        attr("value", &Fill::value, "the number"),
        attr("shape", &Fill::shape,
             "extents of the result without the batch; empty: those of the input", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"value", 1.5}, {"shape", Dims{3, 2}}}, .in = {{2, 4}}};
  }

  Shapes infer(const Shapes& in) const override {
    return {shape.empty() ? in[0] : with_batch(in[0][0], shape)};
  }
  Steps steps(const Shape&) const override { return Steps::each; }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      std::fill_n(static_cast<T*>(r.y()), r.elements(), static_cast<T>(value));
    });
  }
};
FIRESTEEL_LAYER(Fill);

}  // namespace firesteel
