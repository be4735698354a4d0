// SPDX-License-Identifier: Apache-2.0
// CumSum: y[..., i, ...] = sum of x[..., j, ...] for j <= i, j < i (exclusive), or from the end.
#include "nn/layers/reduction/reduce.h"
#include "nn/layers/shape/blocks.h"

namespace firesteel {

struct CumSum final : LayerOf<CumSum> {
  int64_t dim = 1;
  bool exclusive = false, reverse = false;

  static constexpr auto schema() {
    return Schema{
        "CumSum",
        "reduction",
        "Adds up the numbers along an extent, and gives all sums on the way.",
        attr("dim", &CumSum::dim, "the extent; the batch is 0, the last one -1", not_batch),
        attr("exclusive", &CumSum::exclusive, "without the number itself"),
        attr("reverse", &CumSum::reverse, "from the last number to the first")};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}, {"exclusive", true}}, .in = {{2, 3, 4, 2}}};
  }

  Shapes infer(const Shapes& in) const override {
    place_of(dim, in[0]);
    return {in[0]};
  }
  // Padding comes after the steps of a row.
  Steps steps(const Shape& in) const override {
    return reverse ? steps_behind(extent_of(dim, in)) : Steps::each;
  }

  void forward(Run& r) const override { sum_up(r, r.x(), r.y(), reverse); }
  // A number is in the sums that begin with it in the other direction.
  void backward(Run& r) const override {
    if (r.dx()) sum_up(r, r.dy(), r.dx(), !reverse);
  }

 private:
  void sum_up(const Run& r, const void* from, void* to, bool down) const {
    by_dtype(r.dtype(), [&]<class T>() {
      Blocks whole(r.in(), static_cast<int64_t>(extent_of(dim, r.in())));
      int64_t inner = whole.inner, last = whole.extent - 1;
      each_row(whole.outer, whole.extent * inner, [&](int64_t o) {
        auto* x = numbers<T>(from) + o * whole.extent * inner;
        auto* y = numbers<T>(to) + o * whole.extent * inner;
        int64_t step = down ? -inner : inner;
        if (down) x += last * inner, y += last * inner;
        for (int64_t j = 0; j < inner; ++j) y[j] = exclusive ? T(0) : x[j];
        for (int64_t i = 1; i <= last; ++i) {
          auto* added = exclusive ? x : x + step;
          auto* next = y + step;
          for (int64_t j = 0; j < inner; ++j) next[j] = y[j] + added[j];
          x += step;
          y = next;
        }
      });
    });
  }
};
FIRESTEEL_LAYER(CumSum);

}  // namespace firesteel
