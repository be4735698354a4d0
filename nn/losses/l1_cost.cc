// SPDX-License-Identifier: Apache-2.0
// L1Cost: |x|, whatever the labels.
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct L1Cost final : DescribedBy<L1Cost, Reduced<OutputLoss>> {
  L1Cost() { reduction = "sum"; }

  static constexpr auto schema() {
    return Schema{"L1Cost", "loss", "Sum of the absolute outputs; labels do not matter.",
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {}, .outputs = {{4}}, .labels = {}, .any_labels = true};
  }

  void check(const Shape&, const Labels&) const override {}

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels&,
              void* gradient) const override {
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      auto* x = static_cast<const T*>(output);
      auto* dx = static_cast<T*>(gradient);
      for (int64_t i = 0; i < numel(shape); ++i) {
        total += static_cast<double>(std::abs(x[i]));
        if (dx) dx[i] = sign_of(x[i]);
      }
    });
    return {total, normaliser(shape)};
  }
};
FIRESTEEL_LOSS(L1Cost);

}  // namespace firesteel
