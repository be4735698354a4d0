// SPDX-License-Identifier: Apache-2.0
// LSTM: i, f, o = sigmoid and g = tanh of W_ih x + b_ih + W_hh h + b_hh; c = f c + i g;
// h = o tanh(c). Hochreiter and Schmidhuber, "Long short-term memory", 1997.
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

struct LSTM final : RecurrentLayerOf<LSTM> {
  static constexpr auto schema() {
    return Schema{
        "LSTM",           "recurrent", "Long short-term memory over the steps of each row.",
        kInputSize,       kHiddenSize, kRecurrentBias,
        kReturnSequences, kReverse};
  }
  int64_t gates() const override { return 4; }
  bool has_cell() const override { return true; }
  kernels::Cell cell(const kernels::Recurrent& table) const override { return table.lstm; }
};
FIRESTEEL_LAYER(LSTM);

}  // namespace firesteel
