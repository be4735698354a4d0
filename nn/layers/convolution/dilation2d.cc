// SPDX-License-Identifier: Apache-2.0
// Dilation2d: y[c, h, w] = max over i, j of x[c, s h + d i - p, s w + d j - p] + W[c, i, j], over
// the points inside the image: grayscale dilation, as tf.nn.dilation2d.
#include <limits>

#include "nn/layer.h"
#include "nn/layers/convolution/lines.h"

namespace firesteel {

struct Dilation2d final : LayerOf<Dilation2d> {
  int64_t channels = 0;
  Dims kernel_size = {1}, stride = {1}, padding = {0}, padding_end = {}, dilation = {1};

  static constexpr auto schema() {
    return Schema{
        "Dilation2d",
        "convolution",
        "Takes the maximum of each window of an image with a learned profile added to it, "
        "channel by channel.",
        required("channels", &Dilation2d::channels, "channels", positive),
        required("kernel_size", &Dilation2d::kernel_size, "height and width of the profile",
                 positive_pair),
        attr("stride", &Dilation2d::stride, "step of the window", positive_pair),
        attr("padding", &Dilation2d::padding, "points on each side that never are the maximum",
             nonnegative_pair),
        attr("padding_end", &Dilation2d::padding_end,
             "points after the end, where they are not as many; empty: padding",
             rules::EmptyOr<rules::Pair<0>>{}),
        attr("dilation", &Dilation2d::dilation, "distance of the profile's points", positive_pair)};
  }
  static Sample sample() {
    return {.attrs = {{"channels", int64_t{3}},
                      {"kernel_size", Dims{2, 3}},
                      {"stride", Dims{1, 2}},
                      {"padding", Dims{1}},
                      {"padding_end", Dims{0, 1}}},
            .in = {{2, 3, 4, 5}}};
  }

  std::vector<ParamSpec> params() const override {
    Dims k = pair_of(kernel_size);
    return {{.name = "weight",
             .shape = {channels, k[0], k[1]},
             .init = Init::fan_in(k[0] * k[1]),
             .decay = false}};
  }
  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    require(in[0][1] == channels, "input must have ", channels, " channels, got ",
            without_batch(in[0]));
    return {window().output(in[0], channels, "profile")};
  }

  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<Plane>(window(), p.in()[2], p.in()[3]));
    // The point of the profile that each maximum is from.
    auto places = static_cast<size_t>(numel(p.out())) * sizeof(int32_t);
    p.training() ? p.save(places) : p.scratch(places);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { forward_as<T>(r); });
  }
  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  static constexpr int32_t kNowhere = -1;

  Window window() const {
    return {.kernel = pair_of(kernel_size),
            .stride = pair_of(stride),
            .before = pair_of(padding),
            .after = pair_of(padding_end.empty() ? padding : padding_end),
            .dilation = pair_of(dilation)};
  }

  template <class T>
  void forward_as(Run& r) const {
    const auto& plane = r.op<Plane>();
    auto* places = static_cast<int32_t*>(r.training() ? r.saved() : r.scratch());
    int64_t size = plane.positions();
    for_each_plane(r.rows() * channels, size * plane.points(), [&](int64_t n) {
      auto* x = static_cast<const T*>(r.x()) + n * plane.size();
      auto* w = static_cast<const T*>(r.param(0)) + n % channels * plane.points();
      auto* y = static_cast<T*>(r.y()) + n * size;
      auto* place = places + n * size;
      std::fill_n(y, size, -std::numeric_limits<T>::infinity());
      std::fill_n(place, size, kNowhere);
      plane.each_line([&](int64_t k, int64_t at, int64_t count, int64_t from, auto step) {
        const T* line = x + from;
        T* most = y + at;
        int32_t* of = place + at;
        T raise = w[k];
        auto here = static_cast<int32_t>(k);
        for (int64_t i = 0; i < count; ++i) {
          T value = line[i * step] + raise;
          bool more = (value > most[i]) | (of[i] == kNowhere);
          most[i] = more ? value : most[i];
          of[i] = more ? here : of[i];
        }
      });
    });
  }

  template <class T>
  void backward_as(Run& r) const {
    const auto& plane = r.op<Plane>();
    int64_t size = plane.positions();
    // A channel of all rows, so that no two threads add to a profile.
    for_each_plane(channels, r.rows() * size, [&](int64_t c) {
      auto* dw = static_cast<T*>(r.dparam(0)) + c * plane.points();
      std::fill_n(dw, plane.points(), T(0));
      for (int64_t row = 0; row < r.rows(); ++row) {
        int64_t n = row * channels + c;
        auto* dx = r.dx() ? static_cast<T*>(r.dx()) + n * plane.size() : nullptr;
        auto* dy = static_cast<const T*>(r.dy()) + n * size;
        auto* place = static_cast<const int32_t*>(r.saved()) + n * size;
        if (dx) std::fill_n(dx, plane.size(), T(0));
        plane.each_position([&](int64_t o, int64_t begin) {
          if (place[o] == kNowhere) return;
          auto k = static_cast<size_t>(place[o]);
          dw[k] += dy[o];
          if (dx) dx[begin + plane.offsets[k]] += dy[o];
        });
      }
    });
  }
};
FIRESTEEL_LAYER(Dilation2d);

}  // namespace firesteel
