// SPDX-License-Identifier: Apache-2.0
// anomaly_detector: predicts the next number of a series from those before; where it is far off there is
// an anomaly. Three LSTM layers with dropout, as analytics-zoo has it.
#include <cmath>

#include "nn/models/language.h"

namespace firesteel {
namespace {

struct AnomalyDetector final : ModelOf<AnomalyDetector> {
  int64_t steps = 50, features = 1;
  Dims hidden = {8, 32, 15};
  std::vector<float> dropouts = {0.2f, 0.2f, 0.2f};

  static constexpr auto schema() {
    using Self = AnomalyDetector;
    return Schema{"anomaly_detector",
                  "series",
                  "Predicts the next number of a series, to see where it is another one.",
                  attr("steps", &Self::steps, "of a row", positive),
                  attr("features", &Self::features, "numbers of a step", positive),
                  attr("hidden", &Self::hidden, "units of the LSTM layers", positive),
                  attr("dropouts", &Self::dropouts, "behind each of them", fraction)};
  }
  void check() const override {
    require<AttrError>(!hidden.empty() && hidden.size() == dropouts.size(),
                       "anomaly_detector.dropouts: must be as many as hidden, ", hidden.size(),
                       ", got ", dropouts.size());
  }
  DType label_dtype() const override { return DType::f32; }
  Json loss() const override { return {{"kind", "MeanSquaredError"}}; }
  Json metrics() const override { return Json::array(); }
  Json optimizer() const override { return {{"kind", "RMSprop"}, {"lr", 0.003}}; }

  Graph graph() const override {
    NetBuilder net;
    Maps x = net.input({steps, features});
    for (size_t layer = 0; layer < hidden.size(); ++layer) {
      bool sequences = layer + 1 < hidden.size();
      x = recurrent(net, cat("lstm", layer + 1), "LSTM", x, hidden[layer], sequences);
      double p = dropouts[layer];
      if (p > 0) x = net.add(cat("dropout", layer + 1), "Dropout", {{"p", p}}, {x});
    }
    return net.graph({net.linear("fc", x, 1)});
  }

  // Waves with a little noise.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    float phase = rng.unit() * 6.28f, pace = 0.2f + 0.1f * rng.unit();
    auto at = [&](int64_t t) { return std::sin(phase + pace * static_cast<float>(t)); };
    for (int64_t t = 0; t < steps; ++t) {
      for (int64_t f = 0; f < features; ++f) {
        x[static_cast<size_t>(t * features + f)] = at(t) + 0.05f * rng.normal();
      }
    }
    y[0] = at(steps);
  }
};
FIRESTEEL_MODEL(AnomalyDetector);

}  // namespace
}  // namespace firesteel
