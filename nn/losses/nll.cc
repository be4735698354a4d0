// SPDX-License-Identifier: Apache-2.0
// NLL: -w[label] x[label], where x are logs of probabilities, or -w[label] log x[label].
#include <cmath>

#include "nn/losses/classes.h"

namespace firesteel {

struct NLL final : ClassLossOf<NLL> {
  bool log_probabilities = true;

  static constexpr auto schema() {
    return Schema{"NLL",
                  "loss",
                  "Negative log-likelihood of the true class. CrossEntropy does without a softmax "
                  "before it.",
                  kClassWeight,
                  kIgnoreIndex,
                  attr("log_probabilities", &NLL::log_probabilities,
                       "outputs are logs of probabilities, as LogSoftmax gives them; false: "
                       "probabilities"),
                  kClassDim,
                  kClassReduction};
  }
  static LossSample sample() {
    return {.attrs = {{"weight", Reals{0.5, 1, 2}}, {"log_probabilities", false}},
            .outputs = {{2, 3}},
            .labels = {2},
            .labels_dtype = DType::s32,
            .numbers = {2, 0, -100, 1, 1},
            .least = 0.05,
            .most = 0.95};
  }

  double share(int64_t label) const { return weight_of<double>(label); }

  template <class T>
  T position(Scores<const T> x, int64_t label, Scores<T> dx) const {
    T w = weight_of<T>(label), p = std::max(x[label], kLeast<T>);
    for (int64_t c = 0; dx.at && c < x.classes; ++c) dx[c] = 0;
    if (dx.at) dx[label] = log_probabilities ? -w : -w / p;
    return log_probabilities ? -w * x[label] : -w * std::log(p);
  }

 private:
  template <class T>
  static constexpr T kLeast = T(1e-8);
};
FIRESTEEL_LOSS(NLL);

}  // namespace firesteel
