// SPDX-License-Identifier: Apache-2.0
// MatMul: y = a b, products of the matrices in the last two extents.
#include <algorithm>
#include <utility>

#include "nn/layer.h"

namespace firesteel {

struct MatMulLayer final : LayerOf<MatMulLayer> {
  bool transpose_a = false, transpose_b = false;

  static constexpr auto schema() {
    return Schema{
        "MatMul", "arithmetic",
        "Multiplies matrices, the last two extents of its inputs. An input with one extent "
        "besides the batch is a vector: a row on the left, a column on the right.",
        attr("transpose_a", &MatMulLayer::transpose_a, "the first matrix is transposed"),
        attr("transpose_b", &MatMulLayer::transpose_b, "the second matrix is transposed")};
  }
  static Sample sample() {
    return {.attrs = {{"transpose_b", true}}, .in = {{2, 3, 4, 5}, {2, 3, 2, 5}}};
  }

  int least_inputs() const override { return 2; }
  Shapes infer(const Shapes& in) const override { return {sizes(in[0], in[1]).out}; }
  double flops(const Shapes& in, const Shapes& out) const override {
    return 2.0 * static_cast<double>(numel(out[0]) * sizes(in[0], in[1]).k);
  }

  void prepare(Prepare& p) const override {
    for (size_t i = 0; i < 2; ++i) p.want(i, p.plain_values(p.in(i)));
    p.set_output(0, p.plain_values(p.out()));
    auto [count, m, n, k, out] = sizes(p.in(0), p.in(1));
    bool flip_a = flips_a(p.in(0)), flip_b = flips_b(p.in(1));
    Matrix a = plain(m, k, flip_a), b = plain(k, n, flip_b), y = plain(m, n, false);
    MatMulSpec forward{.batch = {count}, .m = m, .n = n, .k = k, .a = a, .b = b, .dst = y};
    size_t scratch = keep(p, forward);
    p.scratch(scratch);
    if (!p.training()) return;
    // The gradient of a matrix that lies transposed is the transposed product.
    MatMulSpec of_a = forward, of_b = forward;
    of_a.m = m, of_a.n = k, of_a.k = n, of_a.a = y, of_a.b = flip(b), of_a.dst = a;
    of_b.m = k, of_b.n = n, of_b.k = m, of_b.a = flip(a), of_b.b = y, of_b.dst = b;
    scratch = std::max(scratch, keep(p, flip_a ? transposed(of_a) : of_a));
    scratch = std::max(scratch, keep(p, flip_b ? transposed(of_b) : of_b));
    p.scratch(scratch);
    p.backward_reads_input(0);
    p.backward_reads_input(1);
  }

  void forward(Run& r) const override { r.op<MatMul>().run(r.x(0), r.x(1), r.y(), r.scratch()); }

  void backward(Run& r) const override {
    bool flip_a = flips_a(r.in(0)), flip_b = flips_b(r.in(1));
    const void *a = r.x(0), *b = r.x(1), *dy = r.dy();
    if (r.dx(0)) r.op<MatMul>(1).run(flip_a ? b : dy, flip_a ? dy : b, r.dx(0), r.scratch());
    if (r.dx(1)) r.op<MatMul>(2).run(flip_b ? dy : a, flip_b ? a : dy, r.dx(1), r.scratch());
  }

 private:
  using Matrix = MatMulSpec::Matrix;
  struct Sizes {
    int64_t count, m, n, k;  // of the products
    Shape out;
  };
  // Vectors are what they have to be.
  bool flips_a(const Shape& a) const { return transpose_a && a.size() > 2; }
  bool flips_b(const Shape& b) const { return transpose_b && b.size() > 2; }

  Sizes sizes(const Shape& a, const Shape& b) const {
    bool row = a.size() == 2, column = b.size() == 2;
    require(a.size() >= 2 && b.size() >= 2 && !(row && column),
            "inputs must be matrices, or a matrix and a vector, got ", without_batch(a), " and ",
            without_batch(b));
    bool flip_a = flips_a(a), flip_b = flips_b(b);
    auto last = [](const Shape& shape, size_t from_end) { return shape[shape.size() - from_end]; };
    int64_t m = row ? 1 : last(a, flip_a ? 1 : 2), k = last(a, flip_a ? 2 : 1);
    int64_t n = column ? 1 : last(b, flip_b ? 2 : 1), other = last(b, column || flip_b ? 1 : 2);
    Shape out(a.begin(), a.end() - (row ? 1 : 2)), before(b.begin(), b.end() - (column ? 1 : 2));
    require(k == other && out == before, "inputs must be matrices that can be multiplied, got ",
            without_batch(a), " and ", without_batch(b));
    int64_t count = numel(out);
    if (!row) out.push_back(m);
    if (!column) out.push_back(n);
    return {count, m, n, k, out};
  }

  // Dense; `flipped` where it lies in memory as its transpose.
  static Matrix plain(int64_t rows, int64_t columns, bool flipped) {
    return {flipped ? 1 : columns, flipped ? rows : 1, {rows * columns}};
  }
  static Matrix flip(const Matrix& m) { return {m.column, m.row, m.batch}; }

  // dst^T = b^T a^T.
  static MatMulSpec transposed(MatMulSpec spec) {
    std::swap(spec.m, spec.n);
    std::swap(spec.a, spec.b);
    for (Matrix* m : {&spec.a, &spec.b, &spec.dst}) *m = flip(*m);
    return spec;
  }

  static size_t keep(Prepare& p, const MatMulSpec& spec) {
    return p.keep(make_matmul(p.env(), spec)).scratch_bytes;
  }
};
FIRESTEEL_LAYER(MatMulLayer);

}  // namespace firesteel
