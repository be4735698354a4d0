// SPDX-License-Identifier: Apache-2.0
// MaxPool3d: y = the maximum of each window of x, channel by channel.
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct MaxPool3d final : DescribedBy<MaxPool3d, MaximumLayer<3>> {
  static constexpr auto schema() {
    return Schema{"MaxPool3d",    "pooling",        "Takes the maximum of each window of a volume.",
                  kPoolKernel<3>, kPoolStride<3>,   kPoolEdge<3>,
                  kCeilMode<3>,   kPoolDilation<3>, kPoolEnd<3>};
  }
};
FIRESTEEL_LAYER(MaxPool3d);

}  // namespace firesteel
