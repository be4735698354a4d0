// SPDX-License-Identifier: Apache-2.0
// WithinChannelLRN: y = x / (1 + alpha / size^2 * sum of x'^2)^beta over the size x size pixels x'
// around x in the same channel, where there are zeros around the image: Caffe's LRN with
// norm_region WITHIN_CHANNEL.
#include <cmath>

#include "core/threads.h"
#include "nn/layer.h"
#include "nn/layers/normalization/shifted.h"
#include "nn/layers/normalization/sums.h"
#include "nn/window.h"

namespace firesteel {

struct WithinChannelLRN final : LayerOf<WithinChannelLRN> {
  int64_t size = 5;
  float alpha = 1, beta = 0.75f;

  static constexpr auto schema() {
    return Schema{
        "WithinChannelLRN",
        "normalization",
        "Divides each pixel by a power of the squares of the pixels around it, channel by "
        "channel.",
        attr("size", &WithinChannelLRN::size, "edge of a neighbourhood; odd", positive),
        attr("alpha", &WithinChannelLRN::alpha, "factor of the mean square", nonnegative),
        attr("beta", &WithinChannelLRN::beta, "exponent", nonnegative)};
  }
  static Sample sample() {
    return {.attrs = {{"size", int64_t{3}}, {"alpha", 2.0}, {"beta", 0.6}}, .in = {{2, 2, 4, 5}}};
  }
  void check() const override {
    require<AttrError>(size % 2 == 1, "WithinChannelLRN.size: must be odd, got ", size);
  }

  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    return {in[0]};
  }

  void prepare(Prepare& p) const override {
    size_t bytes = static_cast<size_t>(numel(p.in())) * size_of(p.env().dtype);
    p.save(bytes);  // 1 + alpha times the mean square
    if (p.training()) p.scratch(bytes);
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_plane(r, [&](int64_t begin, int64_t height, int64_t width) {
        int64_t n = height * width;
        auto* x = static_cast<const T*>(r.x()) + begin;
        auto* y = static_cast<T*>(r.y()) + begin;
        auto* base = static_cast<T*>(r.saved()) + begin;
        for (int64_t i = 0; i < n; ++i) base[i] = x[i] * x[i];
        sum_around(height, width, base, y, base);
        for (int64_t i = 0; i < n; ++i) base[i] = 1 + mean_factor<T>() * base[i];
        powers(n, base, y);
        for (int64_t i = 0; i < n; ++i) y[i] *= x[i];
      });
    });
  }

  // dx = dy base^-beta - 2 alpha beta / size^2 x (sum of dy' x' base'^(-beta-1) around).
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      each_plane(r, [&](int64_t begin, int64_t height, int64_t width) {
        int64_t n = height * width;
        auto* x = static_cast<const T*>(r.x()) + begin;
        auto* dy = static_cast<const T*>(r.dy()) + begin;
        auto* dx = static_cast<T*>(r.dx()) + begin;
        auto* base = static_cast<T*>(r.saved()) + begin;
        auto* around = static_cast<T*>(r.scratch()) + begin;
        powers(n, base, dx);
        for (int64_t i = 0; i < n; ++i) around[i] = dy[i] * x[i] * dx[i] / base[i];
        // From here on base^-beta is in its place.
        std::copy_n(dx, n, base);
        sum_around(height, width, around, dx, around);
        T factor = 2 * static_cast<T>(beta) * mean_factor<T>();
        for (int64_t i = 0; i < n; ++i) dx[i] = dy[i] * base[i] - factor * x[i] * around[i];
      });
    });
  }

 private:
  template <class T>
  T mean_factor() const {
    return static_cast<T>(alpha) / static_cast<T>(size * size);
  }

  // Calls body(where it begins, height, width) for every channel of every image, on all threads.
  template <class Body>
  void each_plane(const Run& r, const Body& body) const {
    int64_t height = r.in()[2], width = r.in()[3], n = height * width;
    parallel_for(r.in()[0] * r.in()[1], pieces_of_part(n), [&](int64_t from, int64_t to) {
      for (int64_t plane = from; plane < to; ++plane) body(plane * n, height, width);
    });
  }

  // to = the sum of the numbers around each one; `lines` is as large, and `from` may be `to`.
  template <class T>
  void sum_around(int64_t height, int64_t width, const T* from, T* lines, T* to) const {
    int64_t half = size / 2;
    std::fill_n(lines, height * width, T(0));
    for (int64_t h = 0; h < height; ++h) {
      for (int64_t shift = -half; shift <= half; ++shift) {
        add_shifted(width, shift, T(1), from + h * width, lines + h * width);
      }
    }
    std::fill_n(to, height * width, T(0));
    for (int64_t shift = -half; shift <= half; ++shift) {
      add_shifted(height * width, shift * width, T(1), lines, to);
    }
  }

  // to = base^-beta.
  template <class T>
  void powers(int64_t n, const T* base, T* to) const {
    if (beta == 0.75f) {
      for (int64_t i = 0; i < n; ++i) {
        T root = std::sqrt(base[i]);
        to[i] = 1 / (root * std::sqrt(root));
      }
    } else {
      for (int64_t i = 0; i < n; ++i) to[i] = std::pow(base[i], -static_cast<T>(beta));
    }
  }
};
FIRESTEEL_LAYER(WithinChannelLRN);

}  // namespace firesteel
