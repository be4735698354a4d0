// SPDX-License-Identifier: Apache-2.0
// Expand: y = x repeated along its extents of 1, and along new ones before them.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/view.h"

namespace firesteel {

struct Expand final : ViewOf<Expand> {
  Dims shape;

  static constexpr auto schema() {
    return Schema{"Expand", "shape", "Repeats its input where it has extents of 1.",
                  required("shape", &Expand::shape,
                           "extents of the result without the batch; -1 leaves one as it is. More "
                           "than the input has are new ones before its own",
                           nonempty)};
  }
  static Sample sample() { return {.attrs = {{"shape", Dims{2, 3, -1, 4}}}, .in = {{2, 1, 2, 4}}}; }

  void check() const override {
    bool good = std::all_of(shape.begin(), shape.end(), [](int64_t d) { return d > 0 || d == -1; });
    require<AttrError>(good, "Expand.shape: extents must be > 0 or -1, got ", shape);
  }

  TensorView view(const Shape& in) const override {
    bool fits = in.size() <= shape.size() + 1;
    TensorView v(in);
    for (size_t d = in.size(); fits && d <= shape.size(); ++d) v.repeat(1, 1);
    for (size_t d = 1; fits && d <= shape.size(); ++d) {
      int64_t wanted = shape[d - 1];
      bool is_new = d + in.size() <= shape.size() + 1;
      bool same = wanted == v.extents[d] || wanted == -1;
      fits = is_new ? wanted > 0 : same || v.extents[d] == 1;
      if (!is_new && same) continue;
      v.extents[d] = wanted;
      v.steps[d] = 0;
    }
    require(fits, "input must have the last extents of ", shape, " or 1 in their place, got ",
            without_batch(in));
    return v;
  }
  Steps steps(const Shape& in) const override {
    bool leaves = in.size() > 2 && in.size() == shape.size() + 1 && shape[0] == -1;
    return leaves ? Steps::each : Steps::mixed;
  }
};
FIRESTEEL_LAYER(Expand);

}  // namespace firesteel
