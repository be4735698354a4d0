// SPDX-License-Identifier: Apache-2.0
// Flip: y[..., i, ...] = x[..., extent - 1 - i, ...].
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/view.h"

namespace firesteel {

struct Flip final : ViewOf<Flip> {
  Dims dims;

  static constexpr auto schema() {
    return Schema{
        "Flip", "shape", "Reverses the order along some extents.",
        required("dims", &Flip::dims, "the extents; the batch is 0, the last one -1", not_batch)};
  }
  static Sample sample() { return {.attrs = {{"dims", Dims{1, -1}}}, .in = {{2, 3, 2, 4}}}; }

  TensorView view(const Shape& in) const override {
    std::vector<bool> chosen = chosen_extents(dims, in);
    TensorView v(in);
    for (size_t d = 1; d < in.size(); ++d) {
      if (chosen[d]) v.take(d, in[d] - 1, in[d], -1);
    }
    return v;
  }
  Steps steps(const Shape& in) const override {
    bool behind = true;
    for (int64_t d : dims) behind = behind && extent_of(d, in) > 1;
    return behind ? Steps::each : Steps::mixed;
  }
};
FIRESTEEL_LAYER(Flip);

}  // namespace firesteel
