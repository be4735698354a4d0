// SPDX-License-Identifier: Apache-2.0
// Losses in which each number of the output has a label of its own.
#pragma once

#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

// The loss of one number and its derivative.
template <class T>
struct Term {
  T value, slope;
};

// Derived::term(x, y, column) is the Term of a number x with label y at `column` of its row.
template <class Derived>
struct ElementwiseLossOf : DescribedBy<Derived, Reduced<OutputLoss>> {
  void check(const Shape& output, const Labels& labels) const override {
    require_as_many(this->kind(), output, labels);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      by_type_of(labels, [&](const auto* y) {
        total = sum(shape, static_cast<const T*>(output), y, static_cast<T*>(gradient));
      });
    });
    return {total, self().normaliser(shape)};
  }

 private:
  friend Derived;
  ElementwiseLossOf() = default;

  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class T, class Y>
  double sum(const Shape& shape, const T* x, const Y* y, T* dx) const {
    int64_t width = numel(shape) / shape[0];
    double total = 0;
    for (int64_t r = 0; r < shape[0]; ++r) {
      for (int64_t c = 0; c < width; ++c, ++x, ++y) {
        Term<T> term = self().term(*x, static_cast<T>(*y), c);
        total += static_cast<double>(term.value);
        if (dx) *dx++ = term.slope;
      }
    }
    return total;
  }
};

template <class T>
T sign_of(T x) {
  return static_cast<T>((x > 0) - (x < 0));
}
// Labels of two classes are 1 and -1, or 1 and 0.
template <class T>
T signed_label(T y) {
  return y == 0 ? T(-1) : y;
}

}  // namespace firesteel
