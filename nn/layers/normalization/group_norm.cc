// SPDX-License-Identifier: Apache-2.0
// GroupNorm: y = gamma (x - mean) / sqrt(variance + eps) + beta, with the mean and variance of a
// row's group of channels over all positions. Wu and He, "Group normalization", 2018.
#include "nn/layers/normalization/group_norm.h"

namespace firesteel {

struct GroupNorm final : GroupNormLayerOf<GroupNorm> {
  int64_t num_groups = 0;

  static constexpr auto schema() {
    return Schema{
        "GroupNorm",
        "normalization",
        "Normalizes groups of channels (second extent) of each row over all positions.",
        required("num_groups", &GroupNorm::num_groups, "groups; divides num_channels", positive),
        required("num_channels", &GroupNorm::channels, "channels", positive),
        kGroupNormEps,
        attr("affine", &GroupNorm::affine, "learn gamma and beta of each channel")};
  }
  static Sample sample() {
    return {.attrs = {{"num_groups", int64_t{2}}, {"num_channels", int64_t{6}}},
            .in = {{2, 6, 3, 2}}};
  }
  void check() const override {
    require<AttrError>(channels % num_groups == 0,
                       "GroupNorm.num_groups: must divide num_channels, got ", num_groups, " for ",
                       channels);
  }
  int64_t groups() const override { return num_groups; }
};
FIRESTEEL_LAYER(GroupNorm);

}  // namespace firesteel
