// SPDX-License-Identifier: Apache-2.0
// Layers that give the same numbers another shape.
#pragma once

#include "nn/layer.h"

namespace firesteel {

template <class Derived>
struct ReshapeOf : LayerOf<Derived> {
  void prepare(Prepare& p) const override { p.in_place(); }
  void forward(Run& r) const override { r.pass_on(r.x(), r.y()); }
  void backward(Run& r) const override {
    if (r.dx()) r.pass_on(r.dy(), r.dx());
  }
};

}  // namespace firesteel
