// SPDX-License-Identifier: Apache-2.0
// Conv3d: y[o] = b[o] + sum over c, i, j, k of W[o, c, i, j, k] x[c, s d + e i - p, s h + e j - p,
// s w + e k - p].
#include "nn/layers/convolution/convolution.h"

namespace firesteel {

struct Conv3d final : DescribedBy<Conv3d, Convolution<3>> {
  static constexpr auto schema() {
    return Schema{"Conv3d",
                  "convolution",
                  "Convolves volumes (channels x depth x height x width) with learned kernels.",
                  kInChannels<3>,
                  kOutChannels<3>,
                  kConvKernel<3>,
                  kConvStride<3>,
                  kConvPadding<3>,
                  kConvDilation<3>,
                  kConvGroups<3>,
                  kConvBias<3>,
                  kConvInit<3>,
                  kConvPaddingEnd<3>};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{4}},
                      {"out_channels", int64_t{6}},
                      {"kernel_size", Dims{2, 3, 2}},
                      {"stride", Dims{1, 2, 1}},
                      {"padding", Dims{1, 1, 0}},
                      {"padding_end", Dims{0, 2, 1}},
                      {"groups", int64_t{2}}},
            .in = {{2, 4, 3, 5, 4}}};
  }
};
FIRESTEEL_LAYER(Conv3d);

}  // namespace firesteel
