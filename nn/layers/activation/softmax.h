// SPDX-License-Identifier: Apache-2.0
// Layers of the probabilities along one extent. The kernels know rows; along another extent than
// the last one numbers are put into rows first.
#pragma once

#include "backend/kernels/softmax.h"
#include "nn/layers/activation/dim.h"
#include "nn/layers/math/pointwise.h"
#include "nn/layers/shape/blocks.h"

namespace firesteel {

template <class Derived>
struct SoftmaxOf : LayerOf<Derived> {
  int64_t dim = -1;

  void check() const override { check_dim(dim, Derived::schema().kind); }
  Shapes infer(const Shapes& in) const override {
    require_dim(dim, in[0]);
    return {in[0]};
  }
  Steps steps(const Shape& in) const override {
    return in.size() > 2 && dim_of(dim, in) > 1 ? Steps::each : Steps::mixed;
  }

 protected:
  Blocks blocks(const Shape& in) const { return {in, dim_of(dim, in)}; }
  bool in_rows(const Shape& in) const { return blocks(in).inner == 1; }
  static size_t bytes(const Prepare& p) {
    return static_cast<size_t>(numel(p.in())) * size_of(p.env().dtype);
  }
  kernels::SoftmaxRows rows(const Run& r, double scale = 1) const {
    int64_t width = blocks(r.in()).extent;
    return {.rows = numel(r.in()) / width, .width = width, .scale = scale};
  }

  // Numbers into rows along the extent, and back.
  void to_rows(const Run& r, const void* from, void* to) const {
    turn(blocks(r.in()).extent, blocks(r.in()).inner, r, from, to);
  }
  void from_rows(const Run& r, const void* from, void* to) const {
    turn(blocks(r.in()).inner, blocks(r.in()).extent, r, from, to);
  }

 private:
  // Matrices of lines x width, transposed.
  static void turn(int64_t lines, int64_t width, const Run& r, const void* from, void* to) {
    constexpr int64_t kTile = 16;  // columns whose cache lines are filled together
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t size = lines * width;
      parallel_for(numel(r.in()) / size, 1 + kNumbersOfPointwise / size,
                   [&](int64_t begin, int64_t end) {
                     for (int64_t m = begin; m < end; ++m) {
                       auto* x = static_cast<const T*>(from) + m * size;
                       auto* y = static_cast<T*>(to) + m * size;
                       for (int64_t tile = 0; tile < width; tile += kTile) {
                         int64_t after = tile + kTile < width ? tile + kTile : width;
                         for (int64_t l = 0; l < lines; ++l) {
                           for (int64_t w = tile; w < after; ++w)
                             y[w * lines + l] = x[l * width + w];
                         }
                       }
                     }
                   });
    });
  }
};

// y = softmax(kSign x).
template <class Derived, int kSign>
struct ProbabilitiesOf : SoftmaxOf<Derived> {
  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<kernels::Softmax>(kernels::softmax(p.env())));
    if (!this->in_rows(p.in())) p.scratch(2 * this->bytes(p));
    p.backward_reads_output();
    p.in_place();
  }
  void forward(Run& r) const override {
    auto& op = r.op<kernels::Softmax>();
    const void* x = r.x();
    if (kSign < 0) {
      map_values(r, x, r.y(), [](auto value) { return -value; });
      x = r.y();
    }
    if (this->in_rows(r.in())) {
      r.pass_on(x, r.y());
      return op.forward(this->rows(r), r.y());
    }
    this->to_rows(r, x, r.scratch());
    op.forward(this->rows(r), r.scratch());
    this->from_rows(r, r.scratch(), r.y());
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    auto& op = r.op<kernels::Softmax>();
    auto rows = this->rows(r, kSign);
    if (this->in_rows(r.in())) {
      r.pass_on(r.dy(), r.dx());
      return op.backward(rows, r.y(), r.dx());
    }
    void* y = r.scratch();
    void* diff =
        static_cast<std::byte*>(y) + static_cast<size_t>(r.elements()) * size_of(r.dtype());
    this->to_rows(r, r.y(), y);
    this->to_rows(r, r.dy(), diff);
    op.backward(rows, y, diff);
    this->from_rows(r, diff, r.dx());
  }
};

}  // namespace firesteel
