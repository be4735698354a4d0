// SPDX-License-Identifier: Apache-2.0
// MaxPool1d: y = the maximum of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct MaxPool1d final : DescribedBy<MaxPool1d, MaximumLayer<1>> {
  static constexpr auto schema() {
    return Schema{
        "MaxPool1d",    "pooling",        "Takes the maximum of each window of a sequence.",
        kPoolKernel<1>, kPoolStride<1>,   kPoolEdge<1>,
        kCeilMode<1>,   kPoolDilation<1>, kPoolEnd<1>};
  }
};
FIRESTEEL_LAYER(MaxPool1d);

}  // namespace firesteel
