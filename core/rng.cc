// SPDX-License-Identifier: Apache-2.0
#include "core/rng.h"

#include <cmath>
#include <numbers>

namespace firesteel {

// Box and Muller (1958); the second of the pair is not kept, so that draws stay aligned.
float Rng::normal() {
  float u = 1.0f - unit();
  float v = unit();
  return std::sqrt(-2.0f * std::log(u)) * std::cos(2.0f * std::numbers::pi_v<float> * v);
}

}  // namespace firesteel
