// SPDX-License-Identifier: Apache-2.0
// Functions of two to sixteen numbers, element by element: a kind has
//   fold(a, b, y, count)     y = f(a, b): of the first two inputs, then of y and the next one
//   finish(y, inputs, count) what is done to the result
//   gradient(chunk, k, g)    g = dy times the derivative by input k
#pragma once

#include "nn/layers/arithmetic/broadcast.h"

namespace firesteel {

template <class T>
struct Chunk {
  std::array<const T*, Broadcast::kMostInputs> x;
  const T *y, *dy;
  size_t inputs;
  int64_t count;
};

template <class Derived>
struct SeveralOf : LayerOf<Derived> {  // NOLINT(bugprone-crtp-constructor-accessibility)
  static constexpr bool kReadsInputs = false, kReadsOutput = false;  // backward
  template <class T>
  static void finish(T*, size_t, int64_t) {}

  int least_inputs() const override { return 2; }
  int most_inputs() const override { return Broadcast::kMostInputs; }
  Shapes infer(const Shapes& in) const override { return {broadcast_shape(in)}; }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override {
    prepare_broadcast(p, true);
    if (p.in() == p.out()) p.in_place();
    for (size_t k = 0; k < p.inputs() && Derived::kReadsInputs; ++k) p.backward_reads_input(k);
    if (Derived::kReadsOutput) p.backward_reads_output();
  }

  void forward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() {
      const auto& walk = r.op<Broadcast>();
      walk.each_run([&](const Broadcast::Run& run) { forward_run<T, Value>(r, walk, run); });
    });
  }

  void backward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() {
      const auto& walk = r.op<Broadcast>();
      zero_repeated<T>(r, walk);
      walk.each_run([&](const Broadcast::Run& run) { backward_run<T, Value>(r, walk, run); });
    });
  }

 private:
  template <class T, class Value>
  static void forward_run(Run& r, const Broadcast& walk, const Broadcast::Run& run) {
    T room[Broadcast::kRun], sums[Broadcast::kRun], room_y[Broadcast::kRun];
    T* y = place<T, Value>(run, r.y(), room_y);
    const T* a = numbers<T, Value>(walk, 0, run, r.x(0), sums);
    for (size_t k = 1; k < r.inputs(); ++k) {
      const T* b = numbers<T, Value>(walk, k, run, r.x(k), room);
      // y may be where an input is, which may come twice.
      T* to = k + 1 == r.inputs() ? y : sums;
      Derived::template fold<T>(a, b, to, run.count());
      a = to;
    }
    Derived::template finish<T>(y, r.inputs(), run.count());
    put<T, Value>(run, y, r.y());
  }

  template <class T, class Value>
  static void backward_run(Run& r, const Broadcast& walk, const Broadcast::Run& run) {
    T rooms[Broadcast::kMostInputs][Broadcast::kRun], room_y[Broadcast::kRun];
    T room_dy[Broadcast::kRun];
    Chunk<T> chunk{{}, nullptr, nullptr, r.inputs(), run.count()};
    chunk.dy = numbers<T, Value>(run, r.dy(), room_dy);
    if constexpr (Derived::kReadsOutput) chunk.y = numbers<T, Value>(run, r.y(), room_y);
    for (size_t k = 0; k < chunk.inputs && Derived::kReadsInputs; ++k) {
      chunk.x[k] = numbers<T, Value>(walk, k, run, r.x(k), rooms[k]);
    }
    // The first one last: its gradient may take the place of dy.
    for (size_t k = chunk.inputs; k-- > 0;) {
      if (!r.dx(k)) continue;
      put_gradient<T, Value>(walk, k, run, r.dx(k),
                             [&](T* g) { Derived::template gradient<T>(chunk, k, g); });
    }
  }
};

// The largest or the smallest number. Where several inputs have it, they share the gradient.
template <class Derived>
struct ExtremumOf : SeveralOf<Derived> {  // NOLINT(bugprone-crtp-constructor-accessibility)
  static constexpr bool kReadsInputs = true, kReadsOutput = true;

  // What is not a number stays.
  template <class T>
  static void fold(const T* a, const T* b, T* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      y[i] = Derived::wins(a[i], b[i]) || a[i] != a[i] ? a[i] : b[i];
    }
  }
  template <class T>
  static void gradient(const Chunk<T>& chunk, size_t k, T* g) {
    T equal[Broadcast::kRun] = {};
    for (size_t j = 0; j < chunk.inputs; ++j) {
      const T* x = chunk.x[j];
      for (int64_t i = 0; i < chunk.count; ++i) equal[i] += static_cast<T>(x[i] == chunk.y[i]);
    }
    const T* x = chunk.x[k];
    for (int64_t i = 0; i < chunk.count; ++i) {
      g[i] = x[i] == chunk.y[i] ? chunk.dy[i] / equal[i] : T(0);
    }
  }
};

}  // namespace firesteel
