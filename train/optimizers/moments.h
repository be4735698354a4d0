// SPDX-License-Identifier: Apache-2.0
// What Adam and its kin have in common: running means of gradients and of their squares.
#pragma once

#include <cmath>
#include <vector>

#include "train/optimizer.h"

namespace firesteel {

struct Moments : Optimizer {
  float lr = 1e-3f;
  std::vector<float> betas = {0.9f, 0.999f};
  float eps = 1e-8f, weight_decay = 0;

  double base_lr() const override { return lr; }
  double base_decay() const override { return weight_decay; }

 protected:
  // What a mean that began with zero is to be divided by after this step.
  double correction(size_t beta, int64_t step) const {
    return 1.0 - std::pow(static_cast<double>(betas[beta]), static_cast<double>(step + 1));
  }
  // A step along mean / (sqrt(mean of squares) + eps). states[2]: the largest mean of squares, or null.
  // decoupled: weight decay shrinks values beside the step instead of adding to gradients.
  void adam(const Update& u, bool decoupled) const;
};

struct TwoFractions {
  static std::string text() { return "must be two numbers >= 0 and < 1"; }
  bool operator()(const std::vector<float>& value) const {
    return value.size() == 2 && rules::Fraction{}(value);
  }
};

inline constexpr auto kMomentsLr = attr("lr", &Moments::lr, "learning rate", positive);
inline constexpr auto kBetas =
    attr("betas", &Moments::betas, "shares of the means of gradients and of squares that are kept",
         TwoFractions{});
inline constexpr auto kMomentsEps =
    attr("eps", &Moments::eps, "added to what is divided by", positive);
inline constexpr auto kL2 =
    attr("weight_decay", &Moments::weight_decay,
         "L2 penalty on weights; biases and normalization are left out", nonnegative);
inline constexpr auto kDecoupled =
    attr("weight_decay", &Moments::weight_decay,
         "share of weights that a step takes away, times lr; biases and normalization are left out",
         nonnegative);

}  // namespace firesteel
