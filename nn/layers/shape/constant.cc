// SPDX-License-Identifier: Apache-2.0
// Constant: y = the same numbers for each row.
#include <algorithm>

#include "nn/layer.h"

namespace firesteel {
namespace {

struct Constant final : InferenceLayerOf<Constant> {
  std::vector<float> value;
  Dims shape;

  static constexpr auto schema() {
    return Schema{
        "Constant", "shape",
        "The same numbers for each row of its input, which does not matter otherwise.",
        required("value", &Constant::value, "the numbers, or one for all", nonempty),
        attr("shape", &Constant::shape, "of a row; empty: a row of the numbers", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"value", Reals{1, 2, 3, 4, 5, 6}}, {"shape", Dims{2, 3}}}, .in = {{3, 4}}};
  }
  void check() const override {
    auto count = static_cast<int64_t>(value.size());
    require<AttrError>(shape.empty() || count == 1 || count == numel(shape),
                       "Constant.value: must be 1 or ", numel(shape), " numbers, got ", count);
  }
  Shapes infer(const Shapes& in) const override { return {with_batch(in[0][0], row())}; }

  void prepare(Prepare& p) const override { p.take_as_offered(); }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* y = static_cast<T*>(r.y());
      int64_t count = numel(r.out()) / r.rows();
      for (int64_t n = 0; n < r.rows(); ++n, y += count) {
        if (value.size() == 1) {
          std::fill_n(y, count, static_cast<T>(value[0]));
        } else {
          std::copy(value.begin(), value.end(), y);
        }
      }
    });
  }

 private:
  Dims row() const { return shape.empty() ? Dims{static_cast<int64_t>(value.size())} : shape; }
};
FIRESTEEL_LAYER(Constant);

}  // namespace
}  // namespace firesteel
