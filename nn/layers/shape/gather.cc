// SPDX-License-Identifier: Apache-2.0
// Gather: y[n, ..., k, ...] = x[n, ..., id k, ...], places of one extent: as tf.gather with the
// batch as batch dimension, or as torch.index_select.
#include <algorithm>

#include "nn/layers/arithmetic/rows.h"
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/ids.h"

namespace firesteel {

struct Gather final : LayerOf<Gather> {
  int64_t dim = 1;
  Dims index;

  static constexpr auto schema() {
    return Schema{
        "Gather", "shape",
        "Takes places of one extent. The second input has the ids of each row, of any "
        "shape, which takes the extent's place; or the same ids serve all rows.",
        attr("dim", &Gather::dim, "the extent; the batch is 0, the last one -1", not_batch),
        attr("index", &Gather::index,
             "the places for all rows, where there is no second input; -1 is the last")};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}},
            .in = {{2, 3, 4, 2}, {2, 2, 3}},
            .ids_below = 4,
            .ids_inputs = {1}};
  }

  int least_inputs() const override { return index.empty() ? 2 : 1; }

  Shapes infer(const Shapes& in) const override {
    size_t at = place_of(dim, in[0]);
    Shape ids = index.empty() ? without_batch(in[1]) : Shape{static_cast<int64_t>(index.size())};
    for (int64_t i : index) {
      require(i >= -in[0][at] && i < in[0][at], "input must have a place ", i, " in extent ", dim,
              ", got ", without_batch(in[0]));
    }
    Shape out = in[0];
    auto place = out.begin() + static_cast<std::ptrdiff_t>(at);
    out.insert(out.erase(place), ids.begin(), ids.end());
    return {out};
  }
  Steps steps(const Shape& in) const override { return steps_behind(extent_of(dim, in)); }

  void prepare(Prepare& p) const override {
    size_t at = extent_of(dim, p.in());
    auto fixed = std::make_unique<Dims>(index);
    for (int64_t& i : *fixed) i += i < 0 ? p.in()[at] : 0;
    p.keep(std::move(fixed));
    if (index.empty()) p.save(static_cast<size_t>(numel(p.in(1))) * sizeof(int64_t));
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      if (index.empty()) {
        int64_t extent = r.in()[extent_of(dim, r.in())];
        read_ids(kind(), static_cast<const T*>(r.x(1)), numel(r.in(1)), extent,
                 static_cast<int64_t*>(r.saved()));
      }
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      each(r, [&](int64_t from, int64_t to, int64_t count) {
        for (int64_t i = 0; i < count; ++i) y[to + i] = x[from + i];
      });
    });
  }
  void backward(Run& r) const override {
    if (index.empty()) no_gradient(r, 1);
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      std::fill_n(dx, numel(r.in()), T(0));
      each(r, [&](int64_t from, int64_t to, int64_t count) {
        for (int64_t i = 0; i < count; ++i) dx[from + i] += dy[to + i];
      });
    });
  }

 private:
  // body(index in the input, index in the output, numbers) for all that is taken.
  template <class Body>
  void each(Run& r, const Body& body) const {
    const Shape& in = r.in();
    size_t at = extent_of(dim, in);
    int64_t outer = numel_of(in, 1, at), extent = in[at], inner = numel_of(in, at + 1, in.size());
    bool own = index.empty();
    const int64_t* all = own ? static_cast<const int64_t*>(r.saved()) : r.op<Dims>().data();
    int64_t count = own ? numel(r.in(1)) / r.rows() : static_cast<int64_t>(index.size());
    each_row(r.rows(), outer * count * inner, [&](int64_t n) {
      const int64_t* ids = own ? all + n * count : all;
      for (int64_t o = n * outer; o < (n + 1) * outer; ++o) {
        for (int64_t k = 0; k < count; ++k) {
          body((o * extent + ids[k]) * inner, (o * count + k) * inner, inner);
        }
      }
    });
  }
};
FIRESTEEL_LAYER(Gather);

}  // namespace firesteel
