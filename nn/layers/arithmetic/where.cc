// SPDX-License-Identifier: Apache-2.0
// Where: y = a where the condition is not 0, else b, element by element.
#include "nn/layers/arithmetic/broadcast.h"

namespace firesteel {

struct Where final : LayerOf<Where> {
  static constexpr auto schema() {
    return Schema{
        "Where", "arithmetic",
        "Takes numbers of the second input where the first one, the condition, is not 0, and "
        "else of the third; extents of 1, or missing in front, are repeated."};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{2, 3, 4}, {2, 3, 4}, {2, 4}}, .ids_below = 2, .ids_inputs = {0}};
  }

  int least_inputs() const override { return 3; }
  Shapes infer(const Shapes& in) const override { return {broadcast_shape(in)}; }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override {
    prepare_broadcast(p, true);
    p.backward_reads_input(kCondition);
  }

  void forward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() {
      const auto& walk = r.op<Broadcast>();
      walk.each_run([&](const Broadcast::Run& run) {
        T rooms[4][Broadcast::kRun];
        const T* x[3];
        for (size_t k = 0; k < 3; ++k) x[k] = numbers<T, Value>(walk, k, run, r.x(k), rooms[k]);
        T* y = place<T, Value>(run, r.y(), rooms[3]);
        for (int64_t i = 0; i < run.count(); ++i) {
          T a = x[1][i], b = x[2][i];
          y[i] = x[kCondition][i] != 0 ? a : b;
        }
        put<T, Value>(run, y, r.y());
      });
    });
  }

  void backward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() {
      const auto& walk = r.op<Broadcast>();
      zero_repeated<T>(r, walk);
      walk.each_run([&](const Broadcast::Run& run) {
        T rooms[2][Broadcast::kRun];
        const T* condition = numbers<T, Value>(walk, kCondition, run, r.x(kCondition), rooms[0]);
        const T* dy = numbers<T, Value>(run, r.dy(), rooms[1]);
        for (size_t k = 0; k < 3; ++k) {
          if (!r.dx(k)) continue;
          put_gradient<T, Value>(walk, k, run, r.dx(k), [&](T* g) {
            for (int64_t i = 0; i < run.count(); ++i) {
              bool taken = k != kCondition && (condition[i] != 0) == (k == 1);
              g[i] = taken ? dy[i] : T(0);
            }
          });
        }
      });
    });
  }

 private:
  static constexpr size_t kCondition = 0;
};
FIRESTEEL_LAYER(Where);

}  // namespace firesteel
