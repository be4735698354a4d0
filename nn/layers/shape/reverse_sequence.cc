// SPDX-License-Identifier: Apache-2.0
// ReverseSequence: y[n, ..., t, ...] = x[n, ..., length - 1 - t, ...] for t < length of row n, else
// x[n, ..., t, ...].
#include <algorithm>

#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/ids.h"

namespace firesteel {

struct ReverseSequence final : LayerOf<ReverseSequence> {
  int64_t dim = 1;

  static constexpr auto schema() {
    return Schema{"ReverseSequence", "shape",
                  "Reverses the order of steps, of each row as many as the second input says; "
                  "without one all that the row has before its padding.",
                  attr("dim", &ReverseSequence::dim,
                       "the extent of steps; the batch is 0, the last one -1", not_batch)};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{3, 4, 2}, {3, 1}}, .ids_below = 5, .ids_inputs = {1}};
  }

  int most_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    place_of(dim, in[0]);
    require(in.size() == 1 || numel(in[1]) == in[1][0],
            "the second input must have one number in a row, got ", without_batch(in.back()));
    return {in[0]};
  }
  Steps steps(const Shape& in) const override {
    return extent_of(dim, in) == 1 ? Steps::followed : Steps::each;
  }
  void prepare(Prepare& p) const override {
    if (p.inputs() > 1) p.backward_reads_input(1);
  }

  void forward(Run& r) const override { reverse(r, r.x(), r.y()); }
  void backward(Run& r) const override {
    if (r.inputs() > 1) no_gradient(r, 1);
    if (r.dx()) reverse(r, r.dy(), r.dx());
  }

 private:
  void reverse(const Run& r, const void* from, void* to) const {
    by_dtype(r.dtype(), [&]<class T>() {
      const Shape& in = r.in();
      size_t at = extent_of(dim, in);
      int64_t outer = numel_of(in, 1, at), extent = in[at], inner = numel_of(in, at + 1, in.size());
      for (int64_t i = 0; i < r.rows() * outer; ++i) {
        auto* x = static_cast<const T*>(from) + i * extent * inner;
        auto* y = static_cast<T*>(to) + i * extent * inner;
        int64_t length = length_of<T>(r, i / outer, extent, at == 1);
        for (int64_t t = 0; t < extent; ++t) {
          std::copy_n(x + (t < length ? length - 1 - t : t) * inner, inner, y + t * inner);
        }
      }
    });
  }
  template <class T>
  static int64_t length_of(const Run& r, int64_t n, int64_t extent, bool steps) {
    if (r.inputs() == 1) return steps ? r.length(n) : extent;
    T given = static_cast<const T*>(r.x(1))[n];
    require(given > T(-0.5) && given < static_cast<T>(extent) + T(0.5),
            "ReverseSequence: lengths must be from 0 to ", extent, ", got ", given);
    return static_cast<int64_t>(given + T(0.5));
  }
};
FIRESTEEL_LAYER(ReverseSequence);

}  // namespace firesteel
