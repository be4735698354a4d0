// SPDX-License-Identifier: Apache-2.0
// Conv1d: y[o, t] = b[o] + sum over c, i of W[o, c, i] x[c, s t + d i - p].
#include "nn/layers/convolution/convolution.h"

namespace firesteel {

struct Conv1d final : DescribedBy<Conv1d, Convolution<1>> {
  bool causal = false;

  static constexpr auto schema() {
    return Schema{"Conv1d",
                  "convolution",
                  "Convolves sequences (channels x length) with learned kernels.",
                  kInChannels<1>,
                  kOutChannels<1>,
                  kConvKernel<1>,
                  kConvStride<1>,
                  kConvPadding<1>,
                  kConvDilation<1>,
                  kConvGroups<1>,
                  kConvBias<1>,
                  kConvInit<1>,
                  kConvPaddingEnd<1>,
                  attr("causal", &Conv1d::causal,
                       "pad the beginning so that no output sees what comes after it")};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{4}},
                      {"out_channels", int64_t{6}},
                      {"kernel_size", Dims{3}},
                      {"stride", Dims{2}},
                      {"padding", Dims{2}},
                      {"padding_end", Dims{1}},
                      {"dilation", Dims{2}},
                      {"groups", int64_t{2}}},
            .in = {{2, 4, 9}}};
  }

  void check() const override {
    Convolution<1>::check();
    require<AttrError>(!causal || (padding == Dims{0} && padding_end.empty()),
                       "Conv1d.causal: must be false where there is a padding, got true");
  }

 protected:
  Window window() const override {
    Window w = Convolution<1>::window();
    if (causal) w.before = {w.reach(0) - 1};
    return w;
  }
};
FIRESTEEL_LAYER(Conv1d);

}  // namespace firesteel
