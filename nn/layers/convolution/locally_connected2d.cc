// SPDX-License-Identifier: Apache-2.0
// LocallyConnected2d: y[o, h, w] = b[o, h, w] + sum over c, i, j of W[h, w, c, i, j, o]
// x[c, s h + i - p, s w + j - p].
#include "nn/layers/convolution/locally_connected.h"

namespace firesteel {

struct LocallyConnected2d final : DescribedBy<LocallyConnected2d, LocallyConnected<2>> {
  static constexpr auto schema() {
    return Schema{"LocallyConnected2d",
                  "convolution",
                  "Convolves images with kernels of their own at each position.",
                  kLocalIn<2>,
                  kLocalOut<2>,
                  kLocalInput<2>,
                  kLocalKernel<2>,
                  kLocalStride<2>,
                  kLocalPadding<2>,
                  kLocalBias<2>,
                  kLocalInit<2>};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{3}},
                      {"out_channels", int64_t{4}},
                      {"input_size", Dims{5, 4}},
                      {"kernel_size", Dims{3, 2}},
                      {"stride", Dims{2, 1}},
                      {"padding", Dims{1}}},
            .in = {{2, 3, 5, 4}}};
  }
};
FIRESTEEL_LAYER(LocallyConnected2d);

}  // namespace firesteel
