// SPDX-License-Identifier: Apache-2.0
// Functions of one element in plain loops, for those that backend/ does not have. A layer of them
// has
//   template <class T> T value(T x) const;
//   template <class T> T slope(T x) const;  // where it has a gradient: the derivative at x
// and nothing else. Loops become vector code where both are free of branches and calls; a choice
// between two numbers that are there anyway is no branch.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/threads.h"
#include "core/vector_loop.h"
#include "nn/layer.h"

namespace firesteel {

// Numbers that are worth a thread's start.
inline constexpr int64_t kNumbersOfPointwise = 8 << 10;

// to = f(from) for all elements, padding of blocked layouts included.
template <class F>
void map_values(const Run& r, const void* from, void* to, const F& f) {
  by_types(r, [&]<class T, class Value>() {
    parallel_for(r.elements(), kNumbersOfPointwise, [&](int64_t begin, int64_t end) {
      const F own = f;  // that no store can change
      auto* x = static_cast<const Value*>(from);
      auto* y = static_cast<Value*>(to);
      FIRESTEEL_VECTOR_LOOP
      for (int64_t i = begin; i < end; ++i) y[i] = Value(own(static_cast<T>(x[i])));
    });
  });
}

// to = f(a, b).
template <class F>
void map_pairs(const Run& r, const void* a, const void* b, void* to, const F& f) {
  by_types(r, [&]<class T, class Value>() {
    parallel_for(r.elements(), kNumbersOfPointwise, [&](int64_t begin, int64_t end) {
      const F own = f;
      auto *A = static_cast<const Value*>(a), *B = static_cast<const Value*>(b);
      auto* y = static_cast<Value*>(to);
      FIRESTEEL_VECTOR_LOOP
      for (int64_t i = begin; i < end; ++i) {
        y[i] = Value(own(static_cast<T>(A[i]), static_cast<T>(B[i])));
      }
    });
  });
}

// dx = dy slope(known), of the input or the output.
template <class F>
void map_slopes(const Run& r, const void* known, const F& slope) {
  by_types(r, [&]<class T, class Value>() {
    parallel_for(r.elements(), kNumbersOfPointwise, [&](int64_t begin, int64_t end) {
      const F own = slope;
      auto* a = static_cast<const Value*>(known);
      auto* dy = static_cast<const Value*>(r.dy());
      auto* dx = static_cast<Value*>(r.dx());
      FIRESTEEL_VECTOR_LOOP
      for (int64_t i = begin; i < end; ++i) {
        // First, or a slope of 0 or 1 becomes a branch around the product.
        T here = own(static_cast<T>(a[i]));
        dx[i] = Value(static_cast<T>(dy[i]) * here);
      }
    });
  });
}

// Any layout is taken where it has no padding, or where its padding stays zero.
inline void take_any_layout(Prepare& p, bool zero_stays) {
  bool whole = p.offered().elements() == numel(p.in());
  if (!whole && !zero_stays) return;
  p.take_as_offered();
  p.set_output(0, p.offered());
}

template <class Derived, class Base>
struct PointwiseForward : Base {
  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override {
    take_any_layout(p, self().value(0.0) == 0);
    p.in_place();
  }
  void forward(Run& r) const override {
    map_values(r, r.x(), r.y(), [f = self()](auto x) { return f.value(x); });
  }

 protected:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

template <class Derived>
using InferencePointwiseOf = PointwiseForward<Derived, InferenceLayerOf<Derived>>;

template <class Derived>
struct PointwiseOf : PointwiseForward<Derived, LayerOf<Derived>> {
  void prepare(Prepare& p) const override {
    take_any_layout(p, this->self().value(0.0) == 0 && std::isfinite(this->self().slope(0.0)));
    p.backward_reads_input();
    p.in_place();
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    map_slopes(r, r.x(), [f = this->self()](auto x) { return f.slope(x); });
  }
};

}  // namespace firesteel
