// SPDX-License-Identifier: Apache-2.0
// Losses of two outputs of one shape, number by number.
#pragma once

#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

// The loss of a pair of numbers and its derivatives.
template <class T>
struct PairTerm {
  T value, by_a, by_b;
};

// Derived::term(a, b, y) is the PairTerm of numbers of both outputs with label y; 0 where the loss has
// no labels.
template <class Derived, bool kLabels = true>
struct NumberPairsLossOf : DescribedBy<Derived, Reduced<Loss>> {
  size_t outputs() const override { return 2; }

  void check_outputs(std::span<const Shape> shapes, const Labels& labels) const override {
    require(numel(shapes[0]) == numel(shapes[1]), this->kind(),
            ": the model's outputs must have one shape, got ", shapes[0], " and ", shapes[1]);
    if (kLabels) require_as_many(this->kind(), shapes[0], labels);
  }

  LossSum run_outputs(const LossInput& in) const override {
    double total = 0;
    by_dtype(in.dtype, [&]<class T>() {
      by_type_of(in.labels, [&](const auto* y) { total = sum<T>(in, y); });
    });
    return {total, this->normaliser(in.shapes[0])};
  }

 private:
  friend Derived;
  NumberPairsLossOf() = default;

  template <class T, class Y>
  double sum(const LossInput& in, [[maybe_unused]] const Y* y) const {
    const auto& self = static_cast<const Derived&>(*this);
    auto *a = static_cast<const T*>(in.outputs[0]), *b = static_cast<const T*>(in.outputs[1]);
    double total = 0;
    for (int64_t i = 0; i < numel(in.shapes[0]); ++i) {
      T label = 0;
      if constexpr (kLabels) label = static_cast<T>(y[i]);
      PairTerm<T> term = self.term(a[i], b[i], label);
      total += static_cast<double>(term.value);
      if (in.gradients.empty()) continue;
      static_cast<T*>(in.gradients[0])[i] = term.by_a;
      static_cast<T*>(in.gradients[1])[i] = term.by_b;
    }
    return total;
  }
};

}  // namespace firesteel
