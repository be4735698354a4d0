// SPDX-License-Identifier: Apache-2.0
// Functions of one element that backend/ has, in any layout that suits and, where backward allows
// it, in place.
#pragma once

#include "nn/layers/math/pointwise.h"

namespace firesteel {

template <class Derived, Function kFunction>
struct ActivationOf : LayerOf<Derived> {
  virtual Function function() const { return kFunction; }
  virtual float alpha_of_function() const { return 0; }
  virtual float beta_of_function() const { return 0; }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }

  Role role() const override {
    bool relu = kFunction == Function::relu || kFunction == Function::relu6;
    return relu ? Role::relu : Role::other;
  }
  float most() const override {
    return kFunction == Function::relu6 ? 6.f : std::numeric_limits<float>::infinity();
  }
  void prepare(Prepare& p) const override {
    float alpha = alpha_of_function(), beta = beta_of_function();
    take_any_layout(p, keeps_zero(function(), alpha, beta));
    p.keep(make_elementwise(p.env(), function(), p.result(), alpha, beta));
    if (backward_needs_dst(function())) {
      p.backward_reads_output();
    } else if (!backward_needs_nothing(function())) {
      p.backward_reads_input();
    }
    p.in_place();
  }
  void forward(Run& r) const override { r.op<Elementwise>().forward(r.x(), r.y()); }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    const void* known = backward_needs_nothing(function()) ? r.dy()
                        : backward_needs_dst(function())   ? r.y()
                                                           : r.x();
    r.op<Elementwise>().backward(known, r.dy(), r.dx());
  }
};

}  // namespace firesteel
