// SPDX-License-Identifier: Apache-2.0
// Layers y = outer ELU(inner x), where ELU(x) = x for x > 0 and alpha (exp(x) - 1) elsewhere.
#pragma once

#include "nn/layers/math/pointwise.h"

namespace firesteel {

template <class Derived>
struct ScaledEluOf : LayerOf<Derived> {
  struct Factors {
    float inner = 1, outer = 1, alpha = 1;
  };
  virtual Factors factors() const = 0;

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override {
    float alpha = factors().alpha;
    take_any_layout(p, keeps_zero(Function::elu, alpha, 0));
    p.keep(make_elementwise(p.env(), Function::elu, p.result(), alpha));
    p.backward_reads_output();
    p.in_place();
  }
  void forward(Run& r) const override {
    auto [inner, outer, alpha] = factors();
    const void* x = r.x();
    if (inner != 1) x = multiply(r, x, inner);
    r.op<Elementwise>().forward(x, r.y());
    if (outer != 1) multiply(r, r.y(), outer);
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    // inner outer where the result is above zero, inner (y + outer alpha) elsewhere.
    map_slopes(r, r.y(), [f = factors()](auto y) {
      using T = decltype(y);
      T inner = static_cast<T>(f.inner), outer = static_cast<T>(f.outer);
      T below = outer * static_cast<T>(f.alpha), added = y > 0 ? outer : below;
      return inner * (std::min(y, T(0)) + added);
    });
  }

 private:
  static const void* multiply(const Run& r, const void* from, float factor) {
    map_values(r, from, r.y(), [factor](auto x) { return static_cast<decltype(x)>(factor) * x; });
    return r.y();
  }
};

}  // namespace firesteel
