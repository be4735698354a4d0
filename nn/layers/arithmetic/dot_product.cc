// SPDX-License-Identifier: Apache-2.0
// DotProduct: y = sum over i of a[i] b[i], over the last extent.
#include "nn/layers/arithmetic/row_pairs.h"

namespace firesteel {

struct DotProduct final : RowPairsOf<DotProduct> {
  static constexpr auto schema() {
    return Schema{"DotProduct", "arithmetic",
                  "Multiplies the rows of two inputs, their last extents.", kKeepdim};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 2, 9}, {3, 2, 9}}}; }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_pair<T>(r, [&](int64_t row, const T* a, const T* b, int64_t width) {
        static_cast<T*>(r.y())[row] = dot(a, b, width);
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto scale = [](T by, const T* from, void* dx, int64_t row, int64_t width) {
        T* to = static_cast<T*>(dx) + row * width;
        for (int64_t i = 0; i < width; ++i) to[i] = by * from[i];
      };
      each_pair<T>(r, [&](int64_t row, const T* a, const T* b, int64_t width) {
        T dy = static_cast<const T*>(r.dy())[row];
        if (r.dx(0)) scale(dy, b, r.dx(0), row, width);
        if (r.dx(1)) scale(dy, a, r.dx(1), row, width);
      });
    });
  }
};
FIRESTEEL_LAYER(DotProduct);

}  // namespace firesteel
