// SPDX-License-Identifier: Apache-2.0
// AvgPool3d: y = the mean of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct AvgPool3d final : DescribedBy<AvgPool3d, AveragingLayer<3>> {
  static constexpr auto schema() {
    return Schema{"AvgPool3d",    "pooling",        "Takes the mean of each window of a volume.",
                  kPoolKernel<3>, kPoolStride<3>,   kPoolZeros<3>,
                  kCeilMode<3>,   kCountPadding<3>, kPoolEnd<3>};
  }
};
FIRESTEEL_LAYER(AvgPool3d);

}  // namespace firesteel
