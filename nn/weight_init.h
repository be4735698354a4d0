// SPDX-License-Identifier: Apache-2.0
// How layers that end in a sum of products choose their first values, as an attribute. The names
// are those of torch.nn.init; without batch normalization deep nets need one of the last two.
#pragma once

#include <cmath>
#include <string>

#include "core/error.h"
#include "nn/layer.h"

namespace firesteel {

namespace rules {
struct WeightInit {
  static std::string text() { return "must be default, kaiming_normal or xavier_uniform"; }
  constexpr bool operator()(const std::string& name) const {
    return name == "default" || name == "kaiming_normal" || name == "xavier_uniform";
  }
};
}  // namespace rules
inline constexpr rules::WeightInit known_init;

// fan_in, fan_out: products in a sum of the output, and of the gradient of the input.
inline Init weight_init(const std::string& name, int64_t fan_in, int64_t fan_out) {
  if (name == "kaiming_normal") return Init::normal(std::sqrt(2.f / static_cast<float>(fan_out)));
  if (name == "xavier_uniform") {
    return Init::uniform(std::sqrt(6.f / static_cast<float>(fan_in + fan_out)));
  }
  return Init::fan_in(fan_in);
}
inline Init bias_init(const std::string& name, int64_t fan_in) {
  return name == "default" ? Init::fan_in(fan_in) : Init::constant(0);
}

}  // namespace firesteel
