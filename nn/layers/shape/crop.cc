// SPDX-License-Identifier: Apache-2.0
// Crop: y[..., i, j] = x[..., i + begin of it, j + begin of it], without borders.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/view.h"

namespace firesteel {

struct Crop final : ViewOf<Crop> {
  Dims cropping;

  static constexpr auto schema() {
    return Schema{"Crop", "shape", "Cuts off borders: of sequences, images or volumes.",
                  required("cropping", &Crop::cropping,
                           "how much at the begin and at the end of each of the last extents, in "
                           "their order: [top, bottom, left, right] of an image",
                           nonnegative)};
  }
  static Sample sample() {
    return {.attrs = {{"cropping", Dims{1, 0, 2, 1}}}, .in = {{2, 2, 3, 5}}};
  }
  void check() const override {
    require<AttrError>(cropping.size() % 2 == 0 && !cropping.empty(),
                       "Crop.cropping: must be pairs of numbers, got ", cropping);
  }

  TensorView view(const Shape& in) const override {
    size_t count = cropping.size() / 2;
    bool fits = count < in.size();
    TensorView v(in);
    for (size_t i = 0; fits && i < count; ++i) {
      size_t d = in.size() - count + i;
      int64_t begin = cropping[2 * i], length = in[d] - begin - cropping[2 * i + 1];
      fits = length > 0;
      v.take(d, begin, length);
    }
    require(fits, "input must be larger than its borders ", cropping, ", got ", without_batch(in));
    return v;
  }
  Steps steps(const Shape& in) const override {
    return steps_behind(in.size() - cropping.size() / 2);
  }
};
FIRESTEEL_LAYER(Crop);

}  // namespace firesteel
