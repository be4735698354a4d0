// SPDX-License-Identifier: Apache-2.0
// LocallyConnected1d: y[o, t] = b[o, t] + sum over c, i of W[t, c, i, o] x[c, s t + i - p].
#include "nn/layers/convolution/locally_connected.h"

namespace firesteel {

struct LocallyConnected1d final : DescribedBy<LocallyConnected1d, LocallyConnected<1>> {
  static constexpr auto schema() {
    return Schema{"LocallyConnected1d",
                  "convolution",
                  "Convolves sequences with kernels of their own at each position.",
                  kLocalIn<1>,
                  kLocalOut<1>,
                  kLocalInput<1>,
                  kLocalKernel<1>,
                  kLocalStride<1>,
                  kLocalPadding<1>,
                  kLocalBias<1>,
                  kLocalInit<1>};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{3}},
                      {"out_channels", int64_t{4}},
                      {"input_size", Dims{7}},
                      {"kernel_size", Dims{3}},
                      {"stride", Dims{2}},
                      {"padding", Dims{1}}},
            .in = {{2, 3, 7}}};
  }
};
FIRESTEEL_LAYER(LocallyConnected1d);

}  // namespace firesteel
