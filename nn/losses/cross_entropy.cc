// SPDX-License-Identifier: Apache-2.0
// CrossEntropy: w[label] (log(sum over c of exp(x[c])) - x[label]), on unnormalised scores. Label
// smoothing (Szegedy et al., "Rethinking the Inception architecture", 2016) gives every class a share
// of the label.
#include <cmath>
#include <cstring>

#include "backend/kernels/softmax.h"
#include "nn/losses/classes.h"

namespace firesteel {

struct CrossEntropy final : ClassLossOf<CrossEntropy> {
  float label_smoothing = 0;

  static constexpr auto schema() {
    return Schema{"CrossEntropy",
                  "loss",
                  "Negative log-likelihood of the true class, from scores before the softmax and "
                  "class ids.",
                  kClassWeight,
                  kIgnoreIndex,
                  attr("label_smoothing", &CrossEntropy::label_smoothing,
                       "share of the label that all classes have alike", fraction),
                  kClassDim,
                  kClassReduction};
  }
  static LossSample sample() {
    return {.attrs = {{"weight", Reals{0.5, 1, 2}}, {"label_smoothing", 0.2}, {"dim", int64_t{1}}},
            .outputs = {{3, 2}},
            .labels = {2},
            .labels_dtype = DType::s32,
            .numbers = {2, 0, -100, 1, 1}};
  }

  double share(int64_t label) const { return weight_of<double>(label); }

  // The probabilities, by the fastest loops there are.
  template <class T>
  void begin(int64_t positions, int64_t classes, const T* x, T* dx) const {
    std::memcpy(dx, x, static_cast<size_t>(positions * classes) * sizeof(T));
    Env env{.dtype = sizeof(T) == sizeof(double) ? DType::f64 : DType::f32};
    kernels::softmax(env).forward({.rows = positions, .width = classes}, dx);
  }

  template <class T>
  T position(Scores<const T> x, int64_t label, Scores<T> dx) const {
    T log_sum = normalise(x, dx), w = weight_of<T>(label);
    T each = static_cast<T>(label_smoothing) / static_cast<T>(x.classes);
    T own = (1 - static_cast<T>(label_smoothing)) * w, value = own * (log_sum - x[label]),
      all = own;
    if (each > 0) {
      for (int64_t c = 0; c < x.classes; ++c) {
        value += each * weight_of<T>(c) * (log_sum - x[c]);
        all += each * weight_of<T>(c);
      }
    }
    if (!dx.at) return value;
    for (int64_t c = 0; c < x.classes; ++c) dx[c] *= all;
    for (int64_t c = 0; each > 0 && c < x.classes; ++c) dx[c] -= each * weight_of<T>(c);
    dx[label] -= own;
    return value;
  }

 private:
  // log(sum of exp(x)); leaves the probabilities in dx, where they are already if classes lie together.
  template <class T>
  static T normalise(Scores<const T> x, Scores<T> dx) {
    int64_t top = 0;
    for (int64_t c = 1; c < x.classes; ++c) top = x[c] > x[top] ? c : top;
    if (dx.at && dx.stride == 1) return x[top] - std::log(dx[top]);
    T sum = 0;
    for (int64_t c = 0; c < x.classes; ++c) {
      T part = std::exp(x[c] - x[top]);
      sum += part;
      if (dx.at) dx[c] = part;
    }
    for (int64_t c = 0; dx.at && c < x.classes; ++c) dx[c] /= sum;
    return x[top] + std::log(sum);
  }
};
FIRESTEEL_LOSS(CrossEntropy);

}  // namespace firesteel
