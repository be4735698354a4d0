// SPDX-License-Identifier: Apache-2.0
// Hinge: max(0, margin - y x), or its square; y is 1 or -1.
#include "nn/losses/elementwise.h"

namespace firesteel {

struct Hinge final : ElementwiseLossOf<Hinge> {
  float margin = 1;
  bool squared = false;

  static constexpr auto schema() {
    return Schema{"Hinge",
                  "loss",
                  "What an output lacks to be on the side of its label, 1 or -1, by a margin. A "
                  "label 0 counts as -1.",
                  attr("margin", &Hinge::margin, "what is enough"),
                  attr("squared", &Hinge::squared, "the square of that"),
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {{"squared", true}, {"margin", 0.8}},
            .outputs = {{4}},
            .labels = {4},
            .numbers = {1, -1, 0, -1, 1}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T side = signed_label(y), lack = static_cast<T>(margin) - side * x;
    if (lack <= 0) return {0, 0};
    if (squared) return {lack * lack, -2 * lack * side};
    return {lack, -side};
  }
};
FIRESTEEL_LOSS(Hinge);

}  // namespace firesteel
