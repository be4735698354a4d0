// SPDX-License-Identifier: Apache-2.0
// Permute: y[n, i(dims[0]), i(dims[1]), ...] = x[n, i(1), i(2), ...]: extents in another order.
#include <algorithm>
#include <numeric>

#include "nn/layer.h"

namespace firesteel {

struct Permute final : LayerOf<Permute> {
  Dims dims;

  static constexpr auto schema() {
    return Schema{"Permute", "shape", "Puts the extents of a row into another order.",
                  required("dims", &Permute::dims,
                           "the order, without the batch, which is 0: [2, 3, 1] makes channels of "
                           "images the last extent",
                           nonempty)};
  }
  static Sample sample() { return {.attrs = {{"dims", Dims{2, 3, 1}}}, .in = {{2, 3, 2, 4}}}; }

  void check() const override {
    Dims all(dims.size());
    std::iota(all.begin(), all.end(), 1);
    require<AttrError>(std::is_permutation(all.begin(), all.end(), dims.begin()),
                       "Permute.dims: must be 1 to ", dims.size(), " in some order, got ", dims);
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == dims.size() + 1, "input must have ", dims.size(), " extents, got ",
            without_batch(in[0]));
    Shape out = {in[0][0]};
    for (int64_t d : dims) out.push_back(in[0][static_cast<size_t>(d)]);
    return {out};
  }

  void prepare(Prepare& p) const override {
    const Shape& in = p.in();
    Dims strides(in.size(), 1);
    for (size_t d = in.size() - 1; d-- > 0;) strides[d] = strides[d + 1] * in[d + 1];
    auto walk = std::make_unique<Walk>();
    walk->at.resize(in.size());
    walk->steps = strides;
    for (size_t d = 1; d < in.size(); ++d) {
      walk->steps[d] = strides[static_cast<size_t>(dims[d - 1])];
    }
    p.keep(std::move(walk));
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      each(r, [&](int64_t from, int64_t to) { y[to] = x[from]; });
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      each(r, [&](int64_t from, int64_t to) { dx[from] = dy[to]; });
    });
  }

 private:
  // Through the output in order.
  struct Walk {
    Dims steps;  // in the input, of the output's extents
    Dims at;     // index in the output
  };

  // body(index in the input, index in the output) for all elements.
  template <class Body>
  static void each(Run& r, const Body& body) {
    const Shape& out = r.out();
    auto& [steps, at] = r.op<Walk>();
    std::fill(at.begin(), at.end(), 0);
    int64_t from = 0;
    for (int64_t to = 0; to < numel(out); to += out.back()) {
      for (int64_t i = 0; i < out.back(); ++i) body(from + i * steps.back(), to + i);
      for (size_t d = out.size() - 1; d-- > 0;) {
        from += steps[d];
        if (++at[d] < out[d]) break;
        from -= out[d] * steps[d];
        at[d] = 0;
      }
    }
  }
};
FIRESTEEL_LAYER(Permute);

}  // namespace firesteel
