// SPDX-License-Identifier: Apache-2.0
// ConvTranspose3d: y[o, s d + e i - p, s h + e j - p, s w + e k - p] += sum over c of
// W[c, o, i, j, k] x[c, d, h, w], from y = b.
#include "nn/layers/convolution/conv_transpose.h"

namespace firesteel {

struct ConvTranspose3d final : DescribedBy<ConvTranspose3d, TransposedConvolution<3>> {
  static constexpr auto schema() {
    return Schema{"ConvTranspose3d",
                  "convolution",
                  "Spreads each point of a volume (channels x depth x height x width) by learned "
                  "kernels: the gradient of a convolution.",
                  kInChannels<3>,
                  kOutChannels<3>,
                  kConvKernel<3>,
                  kConvStride<3>,
                  kCropping<3>,
                  kOutputPadding<3>,
                  kConvGroups<3>,
                  kConvBias<3>,
                  kConvDilation<3>,
                  kConvInit<3>,
                  kCroppingEnd<3>};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{4}},
                      {"out_channels", int64_t{6}},
                      {"kernel_size", Dims{2, 3, 2}},
                      {"stride", Dims{1, 2, 2}},
                      {"padding", Dims{1, 1, 0}},
                      {"padding_end", Dims{0, 2, 0}},
                      {"output_padding", Dims{0, 1, 1}},
                      {"groups", int64_t{2}}},
            .in = {{2, 4, 2, 3, 2}}};
  }
};
FIRESTEEL_LAYER(ConvTranspose3d);

}  // namespace firesteel
