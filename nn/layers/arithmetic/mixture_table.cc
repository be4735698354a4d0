// SPDX-License-Identifier: Apache-2.0
// MixtureTable: y = sum over e of gate[e] expert[e]: a mixture of experts. Jacobs et al., "Adaptive
// mixtures of local experts", 1991.
#include <algorithm>

#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"

namespace firesteel {

struct MixtureTable final : LayerOf<MixtureTable> {
  static constexpr auto schema() {
    return Schema{
        "MixtureTable", "arithmetic",
        "The sum of experts, each times its gate. The first input has a row of gates; then "
        "follows one input with the experts along its first extent, or one input for each "
        "of at least two experts."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 2}, {3, 2, 3}, {3, 2, 3}}}; }

  int least_inputs() const override { return 2; }
  int most_inputs() const override { return 64; }
  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 2, "input 0 must be rows of gates, got ", without_batch(in[0]));
    Shape out = in[1];
    int64_t experts = static_cast<int64_t>(in.size()) - 1;
    if (experts == 1) {
      require(out.size() >= 2, "input 1 must have an extent of experts, got ", without_batch(out));
      experts = out[1];
      out.erase(out.begin() + 1);
    }
    require(experts == in[0][1], "inputs must have an expert for each gate, got ", experts,
            " experts and ", in[0][1], " gates");
    for (size_t i = 2; i < in.size(); ++i) {
      require(in[i] == in[1], "experts must have one shape, got ", without_batch(in[1]), " and ",
              without_batch(in[i]));
    }
    return {out};
  }
  void prepare(Prepare& p) const override {
    for (size_t i = 0; i < p.inputs(); ++i) p.backward_reads_input(i);
  }
  double flops(const Shapes& in, const Shapes& out) const override {
    return 2.0 * static_cast<double>(numel(out[0]) * in[0][1]);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t experts = r.in()[1], width = numel(r.out()) / r.rows();
      each_row(r.rows(), experts * width, [&](int64_t n) {
        const T* gates = static_cast<const T*>(r.x()) + n * experts;
        T* y = static_cast<T*>(r.y()) + n * width;
        std::fill_n(y, width, T(0));
        for (int64_t e = 0; e < experts; ++e) {
          const T* x = static_cast<const T*>(r.x(input(r, e))) + place(r, n, e, width);
          for (int64_t i = 0; i < width; ++i) y[i] += gates[e] * x[i];
        }
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t experts = r.in()[1], width = numel(r.out()) / r.rows();
      each_row(r.rows(), experts * width, [&](int64_t n) {
        const T* dy = static_cast<const T*>(r.dy()) + n * width;
        for (int64_t e = 0; e < experts; ++e) {
          size_t from = input(r, e);
          int64_t at = place(r, n, e, width), gate = n * experts + e;
          const T* x = static_cast<const T*>(r.x(from)) + at;
          if (r.dx(0)) static_cast<T*>(r.dx(0))[gate] = dot(dy, x, width);
          if (!r.dx(from)) continue;
          T g = static_cast<const T*>(r.x(0))[gate];
          T* dx = static_cast<T*>(r.dx(from)) + at;
          for (int64_t i = 0; i < width; ++i) dx[i] = g * dy[i];
        }
      });
    });
  }

 private:
  // Where expert e of row n is: the input, and the place in it.
  static bool together(const Run& r) { return r.inputs() == 2; }
  static size_t input(const Run& r, int64_t e) {
    return together(r) ? 1 : static_cast<size_t>(e) + 1;
  }
  static int64_t place(const Run& r, int64_t n, int64_t e, int64_t width) {
    return (together(r) ? n * r.in()[1] + e : n) * width;
  }
};
FIRESTEEL_LAYER(MixtureTable);

}  // namespace firesteel
