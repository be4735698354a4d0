// SPDX-License-Identifier: Apache-2.0
// ConvTranspose2d: y[o, s h + d i - p, s w + d j - p] += sum over c of W[c, o, i, j] x[c, h, w],
// from y = b.
#include "nn/layers/convolution/conv_transpose.h"

namespace firesteel {

struct ConvTranspose2d final : DescribedBy<ConvTranspose2d, TransposedConvolution<2>> {
  static constexpr auto schema() {
    return Schema{"ConvTranspose2d",
                  "convolution",
                  "Spreads each point of an image (channels x height x width) by learned "
                  "kernels: the gradient of a convolution.",
                  kInChannels<2>,
                  kOutChannels<2>,
                  kConvKernel<2>,
                  kConvStride<2>,
                  kCropping<2>,
                  kOutputPadding<2>,
                  kConvGroups<2>,
                  kConvBias<2>,
                  kConvDilation<2>,
                  kConvInit<2>,
                  kCroppingEnd<2>};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{4}},
                      {"out_channels", int64_t{6}},
                      {"kernel_size", Dims{3, 2}},
                      {"stride", Dims{2, 1}},
                      {"padding", Dims{1, 0}},
                      {"padding_end", Dims{2, 1}},
                      {"output_padding", Dims{1, 0}},
                      {"groups", int64_t{2}}},
            .in = {{2, 4, 3, 4}}};
  }
};
FIRESTEEL_LAYER(ConvTranspose2d);

}  // namespace firesteel
