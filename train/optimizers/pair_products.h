// SPDX-License-Identifier: Apache-2.0
// L-BFGS without its vectors: products of pairs s (a step) and y (what it changed the gradient by) are all
// that the direction's coefficients depend on. Nocedal & Wright, "Numerical Optimization", 2nd ed.,
// algorithm 7.4, on coefficients: Chen, Wang and Zhou, "Large-scale L-BFGS using MapReduce", NIPS 2014.
#pragma once

#include <cstddef>
#include <span>

namespace firesteel {

// Of a pair that is kept with a new one.
struct CrossProducts {
  double s_new_y, y_new_y, new_s_y;
};

// The direction is g times its coefficient, and each pair's s and y times theirs.
struct Coefficients {
  double g = 0;
  std::span<double> s, y;
};

// The pairs that are kept, at most so many: the next one takes the place of the oldest. All numbers are in
// `kept`, doubles(most) of them, zero at first.
class PairProducts {
 public:
  static size_t doubles(size_t most) { return 2 + 2 * most * most; }
  PairProducts(std::span<double> kept, size_t most) : kept_(kept), most_(most) {}

  static size_t count(std::span<const double> kept) { return static_cast<size_t>(kept[0]); }
  size_t count() const { return count(kept_); }
  // Keeps a new pair, of which these are the products. Returns its place. others: by place.
  size_t add(double own_sy, double own_yy, std::span<const CrossProducts> others);
  // Of -H g, H made of the pairs. gg, sg, yg: products of the gradient, by place. Returns the slope along it.
  double direction(double gg, std::span<const double> sg, std::span<const double> yg,
                   Coefficients* to) const;

 private:
  double& sy(size_t s, size_t y) const { return kept_[2 + s * most_ + y]; }
  double& yy(size_t a, size_t b) const { return kept_[2 + (most_ + a) * most_ + b]; }
  // From the newest, 0, to the oldest.
  size_t place(size_t age) const {
    auto newest = static_cast<size_t>(kept_[1]);
    return (newest + most_ - age) % most_;
  }

  std::span<double> kept_;  // count, place of the newest, s.y, y.y
  size_t most_;
};

}  // namespace firesteel
