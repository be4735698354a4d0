// SPDX-License-Identifier: Apache-2.0
// InTopK: y = 1 where fewer than k numbers of a row are larger than the one of the id, else 0.
#include "nn/layers/reduction/reduce.h"
#include "nn/layers/shape/ids.h"

namespace firesteel {

struct InTopK final : InferenceLayerOf<InTopK> {
  int64_t k = 1;

  static constexpr auto schema() {
    return Schema{"InTopK", "reduction",
                  "Says whether the class that the second input has for each row of scores (last "
                  "extent) is among those with the largest scores.",
                  required("k", &InTopK::k, "how many those are", positive)};
  }
  static Sample sample() {
    return {
        .attrs = {{"k", int64_t{2}}}, .in = {{4, 2, 5}, {4, 2}}, .ids_below = 5, .ids_inputs = {1}};
  }

  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    int64_t classes = in[0].back();
    require(in[0].size() >= 2 && in[1][0] == in[0][0] && numel(in[1]) * classes == numel(in[0]),
            "inputs must be scores and a class for each row of them, got ", without_batch(in[0]),
            " and ", without_batch(in[1]));
    return {in[1]};
  }
  Steps steps(const Shape& in) const override { return in.size() > 2 ? Steps::each : Steps::mixed; }
  void prepare(Prepare& p) const override {
    p.scratch(static_cast<size_t>(numel(p.in(1))) * sizeof(int64_t));
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t classes = r.in().back();
      auto* ids = static_cast<int64_t*>(r.scratch());
      read_ids(kind(), numbers<T>(r.x(1)), numel(r.in(1)), classes, ids);
      each_row(numel(r.in(1)), classes, [&](int64_t n) {
        auto* scores = numbers<T>(r.x()) + n * classes;
        int64_t larger = 0;
        for (int64_t c = 0; c < classes; ++c) larger += scores[c] > scores[ids[n]];
        numbers<T>(r.y())[n] = larger < k ? T(1) : T(0);
      });
    });
  }
};
FIRESTEEL_LAYER(InTopK);

}  // namespace firesteel
