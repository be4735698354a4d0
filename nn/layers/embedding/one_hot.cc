// SPDX-License-Identifier: Apache-2.0
// OneHot: y[i, k] = on_value where id x[i] = k, else off_value.
#include <algorithm>

#include "nn/layer.h"

namespace firesteel {

struct OneHot final : InferenceLayerOf<OneHot> {
  int64_t depth = 0;
  float on_value = 1, off_value = 0;

  static constexpr auto schema() {
    return Schema{"OneHot",
                  "embedding",
                  "Replaces each id by a row with one number that differs, at its place; by a row "
                  "without one where the id is not below depth or is negative. It has no gradient.",
                  required("depth", &OneHot::depth, "numbers in a row", positive),
                  attr("on_value", &OneHot::on_value, "the number at the id's place"),
                  attr("off_value", &OneHot::off_value, "all other numbers")};
  }
  static Sample sample() {
    return {.attrs = {{"depth", int64_t{4}}, {"on_value", 2.0}, {"off_value", -0.5}},
            .in = {{2, 3}},
            .ids_below = 5};
  }

  Shapes infer(const Shapes& in) const override {
    Shape out = in[0];
    out.push_back(depth);
    return {out};
  }
  Steps steps(const Shape&) const override { return Steps::each; }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* ids = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      std::fill_n(y, numel(r.out()), static_cast<T>(off_value));
      for (int64_t i = 0; i < numel(r.in()); ++i, y += depth) {
        bool known = ids[i] >= T(-0.5) && ids[i] < static_cast<T>(depth) - T(0.5);
        if (known) y[static_cast<int64_t>(ids[i] + T(0.5))] = static_cast<T>(on_value);
      }
    });
  }
};
FIRESTEEL_LAYER(OneHot);

}  // namespace firesteel
