// SPDX-License-Identifier: Apache-2.0
// MaxPool2d: y = the maximum of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct MaxPool2d final : DescribedBy<MaxPool2d, MaximumLayer<2>> {
  static constexpr auto schema() {
    return Schema{"MaxPool2d",    "pooling",        "Takes the maximum of each window of an image.",
                  kPoolKernel<2>, kPoolStride<2>,   kPoolEdge<2>,
                  kCeilMode<2>,   kPoolDilation<2>, kPoolEnd<2>};
  }
};
FIRESTEEL_LAYER(MaxPool2d);

}  // namespace firesteel
