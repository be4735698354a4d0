// SPDX-License-Identifier: Apache-2.0
// SequenceMask: y[..., t] = 1 where t < x[...], else 0.
#include "nn/layer.h"

namespace firesteel {

struct SequenceMask final : InferenceLayerOf<SequenceMask> {
  int64_t length = 1;

  static constexpr auto schema() {
    return Schema{"SequenceMask", "shape",
                  "Makes rows of ones out of their lengths, filled up with zeros.",
                  required("length", &SequenceMask::length, "numbers in a row", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"length", int64_t{5}}}, .in = {{3, 2}}, .ids_below = 7};
  }

  Shapes infer(const Shapes& in) const override {
    Shape out = in[0];
    out.push_back(length);
    return {out};
  }
  Steps steps(const Shape& in) const override { return in.size() > 1 ? Steps::each : Steps::mixed; }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      for (int64_t i = 0; i < numel(r.in()); ++i) {
        for (int64_t t = 0; t < length; ++t) *y++ = static_cast<T>(t) < x[i] ? T(1) : T(0);
      }
    });
  }
};
FIRESTEEL_LAYER(SequenceMask);

}  // namespace firesteel
