// SPDX-License-Identifier: Apache-2.0
// RNN: h = f(W_ih x + b_ih + W_hh h + b_hh), f = tanh or max(0, .). Elman, "Finding structure in
// time", 1990.
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

namespace rules {
struct RnnNonlinearity {
  static std::string text() { return "must be tanh or relu"; }
  constexpr bool operator()(const std::string& name) const {
    return name == "tanh" || name == "relu";
  }
};
}  // namespace rules
inline constexpr rules::RnnNonlinearity known_nonlinearity;

struct RNN final : RecurrentLayerOf<RNN> {
  std::string nonlinearity = "tanh";

  static constexpr auto schema() {
    return Schema{"RNN",
                  "recurrent",
                  "A plain recurrent layer over the steps of each row.",
                  kInputSize,
                  kHiddenSize,
                  attr("nonlinearity", &RNN::nonlinearity, "what makes a state of the sums",
                       known_nonlinearity),
                  kRecurrentBias,
                  kReturnSequences,
                  kReverse};
  }
  CellKind cell() const override { return nonlinearity == "relu" ? kRnnRelu : kRnnTanh; }
};
FIRESTEEL_LAYER(RNN);

}  // namespace firesteel
