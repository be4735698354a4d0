// SPDX-License-Identifier: Apache-2.0
// lstm: two layers of 512 units over 64 steps of 512 numbers, and a classifier of the last state.
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

constexpr int64_t kUnits = 512;

Graph lstm() {
  Sequential net(Shape{64, kUnits});
  auto recurrent = [](bool sequences) {
    return layer(
        "LSTM", {{"input_size", kUnits}, {"hidden_size", kUnits}, {"return_sequences", sequences}});
  };
  net.add(recurrent(true), "lstm1").add(recurrent(false), "lstm2");
  net.add(layer("Linear", {{"in_features", kUnits}, {"out_features", int64_t{10}}}), "fc");
  return net.graph();
}
FIRESTEEL_MODEL(lstm, "two LSTM layers of 512 units over 64 steps of 512 numbers, 10 classes",
                lstm);

}  // namespace
}  // namespace firesteel
