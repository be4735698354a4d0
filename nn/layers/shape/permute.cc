// SPDX-License-Identifier: Apache-2.0
// Permute: y[n, i(dims[0]), i(dims[1]), ...] = x[n, i(1), i(2), ...]: extents in another order.
#include <numeric>

#include "nn/layers/shape/view.h"

namespace firesteel {

struct Permute final : ViewOf<Permute> {
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

  TensorView view(const Shape& in) const override {
    require(in.size() == dims.size() + 1, "input must have ", dims.size(), " extents, got ",
            without_batch(in));
    TensorView v(in);
    Dims order = {0};
    order.insert(order.end(), dims.begin(), dims.end());
    v.reorder(order);
    return v;
  }
  Steps steps(const Shape&) const override {
    return dims.size() > 1 && dims[0] == 1 ? Steps::each : Steps::mixed;
  }
};
FIRESTEEL_LAYER(Permute);

}  // namespace firesteel
