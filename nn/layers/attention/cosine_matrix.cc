// SPDX-License-Identifier: Apache-2.0
// CosineMatrix: y[i, j] = a_i . b_j / (|a_i| |b_j|), of each step of one input and each of another:
// how alike the words of a query and of a document are.
#include <algorithm>

#include "core/buffer.h"
#include "nn/layer.h"

namespace firesteel {

struct CosineMatrix final : LayerOf<CosineMatrix> {
  static constexpr auto schema() {
    return Schema{"CosineMatrix", "attention",
                  "The cosine of each step of the first input with each step of the second."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 5, 4}}}; }

  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    for (const Shape& shape : in) {
      require(shape.size() == 3 && shape[2] == in[0].back(),
              "inputs must be steps of as many numbers each, got ", without_batch(in[0]), " and ",
              without_batch(in[1]));
    }
    return {{in[0][0], in[0][1], in[1][1]}};
  }

  double flops(const Shapes& in, const Shapes&) const override {
    return 2.0 * static_cast<double>(numel(in[0]) * in[1][1]);
  }

  void prepare(Prepare& p) const override {
    Env env = p.env();
    env.compute = DType::f32;
    int64_t rows = p.in()[0], m = p.in()[1], n = p.in(1)[1], width = p.in()[2];
    MatMulSpec::Matrix a{width, 1, {m * width}}, b{width, 1, {n * width}}, y{n, 1, {m * n}};
    size_t products = 0;
    auto multiply = [&](const MatMulSpec& spec) {
      products = std::max(products, p.keep(make_matmul(env, spec)).scratch_bytes);
    };
    MatMulSpec::Matrix flipped_b{1, width, b.batch}, flipped_y{1, n, y.batch};
    multiply({.batch = {rows}, .m = m, .n = n, .k = width, .a = a, .b = flipped_b, .dst = y});
    size_t own = 0;
    if (p.training()) {
      multiply({.batch = {rows}, .m = m, .n = width, .k = n, .a = y, .b = b, .dst = a});
      multiply({.batch = {rows}, .m = n, .n = width, .k = m, .a = flipped_y, .b = a, .dst = b});
      own = whole_lines(static_cast<size_t>(numel(p.out())) * size_of(env.dtype));
    }
    for (size_t i = 0; i < 2; ++i) {
      p.save(static_cast<size_t>(rows * p.in(i)[1]) * size_of(env.dtype));  // 1 / lengths
      p.backward_reads_input(i);
    }
    p.backward_reads_output();
    p.scratch(own + products);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      for (size_t i = 0; i < 2; ++i) invert_lengths<T>(r, i);
      r.op<MatMul>(kForward).run(r.x(), r.x(1), r.y(), r.scratch());
      scale_by_lengths(r, static_cast<const T*>(r.y()), static_cast<T*>(r.y()));
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* diff = static_cast<T*>(r.scratch());
      void* rest = static_cast<std::byte*>(r.scratch()) +
                   whole_lines(static_cast<size_t>(numel(r.out())) * sizeof(T));
      scale_by_lengths(r, static_cast<const T*>(r.dy()), diff);
      if (r.dx(0)) r.op<MatMul>(kDiffA).run(diff, r.x(1), r.dx(0), rest);
      if (r.dx(1)) r.op<MatMul>(kDiffB).run(diff, r.x(0), r.dx(1), rest);
      int64_t n = r.in(1)[1];
      for (size_t i = 0; i < 2; ++i) {
        if (!r.dx(i)) continue;
        for (int64_t step = 0; step < r.in(i)[0] * r.in(i)[1]; ++step) {
          int64_t m = r.in()[1], row = step / n, j = step % n;
          T dot =
              i == 0 ? dot_of_line<T>(r, step * n, 1, n) : dot_of_line<T>(r, row * m * n + j, n, m);
          keep_length<T>(r, i, step, dot);
        }
      }
    });
  }

 private:
  enum Op : size_t { kForward, kDiffA, kDiffB };
  static constexpr double kLeast = 1e-8;  // nothing is divided by a smaller length, as in PyTorch

  template <class T>
  static void invert_lengths(const Run& r, size_t i) {
    int64_t width = r.in(i)[2];
    auto* x = static_cast<const T*>(r.x(i));
    auto* inverse = static_cast<T*>(r.saved(i));
    for (int64_t step = 0; step < r.in(i)[0] * r.in(i)[1]; ++step, x += width) {
      T squares = 0;
      for (int64_t e = 0; e < width; ++e) squares += x[e] * x[e];
      inverse[step] = 1 / std::max(std::sqrt(squares), T(kLeast));
    }
  }

  // to[i, j] = from[i, j] / (|a_i| |b_j|).
  template <class T>
  static void scale_by_lengths(const Run& r, const T* from, T* to) {
    int64_t m = r.in()[1], n = r.in(1)[1];
    auto* a = static_cast<const T*>(r.saved(0));
    auto* b = static_cast<const T*>(r.saved(1));
    for (int64_t i = 0; i < r.rows() * m; ++i, from += n, to += n) {
      const T* columns = b + i / m * n;
      for (int64_t j = 0; j < n; ++j) to[j] = from[j] * a[i] * columns[j];
    }
  }

  // The sum of dy y over `count` numbers.
  template <class T>
  static T dot_of_line(const Run& r, int64_t first, int64_t step, int64_t count) {
    auto* y = static_cast<const T*>(r.y()) + first;
    auto* dy = static_cast<const T*>(r.dy()) + first;
    T dot = 0;
    for (int64_t i = 0; i < count; ++i) dot += y[i * step] * dy[i * step];
    return dot;
  }

  // Takes the part of a step's gradient that would change its length alone.
  template <class T>
  static void keep_length(Run& r, size_t i, int64_t step, T dot) {
    int64_t width = r.in(i)[2];
    T inverse = static_cast<const T*>(r.saved(i))[step];
    if (inverse >= 1 / T(kLeast)) return;
    auto* x = static_cast<const T*>(r.x(i)) + step * width;
    T* dx = static_cast<T*>(r.dx(i)) + step * width;
    T factor = dot * inverse * inverse;
    for (int64_t e = 0; e < width; ++e) dx[e] -= factor * x[e];
  }
};
FIRESTEEL_LAYER(CosineMatrix);

}  // namespace firesteel
