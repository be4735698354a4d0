// SPDX-License-Identifier: Apache-2.0
// Masking: y[n, t] = 0 where all numbers of step x[n, t] are mask_value, else x[n, t].
#include <algorithm>

#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"

namespace firesteel {

struct Masking final : LayerOf<Masking> {
  float mask_value = 0;

  static constexpr auto schema() {
    return Schema{"Masking", "shape",
                  "Makes steps (second extent) zero that are filled with one value.",
                  attr("mask_value", &Masking::mask_value, "the value")};
  }
  static Sample sample() { return {.attrs = {{"mask_value", 0.5}}, .in = {{2, 3, 4}}}; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 3, "input must be steps of numbers, got ", without_batch(in[0]));
    return {in[0]};
  }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override {
    p.in_place();
    p.save(static_cast<size_t>(p.in()[0] * p.in()[1]));  // by step, whether it is left as it is
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_step(r, [&](int64_t step, int64_t width, bool& stays) {
        auto* x = static_cast<const T*>(r.x()) + step * width;
        auto value = static_cast<T>(mask_value);
        stays = !std::all_of(x, x + width, [value](T number) { return number == value; });
        move(x, static_cast<T*>(r.y()) + step * width, width, stays);
      });
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      each_step(r, [&](int64_t step, int64_t width, bool& stays) {
        move(static_cast<const T*>(r.dy()) + step * width, static_cast<T*>(r.dx()) + step * width,
             width, stays);
      });
    });
  }

 private:
  template <class Body>
  static void each_step(const Run& r, const Body& body) {
    int64_t steps = r.in()[0] * r.in()[1], width = r.elements() / steps;
    auto* stays = static_cast<bool*>(r.saved());
    each_row(steps, width, [&](int64_t step) { body(step, width, stays[step]); });
  }
  template <class T>
  static void move(const T* from, T* to, int64_t width, bool stays) {
    if (!stays) {
      std::fill_n(to, width, T(0));
    } else if (from != to) {
      std::copy_n(from, width, to);
    }
  }
};
FIRESTEEL_LAYER(Masking);

}  // namespace firesteel
