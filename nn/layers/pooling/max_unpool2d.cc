// SPDX-License-Identifier: Apache-2.0
// MaxUnpool2d: puts each number of its first input where the maximum of a window of the second one
// is, and zeros elsewhere. The second input is what a MaxPool2d of the same windows has pooled.
// Zeiler, Taylor and Fergus, "Adaptive deconvolutional networks", 2011.
#include <algorithm>

#include "nn/layer.h"
#include "nn/window.h"

namespace firesteel {

struct MaxUnpool2d final : LayerOf<MaxUnpool2d> {
  Dims kernel_size = {1}, stride = {}, padding = {0};

  static constexpr auto schema() {
    return Schema{"MaxUnpool2d",
                  "pooling",
                  "Undoes a MaxPool2d: numbers go to where the maxima of the image were that was "
                  "pooled, the second input.",
                  required("kernel_size", &MaxUnpool2d::kernel_size,
                           "height and width of the window", positive_pair),
                  attr("stride", &MaxUnpool2d::stride,
                       "step of the window, no less than kernel_size; empty: kernel_size",
                       rules::EmptyOr<rules::Pair<1>>{}),
                  attr("padding", &MaxUnpool2d::padding,
                       "points on each side that never are the maximum", nonnegative_pair)};
  }
  static Sample sample() {
    return {.attrs = {{"kernel_size", Dims{2}}, {"padding", Dims{0, 1}}},
            .in = {{2, 3, 3, 3}, {2, 3, 6, 5}}};
  }

  int least_inputs() const override { return 2; }

  void check() const override {
    Window w = window();
    for (size_t i = 0; i < 2; ++i) {
      require<AttrError>(w.stride[i] >= w.kernel[i],
                         "MaxUnpool2d.stride: must be at least kernel_size, got ", stride);
      require<AttrError>(2 * w.before[i] <= w.kernel[i],
                         "MaxUnpool2d.padding: must be at most half of kernel_size, got ", padding);
    }
  }

  Shapes infer(const Shapes& in) const override {
    require_image(in[1]);
    Shape pooled = window().output(in[1], in[1][1], "window");
    require(in[0] == pooled, "inputs must be ", without_batch(pooled), ", and the image of ",
            without_batch(in[1]), " that was pooled, got ", without_batch(in[0]));
    return {in[1]};
  }

  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<Window>(window()));
    // The place of each maximum in its plane.
    auto places = static_cast<size_t>(numel(p.in())) * sizeof(int32_t);
    p.training() ? p.save(places) : p.scratch(places);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_plane(r, [&](int64_t from, int64_t to, int64_t count, int64_t size, int32_t* places) {
        auto* y = static_cast<T*>(r.y()) + to;
        auto* x = static_cast<const T*>(r.x()) + from;
        find(r, static_cast<const T*>(r.x(1)) + to, places);
        std::fill_n(y, size, T(0));
        for (int64_t i = 0; i < count; ++i) y[places[i]] = x[i];
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_plane(r, [&](int64_t from, int64_t to, int64_t count, int64_t size, int32_t* places) {
        auto* dy = static_cast<const T*>(r.dy()) + to;
        if (r.dx()) {
          auto* dx = static_cast<T*>(r.dx()) + from;
          for (int64_t i = 0; i < count; ++i) dx[i] = dy[places[i]];
        }
        if (r.dx(1)) std::fill_n(static_cast<T*>(r.dx(1)) + to, size, T(0));
      });
    });
  }

 private:
  Window window() const {
    return {.kernel = pair_of(kernel_size),
            .stride = pair_of(stride.empty() ? kernel_size : stride),
            .before = pair_of(padding),
            .after = pair_of(padding),
            .dilation = {1, 1}};
  }

  // body(first of the plane's numbers, first of the image's, how many of each, maxima's places)
  template <class Body>
  static void each_plane(const Run& r, const Body& body) {
    auto* places = static_cast<int32_t*>(r.training() ? r.saved() : r.scratch());
    int64_t count = r.in()[2] * r.in()[3], size = r.out()[2] * r.out()[3];
    for_each_plane(r.in()[0] * r.in()[1], size,
                   [&](int64_t n) { body(n * count, n * size, count, size, places + n * count); });
  }

  // The place of the first maximum of each window.
  template <class T>
  static void find(Run& r, const T* image, int32_t* places) {
    const auto& w = r.op<Window>();
    int64_t height = r.out()[2], width = r.out()[3], columns = r.in()[3];
    for (int64_t o = 0; o < r.in()[2] * columns; ++o) {
      int64_t top = o / columns * w.stride[0] - w.before[0];
      int64_t left = o % columns * w.stride[1] - w.before[1];
      int64_t place = std::max<int64_t>(0, top) * width + std::max<int64_t>(0, left);
      for (int64_t i = std::max<int64_t>(0, top); i < std::min(height, top + w.kernel[0]); ++i) {
        int64_t end = i * width + std::min(width, left + w.kernel[1]);
        for (int64_t at = i * width + std::max<int64_t>(0, left); at < end; ++at) {
          if (image[at] > image[place]) place = at;
        }
      }
      places[o] = static_cast<int32_t>(place);
    }
  }
};
FIRESTEEL_LAYER(MaxUnpool2d);

}  // namespace firesteel
