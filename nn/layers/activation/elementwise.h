// SPDX-License-Identifier: Apache-2.0
// Activations of one element without attributes, in any layout and in place.
#pragma once

#include "nn/layer.h"

namespace firesteel {

template <class Derived, Function kFunction>
struct ActivationOf : LayerOf<Derived> {
  Shapes infer(const Shapes& in) const override { return {in[0]}; }

  void prepare(Prepare& p) const override {
    p.take_as_offered();
    p.set_output(0, p.offered());
    p.keep(make_elementwise(p.env(), kFunction, p.offered()));
    p.backward_reads_output();
    p.in_place();
  }
  void forward(Run& r) const override { r.op<Elementwise>().forward(r.x(), r.y()); }
  void backward(Run& r) const override {
    if (r.dx()) r.op<Elementwise>().backward(r.y(), r.dy(), r.dx());
  }
};

}  // namespace firesteel
