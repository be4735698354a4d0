// SPDX-License-Identifier: Apache-2.0
// lstm: two layers of 512 units over 64 steps of 512 numbers, and a classifier of the last state.
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

constexpr int64_t kUnits = 512;

Graph lstm(int64_t classes) {
  Sequential net(Shape{64, kUnits});
  auto recurrent = [](bool sequences) {
    return layer(
        "LSTM", {{"input_size", kUnits}, {"hidden_size", kUnits}, {"return_sequences", sequences}});
  };
  net.add(recurrent(true), "lstm1").add(recurrent(false), "lstm2");
  net.add(layer("Linear", {{"in_features", kUnits}, {"out_features", classes}}), "fc");
  return net.graph();
}
struct Lstm final : ClassifierOf<Lstm> {
  Lstm() { classes = 10; }
  static constexpr auto schema() {
    return Schema{"lstm", "sequence", "Two LSTM layers of 512 units over 64 steps of 512 numbers.",
                  kModelClasses};
  }
  Graph graph() const override { return lstm(classes); }
};
FIRESTEEL_MODEL(Lstm);

}  // namespace
}  // namespace firesteel
