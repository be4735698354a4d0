// SPDX-License-Identifier: Apache-2.0
// PairwiseDistance: y = (sum over i of |a[i] - b[i] + eps|^p)^(1/p), over the last extent.
#include <cmath>

#include "nn/layers/arithmetic/row_pairs.h"

namespace firesteel {

struct PairwiseDistance final : RowPairsOf<PairwiseDistance> {
  float p = 2, eps = 1e-6f;

  static constexpr auto schema() {
    return Schema{"PairwiseDistance",
                  "arithmetic",
                  "The distance of the rows of two inputs, their last extents.",
                  attr("p", &PairwiseDistance::p, "exponent of the norm", positive),
                  attr("eps", &PairwiseDistance::eps, "added to each difference", nonnegative),
                  kKeepdim};
  }
  static Sample sample() { return {.attrs = {{"p", 3.0}}, .in = {{3, 2, 9}, {3, 2, 9}}}; }

  void prepare(Prepare& prepared) const override {
    RowPairs::prepare(prepared);
    prepared.backward_reads_output();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_pair<T>(r, [&](int64_t row, const T* a, const T* b, int64_t width) {
        static_cast<T*>(r.y())[row] = distance(a, b, width);
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_pair<T>(r, [&](int64_t row, const T* a, const T* b, int64_t width) {
        T y = static_cast<const T*>(r.y())[row], dy = static_cast<const T*>(r.dy())[row];
        for (int64_t i = 0; i < width; ++i) {
          T g = dy * slope(difference(a[i], b[i]), y);
          if (r.dx(0)) static_cast<T*>(r.dx(0))[row * width + i] = g;
          if (r.dx(1)) static_cast<T*>(r.dx(1))[row * width + i] = -g;
        }
      });
    });
  }

 private:
  template <class T>
  T difference(T a, T b) const {
    return a - b + static_cast<T>(eps);
  }
  template <class T>
  T distance(const T* a, const T* b, int64_t width) const {
    auto at = [&](int64_t i) { return std::abs(difference(a[i], b[i])); };
    if (p == 1) return sum_of<T>(width, at);
    if (p == 2) return std::sqrt(sum_of<T>(width, [&](int64_t i) { return at(i) * at(i); }));
    auto power = static_cast<T>(p);
    return std::pow(sum_of<T>(width, [&](int64_t i) { return std::pow(at(i), power); }), 1 / power);
  }
  // Of the distance y by a difference d; none at 0, where there is no derivative.
  template <class T>
  T slope(T d, T y) const {
    if (d == 0) return 0;
    if (p == 1) return d > 0 ? T(1) : T(-1);
    if (p == 2) return d / y;
    return std::copysign(std::pow(std::abs(d) / y, static_cast<T>(p) - 1), d);
  }
};
FIRESTEEL_LAYER(PairwiseDistance);

}  // namespace firesteel
