// SPDX-License-Identifier: Apache-2.0
// ClassSimplex: mean over c of (x[c] - v[label][c])^2, where v are the corners of a regular simplex
// around 0, one for each class, at distance 1. With n = classes - 1 corner k has
// sqrt((n + 1) (n - c) / (n (n - c + 1))) at c = k < n, that number of c / -(n - c) at c < k, else 0.
#include <cmath>

#include "nn/losses/classes.h"

namespace firesteel {

struct ClassSimplex final : ClassLossOf<ClassSimplex> {
  static constexpr auto schema() {
    return Schema{"ClassSimplex", "loss",
                  "Mean squared error to the corner of a regular simplex that stands for the true "
                  "class.",
                  attr("reduction", &ClassLoss::reduction,
                       "mean: over all labels; sum: over those of a row, and the mean over rows",
                       mean_or_sum)};
  }
  static LossSample sample() {
    return {.attrs = {},
            .outputs = {{4}},
            .labels = {},
            .labels_dtype = DType::s32,
            .numbers = {2, 0, 3, 1, 1}};
  }

  void check(const Shape& output, const Labels& labels) const override {
    ClassLoss::check(output, labels);
    require(output.back() >= 2, "ClassSimplex: the model's output must have two classes at least");
  }

  template <class T>
  T position(Scores<const T> x, int64_t label, Scores<T> dx) const {
    T count = static_cast<T>(x.classes), value = 0;
    for (int64_t c = 0; c < x.classes; ++c) {
      T d = x[c] - corner<T>(x.classes - 1, label, c);
      value += d * d / count;
      if (dx.at) dx[c] = 2 * d / count;
    }
    return value;
  }

 private:
  template <class T>
  static T corner(int64_t n, int64_t k, int64_t c) {
    if (c > k || c == n) return 0;
    T all = static_cast<T>(n), rest = static_cast<T>(n - c);
    T own = std::sqrt((all + 1) * rest / (all * (rest + 1)));
    return c == k ? own : -own / rest;
  }
};
FIRESTEEL_LOSS(ClassSimplex);

}  // namespace firesteel
