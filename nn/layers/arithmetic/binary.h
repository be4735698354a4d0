// SPDX-License-Identifier: Apache-2.0
// Functions of two numbers, element by element: a kind has
//   value(a, b)       the function
//   first(dy, a, b)   dy times its derivative by a, and second(dy, a, b) by b
#pragma once

#include "nn/layers/arithmetic/broadcast.h"

namespace firesteel {

template <class Derived, class Base>
struct BinaryValueOf : Base {  // NOLINT(bugprone-crtp-constructor-accessibility)
  static constexpr bool kZeroStays = false;  // value(0, 0) = 0, and so are derivatives times 0

  int least_inputs() const override { return 2; }
  Shapes infer(const Shapes& in) const override { return {broadcast_shape(in)}; }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override {
    prepare_broadcast(p, Derived::kZeroStays);
    if (p.in() == p.out()) p.in_place();
  }

  void forward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() {
      const auto& walk = r.op<Broadcast>();
      walk.each_run([&](const Broadcast::Run& run) {
        T rooms[3][Broadcast::kRun];
        const T* a = numbers<T, Value>(walk, 0, run, r.x(0), rooms[0]);
        const T* b = numbers<T, Value>(walk, 1, run, r.x(1), rooms[1]);
        T* y = place<T, Value>(run, r.y(), rooms[2]);
        for (int64_t i = 0; i < run.count(); ++i) y[i] = derived().value(a[i], b[i]);
        put<T, Value>(run, y, r.y());
      });
    });
  }

 protected:
  const Derived& derived() const { return static_cast<const Derived&>(*this); }
};

template <class Derived>
// NOLINTNEXTLINE(bugprone-crtp-constructor-accessibility)
struct BinaryOf : BinaryValueOf<Derived, LayerOf<Derived>> {
  static constexpr bool kDerivativesVary = true;  // with the inputs

  void prepare(Prepare& p) const override {
    BinaryValueOf<Derived, LayerOf<Derived>>::prepare(p);
    if (!Derived::kDerivativesVary) return;
    p.backward_reads_input(0);
    p.backward_reads_input(1);
  }

  void backward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() {
      const auto& walk = r.op<Broadcast>();
      zero_repeated<T>(r, walk);
      walk.each_run([&](const Broadcast::Run& run) {
        T rooms[3][Broadcast::kRun];
        const T* dy = numbers<T, Value>(run, r.dy(), rooms[2]);
        const T *a = dy, *b = dy;
        if constexpr (Derived::kDerivativesVary) {
          a = numbers<T, Value>(walk, 0, run, r.x(0), rooms[0]);
          b = numbers<T, Value>(walk, 1, run, r.x(1), rooms[1]);
        }
        const Derived& kind = this->derived();
        int64_t count = run.count();
        if (r.dx(1)) {
          put_gradient<T, Value>(walk, 1, run, r.dx(1), [&](T* g) {
            for (int64_t i = 0; i < count; ++i) g[i] = kind.second(dy[i], a[i], b[i]);
          });
        }
        // Last: it may take the place of dy.
        if (r.dx(0)) {
          put_gradient<T, Value>(walk, 0, run, r.dx(0), [&](T* g) {
            for (int64_t i = 0; i < count; ++i) g[i] = kind.first(dy[i], a[i], b[i]);
          });
        }
      });
    });
  }
};

// The truth of a statement about two numbers: 1 or 0.
template <class Derived>
using ComparisonOf = BinaryValueOf<Derived, InferenceLayerOf<Derived>>;

}  // namespace firesteel
