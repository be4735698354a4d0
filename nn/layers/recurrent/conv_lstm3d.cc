// SPDX-License-Identifier: Apache-2.0
// ConvLSTM3d: an LSTM over N x steps x channels x D x H x W whose products are convolutions: i, f,
// o = sigmoid and g = tanh of W_ih * x + W_hh * h + b; c = f c + i g; h = o tanh(c). With peepholes
// i and f also see p_i c and p_f c, and o sees p_o c of the new c.
#include "nn/layers/recurrent/conv_lstm.h"

namespace firesteel {

struct ConvLSTM3d final : ConvLSTMLayerOf<ConvLSTM3d> {
  static constexpr auto schema() {
    return Schema{
        "ConvLSTM3d",
        "recurrent",
        "Long short-term memory over volumes, by convolutions that keep their extents.",
        kConvLstmIn,
        kConvLstmHidden,
        required("kernel_size", &ConvLSTM3d::kernel_size,
                 "depth, height and width of the kernel on the input; odd", positive_triple),
        attr("state_kernel_size", &ConvLSTM3d::state_kernel_size,
             "of the kernel on the state; empty: kernel_size",
             rules::EmptyOr<rules::PerDimension<3, 1>>{}),
        kConvLstmBias,
        kConvLstmPeepholes,
        kReturnSequences,
        kReverse};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{2}},
                      {"hidden_channels", int64_t{3}},
                      {"kernel_size", Dims{3}},
                      {"state_kernel_size", Dims{3, 1, 3}},
                      {"peepholes", true}},
            .in = {{2, 2, 2, 3, 2, 3}}};
  }
  size_t dimensions() const override { return 3; }
};
FIRESTEEL_LAYER(ConvLSTM3d);

}  // namespace firesteel
