// SPDX-License-Identifier: Apache-2.0
// Fold: y[c] = sum over windows l and their points k of x[c K + k, l], each at its place in an
// image.
#include "nn/layers/convolution/unfold.h"

namespace firesteel {

struct Fold final : DescribedBy<Fold, ColumnLayer> {
  Dims output_size = {1};

  static constexpr auto schema() {
    return Schema{
        "Fold",
        "convolution",
        "Adds up columns where the windows of an image are: the gradient of Unfold.",
        required("output_size", &Fold::output_size, "height and width of the image", positive_pair),
        kColumnKernel,
        kColumnDilation,
        kColumnPadding,
        kColumnStride};
  }
  static Sample sample() {
    return {.attrs = {{"output_size", Dims{4, 5}},
                      {"kernel_size", Dims{3, 2}},
                      {"padding", Dims{1}},
                      {"stride", Dims{1, 2}}},
            .in = {{2, 12, 12}}};
  }

  Shapes infer(const Shapes& in) const override {
    Plane plane = this->plane();
    int64_t points = plane.points();
    bool fits = in[0].size() == 3 && in[0][1] % points == 0 && in[0][2] == plane.positions();
    require(fits, "input must be a multiple of ", points, " x ", plane.positions(),
            " (points of a window x windows), got ", without_batch(in[0]));
    return {{in[0][0], in[0][1] / points, plane.height, plane.width}};
  }

  void prepare(Prepare& p) const override { p.keep(std::make_unique<Plane>(plane())); }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      fold(r.op<Plane>(), r.out()[0] * r.out()[1], static_cast<const T*>(r.x()),
           static_cast<T*>(r.y()));
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      unfold(r.op<Plane>(), r.out()[0] * r.out()[1], static_cast<const T*>(r.dy()),
             static_cast<T*>(r.dx()));
    });
  }

 private:
  Plane plane() const {
    Dims size = pair_of(output_size);
    return Plane(window(), size[0], size[1]);
  }
};
FIRESTEEL_LAYER(Fold);

}  // namespace firesteel
