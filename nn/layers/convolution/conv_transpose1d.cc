// SPDX-License-Identifier: Apache-2.0
// ConvTranspose1d: y[o, s t + d i - p] += sum over c of W[c, o, i] x[c, t], from y = b.
#include "nn/layers/convolution/conv_transpose.h"

namespace firesteel {

struct ConvTranspose1d final : DescribedBy<ConvTranspose1d, TransposedConvolution<1>> {
  static constexpr auto schema() {
    return Schema{"ConvTranspose1d",
                  "convolution",
                  "Spreads each point of a sequence (channels x length) by learned "
                  "kernels: the gradient of a convolution.",
                  kInChannels<1>,
                  kOutChannels<1>,
                  kConvKernel<1>,
                  kConvStride<1>,
                  kCropping<1>,
                  kOutputPadding<1>,
                  kConvGroups<1>,
                  kConvBias<1>,
                  kConvDilation<1>,
                  kConvInit<1>,
                  kCroppingEnd<1>};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{4}},
                      {"out_channels", int64_t{6}},
                      {"kernel_size", Dims{3}},
                      {"stride", Dims{2}},
                      {"padding", Dims{1}},
                      {"padding_end", Dims{2}},
                      {"output_padding", Dims{1}},
                      {"groups", int64_t{2}}},
            .in = {{2, 4, 4}}};
  }
};
FIRESTEEL_LAYER(ConvTranspose1d);

}  // namespace firesteel
