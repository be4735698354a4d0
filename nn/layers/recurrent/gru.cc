// SPDX-License-Identifier: Apache-2.0
// GRU: r, z = sigmoid of W_ih x + b_ih + W_hh h + b_hh; n = tanh(W_in x + b_in + r (W_hn h + b_hn));
// h = (1 - z) n + z h. Cho et al., "Learning phrase representations using RNN encoder-decoder",
// 2014, in PyTorch's form.
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

struct GRU final : RecurrentLayerOf<GRU> {
  static constexpr auto schema() {
    return Schema{"GRU",
                  "recurrent",
                  "Gated recurrent unit over the steps of each row.",
                  kInputSize,
                  kHiddenSize,
                  kRecurrentBias,
                  kReturnSequences,
                  kReverse};
  }
  int64_t gates() const override { return 3; }
  bool has_cell() const override { return false; }
  kernels::Cell cell(const kernels::Recurrent& table) const override { return table.gru; }
};
FIRESTEEL_LAYER(GRU);

}  // namespace firesteel
