// SPDX-License-Identifier: Apache-2.0
// AvgPool1d: y = the mean of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct AvgPool1d final : DescribedBy<AvgPool1d, AveragingLayer<1>> {
  static constexpr auto schema() {
    return Schema{"AvgPool1d",    "pooling",        "Takes the mean of each window of a sequence.",
                  kPoolKernel<1>, kPoolStride<1>,   kPoolZeros<1>,
                  kCeilMode<1>,   kCountPadding<1>, kPoolEnd<1>};
  }
};
FIRESTEEL_LAYER(AvgPool1d);

}  // namespace firesteel
