// SPDX-License-Identifier: Apache-2.0
// TopK: y = the k largest (or smallest) x along one extent, the largest first, and where they are.
#include <utility>

#include "nn/layers/reduction/reduce.h"
#include "nn/layers/shape/blocks.h"

namespace firesteel {
namespace {

// The best numbers seen, kept in the two outputs: a heap with the worst of them on top. Of equal
// numbers the first one is better.
template <class T>
struct Best {
  T *values, *places;
  int64_t step;  // from one to the next
  bool largest;

  bool better(T a, T place_a, T b, T place_b) const {
    return a == b ? place_a < place_b : largest ? a > b : a < b;
  }
  bool better(int64_t i, int64_t j) const {
    return better(values[i * step], places[i * step], values[j * step], places[j * step]);
  }
  void set(int64_t i, T value, int64_t place) {
    values[i * step] = value;
    places[i * step] = static_cast<T>(place);
  }
  void swap(int64_t i, int64_t j) {
    std::swap(values[i * step], values[j * step]);
    std::swap(places[i * step], places[j * step]);
  }
  // Lets number i of `size` down to where it belongs.
  void sink(int64_t i, int64_t size) {
    for (int64_t child = 2 * i + 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && better(child, child + 1)) ++child;
      if (!better(i, child)) return;
      swap(i, child);
      i = child;
    }
  }

  // The best k of x, `extent` numbers `step` apart, in their order.
  void select(const T* x, int64_t extent, int64_t k) {
    for (int64_t i = 0; i < k; ++i) set(i, x[i * step], i);
    for (int64_t i = k / 2; i-- > 0;) sink(i, k);
    for (int64_t i = k; i < extent; ++i) {
      if (!better(x[i * step], static_cast<T>(i), values[0], places[0])) continue;
      set(0, x[i * step], i);
      sink(0, k);
    }
    for (int64_t last = k - 1; last > 0; --last) {
      swap(0, last);
      sink(0, last);
    }
  }
};

}  // namespace

struct TopK final : LayerOf<TopK> {
  int64_t k = 1, dim = -1;
  bool largest = true;

  static constexpr auto schema() {
    return Schema{"TopK",
                  "reduction",
                  "Takes the largest numbers along an extent, in their order. Output 1 is where "
                  "they are.",
                  required("k", &TopK::k, "how many", positive),
                  attr("dim", &TopK::dim, "the extent; the batch is 0, the last one -1", not_batch),
                  attr("largest", &TopK::largest, "false: the smallest numbers")};
  }
  static Sample sample() {
    return {.attrs = {{"k", int64_t{3}}, {"dim", int64_t{2}}}, .in = {{2, 2, 5, 3}}};
  }

  Shapes infer(const Shapes& in) const override {
    size_t at = place_of(dim, in[0]);
    require(k <= in[0][at], "input must have at least ", k, " numbers in extent ", dim, ", got ",
            without_batch(in[0]));
    Shape out = in[0];
    out[at] = k;
    return {out, out};
  }
  Steps steps(const Shape& in) const override { return steps_behind(extent_of(dim, in)); }
  void prepare(Prepare& p) const override { p.backward_reads_output(); }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = numbers<T>(r.x());
      T *values = numbers<T>(r.y(0)), *places = numbers<T>(r.y(1));
      each_line(r, [&](int64_t from, int64_t to, const Blocks& whole) {
        Best<T> best{values + to, places + to, whole.inner, largest};
        best.select(x + from, whole.extent, k);
      });
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = numbers<T>(r.dy());
      T *places = numbers<T>(r.y(1)), *dx = numbers<T>(r.dx());
      std::fill_n(dx, numel(r.in()), T(0));
      each_line(r, [&](int64_t from, int64_t to, const Blocks& whole) {
        for (int64_t i = 0; i < k; ++i) {
          auto place = static_cast<int64_t>(places[to + i * whole.inner]);
          dx[from + place * whole.inner] = dy[to + i * whole.inner];
        }
      });
    });
  }

 private:
  // body(first number of the input, first of the output, blocks of the input)
  template <class Body>
  void each_line(const Run& r, const Body& body) const {
    Blocks whole(r.in(), static_cast<int64_t>(extent_of(dim, r.in())));
    each_row(whole.outer * whole.inner, whole.extent, [&](int64_t line) {
      int64_t o = line / whole.inner, i = line % whole.inner;
      body(o * whole.extent * whole.inner + i, o * k * whole.inner + i, whole);
    });
  }
};
FIRESTEEL_LAYER(TopK);

}  // namespace firesteel
