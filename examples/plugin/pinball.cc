// SPDX-License-Identifier: Apache-2.0
// A loss: the pinball loss of quantile regression, max(q (label - output), (q - 1) (label - output)).
// Koenker and Bassett, "Regression quantiles", 1978. A loss is a layer of outputs and labels; what it
// gives is added up, and divided by the rows:
//
//   pinball = firesteel.load_plugin("pinball.so")
//   loss = nn.CustomLoss(lambda output, labels: pinball.Pinball(quantile=0.9)(output, labels))
#include <firesteel/plugin.hpp>

using namespace firesteel::plugin;

struct Pinball {
  double quantile = 0.5;

  static constexpr int32_t least_inputs = 2, most_inputs = 2;

  static auto schema() {
    return Schema{"Pinball", "The loss whose best outputs are quantiles of the labels.",
                  attr("quantile", &Pinball::quantile, "which quantile", fraction)};
  }
  static Sample<Pinball> sample() { return {.layer = {.quantile = 0.9}, .in = {{4, 3}, {4, 3}}}; }

  Shapes infer(const Shapes& in) const {
    require(in[0] == in[1], "labels must be like the outputs, ", in[0], ", got ", in[1]);
    return {in[0]};
  }

  template <class T>
  void forward(Run<T>& r) const {
    auto q = static_cast<T>(quantile);
    r.parallel_for(numel(r.in()), 1000, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        T missing = r.x(1)[i] - r.x(0)[i];
        r.y()[i] = missing > 0 ? q * missing : (q - 1) * missing;
      }
    });
  }

  template <class T>
  void backward(Run<T>& r) const {
    auto q = static_cast<T>(quantile);
    r.parallel_for(numel(r.in()), 1000, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        T slope = r.dy()[i] * (r.x(1)[i] > r.x(0)[i] ? q : q - 1);
        if (r.dx(0)) r.dx(0)[i] = -slope;
        if (r.dx(1)) r.dx(1)[i] = slope;  // nobody wants the labels' in a fit
      }
    });
  }
};
FIRESTEEL_PLUGIN("pinball", "1.0", Pinball)
