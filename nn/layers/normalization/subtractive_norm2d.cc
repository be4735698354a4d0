// SPDX-License-Identifier: Apache-2.0
// SubtractiveNorm2d: y = x - m / s, with the weighted mean m of all channels around each pixel, and
// the share s of the weights that lies within the image.
#include "nn/layers/normalization/neighbourhood.h"

namespace firesteel {

struct SubtractiveNorm2d final : NeighbourhoodLayerOf<SubtractiveNorm2d> {
  static constexpr auto schema() {
    return Schema{"SubtractiveNorm2d", "normalization",
                  "Takes the weighted mean around each pixel, over all channels, from it.",
                  kNeighbourhoodSize, kNeighbourhoodKernel};
  }
  static Sample sample() {
    return {.attrs = {{"kernel_size", Dims{3}}, {"kernel", Reals{1, 2, 1.5}}},
            .in = {{2, 3, 4, 5}}};
  }

  void prepare(Prepare& p) const override {
    const Shape& in = p.in();
    by_dtype(p.env().dtype, [&]<class T>() {
      p.keep(neighbourhood<T>(in));
      p.scratch(static_cast<size_t>(3 * in[0] * in[2] * in[3]) * sizeof(T));
    });
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto& around = r.op<Neighbourhood<T>>();
      each_image(r, [&](int64_t image, int64_t begin, int64_t channels, int64_t pixels) {
        auto* x = static_cast<const T*>(r.x()) + begin;
        auto* y = static_cast<T*>(r.y()) + begin;
        auto* mean = static_cast<T*>(r.scratch()) + 3 * image * pixels;
        auto *rest = mean + pixels, *sums = rest + pixels;
        mean_of_channels(channels, pixels, mean, [&](int64_t i) { return x[i]; });
        around.sum(mean, rest, sums);
        for (int64_t i = 0; i < pixels; ++i) sums[i] /= around.within()[i];
        subtract(channels, pixels, x, sums, y);
      });
    });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto& around = r.op<Neighbourhood<T>>();
      each_image(r, [&](int64_t image, int64_t begin, int64_t channels, int64_t pixels) {
        auto* dy = static_cast<const T*>(r.dy()) + begin;
        auto* dx = static_cast<T*>(r.dx()) + begin;
        auto* mean = static_cast<T*>(r.scratch()) + 3 * image * pixels;
        auto *rest = mean + pixels, *sums = rest + pixels;
        mean_of_channels(channels, pixels, mean, [&](int64_t i) { return dy[i]; });
        for (int64_t i = 0; i < pixels; ++i) mean[i] /= around.within()[i];
        around.sum_backward(mean, rest, sums);
        subtract(channels, pixels, dy, sums, dx);
      });
    });
  }

 private:
  template <class T>
  static void subtract(int64_t channels, int64_t pixels, const T* from, const T* what, T* to) {
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t i = 0; i < pixels; ++i) to[c * pixels + i] = from[c * pixels + i] - what[i];
    }
  }
};
FIRESTEEL_LAYER(SubtractiveNorm2d);

}  // namespace firesteel
