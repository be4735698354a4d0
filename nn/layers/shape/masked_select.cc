// SPDX-License-Identifier: Apache-2.0
// MaskedSelect: y[n] = the numbers of x[n] where the mask is true, one after the other.
#include <algorithm>

#include "nn/layer.h"
#include "nn/layers/shape/ids.h"

namespace firesteel {

struct MaskedSelect final : LayerOf<MaskedSelect> {
  float value = 0;

  static constexpr auto schema() {
    return Schema{"MaskedSelect", "shape",
                  "Takes the numbers of each row where the second input is true, that is, not 0. A "
                  "row of the result has room for all of them, and output 1 says how many it has.",
                  attr("value", &MaskedSelect::value, "what fills up the rest")};
  }
  static Sample sample() {
    return {.attrs = {{"value", -0.5}},
            .in = {{2, 3, 2}, {2, 3, 2}},
            .ids_below = 2,
            .ids_inputs = {1}};
  }

  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    require(in[0] == in[1], "inputs must have one shape, got ", without_batch(in[0]), " and ",
            without_batch(in[1]));
    return {{in[0][0], numel(without_batch(in[0]))}, {in[0][0]}};
  }
  void prepare(Prepare& p) const override { p.backward_reads_input(1); }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto *x = static_cast<const T*>(r.x()), *mask = static_cast<const T*>(r.x(1));
      auto* y = static_cast<T*>(r.y());
      int64_t width = r.out()[1];
      for (int64_t n = 0; n < r.rows(); ++n, x += width, mask += width, y += width) {
        int64_t count = 0;
        for (int64_t i = 0; i < width; ++i) {
          if (is_true(mask[i])) y[count++] = x[i];
        }
        std::fill(y + count, y + width, static_cast<T>(value));
        static_cast<T*>(r.y(1))[n] = static_cast<T>(count);
      }
    });
  }
  void backward(Run& r) const override {
    no_gradient(r, 1);
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto *dy = static_cast<const T*>(r.dy()), *mask = static_cast<const T*>(r.x(1));
      auto* dx = static_cast<T*>(r.dx());
      int64_t width = r.out()[1];
      for (int64_t n = 0; n < r.rows(); ++n, dx += width, mask += width, dy += width) {
        int64_t count = 0;
        for (int64_t i = 0; i < width; ++i) dx[i] = is_true(mask[i]) ? dy[count++] : T(0);
      }
    });
  }
};
FIRESTEEL_LAYER(MaskedSelect);

}  // namespace firesteel
