// SPDX-License-Identifier: Apache-2.0
// How layers choose the first values of their weights and biases, as an attribute. The names are
// those of torch.nn.init; without batch normalization deep nets need kaiming_normal or
// xavier_uniform.
#pragma once

#include <string>
#include <string_view>

#include "nn/layer.h"

namespace firesteel {

namespace rules {
// Of kernels (output x input x extents), which may interpolate.
struct KernelInit {
  static std::string text();
  bool operator()(const std::string& init) const;
};
// Of other weights.
struct MatrixInit {
  static std::string text();
  bool operator()(const std::string& init) const;
};
// What does not depend on how many numbers are summed up.
struct BiasInit {
  static std::string text();
  bool operator()(const std::string& init) const;
};
}  // namespace rules
inline constexpr rules::KernelInit known_init;
inline constexpr rules::MatrixInit known_matrix_init;
inline constexpr rules::BiasInit known_bias_init;

inline constexpr std::string_view kInitDoc =
    "first weights, as in torch.nn.init: normal(mean, std), kaiming by fan_out where the name does "
    "not "
    "say fan_in. BigDL's Xavier is xavier_uniform (lecun_uniform if it does not average), "
    "MsraFiller is "
    "msra (kaiming_normal if it does not average), RandomUniform is uniform(a, b) or default, "
    "RandomNormal normal(mean, std), Zeros zeros, Ones ones, ConstInitMethod constant(v) and "
    "BilinearFiller bilinear, of kernels";
inline constexpr std::string_view kBiasInitDoc =
    "first biases; default: as the weights where init is default, else zeros";

// fan_in, fan_out: products in a sum of the output, and of the gradient of the input.
Init weight_init(const std::string& init, int64_t fan_in, int64_t fan_out);
// Of a layer whose weights have `init`.
Init bias_init(const std::string& init, int64_t fan_in);
// Of one that has an attribute for it.
Init bias_init(const std::string& bias_init, const std::string& init, int64_t fan_in);

}  // namespace firesteel
