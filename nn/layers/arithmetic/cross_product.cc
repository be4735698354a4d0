// SPDX-License-Identifier: Apache-2.0
// CrossProduct: y = the dot products x1 x2, x1 x3, ..., x2 x3, ... of all pairs of inputs, side by
// side.
#include <algorithm>

#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"

namespace firesteel {

struct CrossProduct final : LayerOf<CrossProduct> {
  static constexpr auto schema() {
    return Schema{
        "CrossProduct", "arithmetic",
        "The dot products of all pairs of inputs: of the first one with each that follows, "
        "of the second one, and so on."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 5}, {2, 5}, {2, 5}, {2, 5}}}; }

  int least_inputs() const override { return 2; }
  int most_inputs() const override { return 64; }
  Shapes infer(const Shapes& in) const override {
    for (const Shape& shape : in) {
      require(shape.size() == 2 && shape == in[0], "inputs must be rows of one width, got ",
              without_batch(in[0]), " and ", without_batch(shape));
    }
    return {{in[0][0], pairs(in.size())}};
  }
  void prepare(Prepare& p) const override {
    for (size_t i = 0; i < p.inputs(); ++i) p.backward_reads_input(i);
  }
  double flops(const Shapes& in, const Shapes& out) const override {
    return 2.0 * static_cast<double>(numel(out[0]) * in[0][1]);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t width = r.in()[1], count = r.out()[1];
      each_row(r.rows(), count * width, [&](int64_t n) {
        T* y = static_cast<T*>(r.y()) + n * count;
        for (size_t i = 0; i < r.inputs(); ++i) {
          for (size_t j = i + 1; j < r.inputs(); ++j) {
            *y++ = dot(row<T>(r, i, n), row<T>(r, j, n), width);
          }
        }
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t width = r.in()[1], count = r.out()[1];
      each_row(r.rows(), 2 * count * width, [&](int64_t n) {
        for (size_t i = 0; i < r.inputs(); ++i) {
          if (r.dx(i)) std::fill_n(static_cast<T*>(r.dx(i)) + n * width, width, T(0));
        }
        const T* dy = static_cast<const T*>(r.dy()) + n * count;
        for (size_t i = 0; i < r.inputs(); ++i) {
          for (size_t j = i + 1; j < r.inputs(); ++j, ++dy) {
            add(*dy, row<T>(r, j, n), r.dx(i), n, width);
            add(*dy, row<T>(r, i, n), r.dx(j), n, width);
          }
        }
      });
    });
  }

 private:
  static int64_t pairs(size_t inputs) { return static_cast<int64_t>(inputs * (inputs - 1) / 2); }
  template <class T>
  static const T* row(const Run& r, size_t i, int64_t n) {
    return static_cast<const T*>(r.x(i)) + n * r.in()[1];
  }
  template <class T>
  static void add(T factor, const T* x, void* dx, int64_t n, int64_t width) {
    if (!dx) return;
    T* to = static_cast<T*>(dx) + n * width;
    for (int64_t e = 0; e < width; ++e) to[e] += factor * x[e];
  }
};
FIRESTEEL_LAYER(CrossProduct);

}  // namespace firesteel
