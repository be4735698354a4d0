// SPDX-License-Identifier: Apache-2.0
// SinusoidalPositions: y[t] = x[t - shift] + p[t], with p[t] the sines and cosines of t / base^f
// for rising fractions f. Vaswani et al., "Attention is all you need", 2017.
#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/layer.h"

namespace firesteel {

struct SinusoidalPositions final : LayerOf<SinusoidalPositions> {
  float base = 1e4f;
  bool interleaved = true;
  int64_t shift = 0;

  static constexpr auto schema() {
    return Schema{
        "SinusoidalPositions",
        "attention",
        "Adds fixed sines and cosines to each step, by its position.",
        attr("base", &SinusoidalPositions::base, "2 pi base is about the longest wave length",
             positive),
        attr("interleaved", &SinusoidalPositions::interleaved,
             "number 2 i of d is sin(t / base^(2 i / d)) and the one after it the cosine; false: "
             "all "
             "sines of t / base^(2 i / (d - 2)), then all cosines, as in tensor2tensor and BigDL"),
        attr("shift", &SinusoidalPositions::shift,
             "so many steps later, with zeros before: 1 for a decoder, which predicts a step from "
             "those before it",
             nonnegative)};
  }
  static Sample sample() { return {.attrs = {{"shift", int64_t{1}}}, .in = {{2, 4, 6}}}; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] % 2 == 0,
            "input must be steps of an even count of numbers, got ", without_batch(in[0]));
    return {in[0]};
  }
  // What is shifted out of a row's own steps is padding.
  Steps steps(const Shape&) const override { return shift > 0 ? Steps::followed : Steps::each; }

  void prepare(Prepare& p) const override {
    by_dtype(p.env().dtype, [&]<class T>() {
      p.keep(std::make_unique<std::vector<T>>(table<T>(p.in()[1], p.in()[2])));
    });
    if (shift == 0) p.in_place();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      const T* positions = r.op<std::vector<T>>().data();
      int64_t row = numel(r.in()) / r.rows(), zeros = std::min(shifted(r), row);
      for (int64_t n = 0; n < r.rows(); ++n) {
        auto* x = static_cast<const T*>(r.x()) + n * row;
        auto* y = static_cast<T*>(r.y()) + n * row;
        for (int64_t i = 0; i < zeros; ++i) y[i] = positions[i];
        for (int64_t i = zeros; i < row; ++i) y[i] = x[i - zeros] + positions[i];
      }
    });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    if (shift == 0) return r.pass_on(r.dy(), r.dx());
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t row = numel(r.in()) / r.rows(), zeros = std::min(shifted(r), row);
      for (int64_t n = 0; n < r.rows(); ++n) {
        auto* dy = static_cast<const T*>(r.dy()) + n * row;
        auto* dx = static_cast<T*>(r.dx()) + n * row;
        std::copy(dy + zeros, dy + row, dx);
        std::fill(dx + row - zeros, dx + row, T(0));
      }
    });
  }

 private:
  int64_t shifted(const Run& r) const { return shift * r.in()[2]; }

  template <class T>
  std::vector<T> table(int64_t steps, int64_t width) const {
    std::vector<T> numbers;
    int64_t waves = width / 2;
    auto angle = [&](int64_t t, int64_t i) {
      double of = static_cast<double>(interleaved ? waves : std::max<int64_t>(waves - 1, 1));
      return static_cast<double>(t) / std::pow(double{base}, static_cast<double>(i) / of);
    };
    for (int64_t t = 0; t < steps; ++t) {
      for (int64_t i = 0; i < width; ++i) {
        bool sine = interleaved ? i % 2 == 0 : i < waves;
        double a = angle(t, interleaved ? i / 2 : i % waves);
        numbers.push_back(static_cast<T>(sine ? std::sin(a) : std::cos(a)));
      }
    }
    return numbers;
  }
};
FIRESTEEL_LAYER(SinusoidalPositions);

}  // namespace firesteel
