// SPDX-License-Identifier: Apache-2.0
// LSTM: i, f, o = sigmoid and g = tanh of W_ih x + b_ih + W_hh h + b_hh; c = f c + i g; h = o
// tanh(c). Hochreiter and Schmidhuber, "Long short-term memory", 1997. With peepholes i and f also
// see p_i c and p_f c, and o sees p_o c of the new c: Gers and Schmidhuber, "Recurrent nets that
// time and count", 2000.
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

struct LSTM final : RecurrentLayerOf<LSTM> {
  bool peepholes = false;

  static constexpr auto schema() {
    return Schema{"LSTM",
                  "recurrent",
                  "Long short-term memory over the steps of each row.",
                  kInputSize,
                  kHiddenSize,
                  kRecurrentBias,
                  kReturnSequences,
                  kReverse,
                  attr("peepholes", &LSTM::peepholes, "gates see the cell, by learned factors")};
  }
  static Sample sample() {
    Sample sample = RecurrentLayer::sample();
    sample.attrs.emplace_back("peepholes", true);
    return sample;
  }
  CellKind cell() const override { return peepholes ? kLstmPeepholes : kLstm; }
};
FIRESTEEL_LAYER(LSTM);

}  // namespace firesteel
