// SPDX-License-Identifier: Apache-2.0
// AvgPool2d: y = the mean of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct AvgPool2d final : DescribedBy<AvgPool2d, AveragingLayer<2>> {
  static constexpr auto schema() {
    return Schema{"AvgPool2d",    "pooling",        "Takes the mean of each window of an image.",
                  kPoolKernel<2>, kPoolStride<2>,   kPoolZeros<2>,
                  kCeilMode<2>,   kCountPadding<2>, kPoolEnd<2>};
  }
};
FIRESTEEL_LAYER(AvgPool2d);

}  // namespace firesteel
