// SPDX-License-Identifier: Apache-2.0
// InstanceNorm: y = gamma (x - mean) / sqrt(variance + eps) + beta, with the mean and variance of
// each channel of each row over its positions. Ulyanov, Vedaldi and Lempitsky, "Instance
// normalization: the missing ingredient for fast stylization", 2016.
#include "nn/layers/normalization/group_norm.h"

namespace firesteel {

struct InstanceNorm final : GroupNormLayerOf<InstanceNorm> {
  InstanceNorm() { affine = false; }

  static constexpr auto schema() {
    return Schema{"InstanceNorm",
                  "normalization",
                  "Normalizes each channel (second extent) of each row over its positions.",
                  required("num_features", &InstanceNorm::channels, "channels", positive),
                  kGroupNormEps,
                  attr("affine", &InstanceNorm::affine, "learn gamma and beta of each channel")};
  }
  static Sample sample() {
    return {.attrs = {{"num_features", int64_t{3}}, {"affine", true}}, .in = {{2, 3, 4, 2}}};
  }
  int64_t groups() const override { return channels; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 3, "input must have channels and positions, got ",
            without_batch(in[0]));
    return GroupNormLayer::infer(in);
  }
};
FIRESTEEL_LAYER(InstanceNorm);

}  // namespace firesteel
