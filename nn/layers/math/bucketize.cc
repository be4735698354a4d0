// SPDX-License-Identifier: Apache-2.0
// Bucketize: y = how many of the boundaries are at most x.
#include <algorithm>

#include "nn/layer.h"

namespace firesteel {

struct Bucketize final : InferenceLayerOf<Bucketize> {
  std::vector<float> boundaries;

  static constexpr auto schema() {
    return Schema{"Bucketize", "math", "The id of the range that each number lies in.",
                  required("boundaries", &Bucketize::boundaries,
                           "where ranges but the first begin, ascending", nonempty)};
  }
  static Sample sample() {
    return {.attrs = {{"boundaries", Reals{-0.5, 0, 1}}}, .in = {{3, 5}}, .kinks = {-0.5, 0, 1}};
  }
  void check() const override {
    require<AttrError>(std::is_sorted(boundaries.begin(), boundaries.end()),
                       "Bucketize.boundaries: must be ascending, got ", boundaries);
  }
  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      for (int64_t i = 0; i < numel(r.in()); ++i) {
        auto above =
            std::upper_bound(boundaries.begin(), boundaries.end(), static_cast<float>(x[i]));
        y[i] = static_cast<T>(above - boundaries.begin());
      }
    });
  }
};
FIRESTEEL_LAYER(Bucketize);

}  // namespace firesteel
