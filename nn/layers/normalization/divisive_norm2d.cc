// SPDX-License-Identifier: Apache-2.0
// DivisiveNorm2d: y = x / d, d = sqrt(weighted mean of the squares of all channels around each
// pixel) / s, with the share s of the weights that lies within the image, or `value` where that is
// not above `threshold`.
#include <cmath>

#include "nn/layers/normalization/neighbourhood.h"

namespace firesteel {

struct DivisiveNorm2d final : NeighbourhoodLayerOf<DivisiveNorm2d> {
  float threshold = 1e-4f, value = 1e-4f;

  static constexpr auto schema() {
    return Schema{
        "DivisiveNorm2d",
        "normalization",
        "Divides each pixel by the weighted deviation around it, over all channels.",
        kNeighbourhoodSize,
        kNeighbourhoodKernel,
        attr("threshold", &DivisiveNorm2d::threshold, "least deviation that is used", nonnegative),
        attr("value", &DivisiveNorm2d::value, "what stands for one that is not", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"kernel_size", Dims{3, 1}}, {"kernel", Reals{1, 2, 1.5}}},
            .in = {{2, 3, 4, 5}}};
  }

  void prepare(Prepare& p) const override {
    const Shape& in = p.in();
    by_dtype(p.env().dtype, [&]<class T>() {
      auto plane = static_cast<size_t>(in[0] * in[2] * in[3]) * sizeof(T);
      p.keep(neighbourhood<T>(in));
      p.save(plane);  // deviations
      p.scratch(3 * plane);
    });
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto& around = r.op<Neighbourhood<T>>();
      each_image(r, [&](int64_t image, int64_t begin, int64_t channels, int64_t pixels) {
        auto* x = static_cast<const T*>(r.x()) + begin;
        auto* y = static_cast<T*>(r.y()) + begin;
        auto* deviation = static_cast<T*>(r.saved()) + image * pixels;
        auto* squares = static_cast<T*>(r.scratch()) + 3 * image * pixels;
        auto* rest = squares + pixels;
        mean_of_channels(channels, pixels, squares, [&](int64_t i) { return x[i] * x[i]; });
        around.sum(squares, rest, deviation);
        for (int64_t i = 0; i < pixels; ++i) {
          deviation[i] = std::sqrt(deviation[i]) / around.within()[i];
        }
        factors(pixels, deviation, squares);
        multiply(channels, pixels, x, squares, y);
      });
    });
  }

  // Where d is used: dx = dy / d + x (sum around of g / (n d s^2)), g = -(sum of dy x) / d^2 over
  // the n channels, for d^2 s^2 is a sum of squares.
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto& around = r.op<Neighbourhood<T>>();
      each_image(r, [&](int64_t image, int64_t begin, int64_t channels, int64_t pixels) {
        auto* x = static_cast<const T*>(r.x()) + begin;
        auto* dy = static_cast<const T*>(r.dy()) + begin;
        auto* dx = static_cast<T*>(r.dx()) + begin;
        auto* deviation = static_cast<const T*>(r.saved()) + image * pixels;
        auto* own = static_cast<T*>(r.scratch()) + 3 * image * pixels;
        auto *rest = own + pixels, *slope = rest + pixels;
        mean_of_channels(channels, pixels, own, [&](int64_t i) { return dy[i] * x[i]; });
        for (int64_t i = 0; i < pixels; ++i) {
          T d = deviation[i], s = around.within()[i];
          own[i] = d > static_cast<T>(threshold) ? -own[i] / (d * d * d * s * s) : T(0);
        }
        around.sum_backward(own, rest, slope);
        factors(pixels, deviation, own);
        for (int64_t c = 0; c < channels; ++c) {
          for (int64_t i = 0; i < pixels; ++i) {
            int64_t at = c * pixels + i;
            dx[at] = dy[at] * own[i] + x[at] * slope[i];
          }
        }
      });
    });
  }

 private:
  // to = 1 / what is divided by.
  template <class T>
  void factors(int64_t pixels, const T* deviation, T* to) const {
    T least = static_cast<T>(threshold), instead = static_cast<T>(value);
    for (int64_t i = 0; i < pixels; ++i)
      to[i] = 1 / (deviation[i] > least ? deviation[i] : instead);
  }
  template <class T>
  static void multiply(int64_t channels, int64_t pixels, const T* from, const T* by, T* to) {
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t i = 0; i < pixels; ++i) to[c * pixels + i] = from[c * pixels + i] * by[i];
    }
  }
};
FIRESTEEL_LAYER(DivisiveNorm2d);

}  // namespace firesteel
