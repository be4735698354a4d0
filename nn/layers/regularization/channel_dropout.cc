// SPDX-License-Identifier: Apache-2.0
// ChannelDropout: y = x m / (1 - p), with one m for all numbers of a channel: 0 with probability p
// and 1 otherwise, in training; y = x in inference. Tompson et al., "Efficient object localization
// using convolutional networks", 2015.
#include "nn/layers/regularization/mask.h"

namespace firesteel {

struct ChannelDropout final : LayerOf<ChannelDropout> {
  float p = 0.5f;
  int64_t dim = 1;

  static constexpr auto schema() {
    return Schema{"ChannelDropout", "regularization",
                  "Zeroes whole channels at random in training and scales the others up.",
                  attr("p", &ChannelDropout::p, "probability of zeroing a channel", fraction),
                  attr("dim", &ChannelDropout::dim,
                       "the channels' extent; 1 of images, -1 of the numbers of steps (N x T x C)",
                       not_batch)};
  }
  static Sample sample() { return {.attrs = {{"p", 0.4}}, .in = {{3, 6, 2, 3}}}; }

  Shapes infer(const Shapes& in) const override {
    size_t at = extent_of(dim, in[0]);
    require(at > 0 && at < in[0].size(), "input must have an extent ", dim, ", got ",
            without_batch(in[0]));
    return {in[0]};
  }
  // All steps have the same channels.
  Steps steps(const Shape& in) const override {
    return extent_of(dim, in) > 1 ? Steps::each : Steps::mixed;
  }

  void prepare(Prepare& prepare) const override {
    auto channels = static_cast<size_t>(prepare.in()[extent_of(dim, prepare.in())]);
    auto rows = static_cast<size_t>(prepare.in()[0]);
    prepare.save(prepare.training() ? rows * channels : 0);
    prepare_noise(prepare);
  }

  void forward(Run& r) const override {
    if (!r.training()) return r.pass_on(r.x(), r.y());
    draw_mask(r, r.in()[extent_of(dim, r.in())], p, static_cast<uint8_t*>(r.saved()));
    apply(r, r.x(), r.y());
  }
  void backward(Run& r) const override {
    if (r.dx()) apply(r, r.dy(), r.dx());
  }

 private:
  void apply(const Run& r, const void* from, void* to) const {
    const Shape& shape = r.in();
    size_t at = extent_of(dim, shape);
    int64_t outer = 1, inner = 1, channels = shape[at];
    for (size_t i = 1; i < at; ++i) outer *= shape[i];
    for (size_t i = at + 1; i < shape.size(); ++i) inner *= shape[i];
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(from);
      auto* y = static_cast<T*>(to);
      T scale = 1 / (1 - static_cast<T>(p));
      for (int64_t block = 0; block < r.rows() * outer; ++block) {
        auto* mask = static_cast<const uint8_t*>(r.saved()) + block / outer * channels;
        for (int64_t c = 0; c < channels; ++c, x += inner, y += inner) {
          T factor = mask[c] ? scale : T(0);
          for (int64_t i = 0; i < inner; ++i) y[i] = x[i] * factor;
        }
      }
    });
  }
};
FIRESTEEL_LAYER(ChannelDropout);

}  // namespace firesteel
