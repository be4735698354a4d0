// SPDX-License-Identifier: Apache-2.0
// Concat: y = the inputs one after the other along one extent, the channels by default.
#include "nn/layer.h"
#include "nn/layers/shape/blocks.h"

namespace firesteel {

struct Concat final : LayerOf<Concat> {
  int64_t dim = 1;

  static constexpr auto schema() {
    return Schema{"Concat", "shape", "Joins inputs along one extent.",
                  attr("dim", &Concat::dim,
                       "the extent; 1 is the channels of images, -1 the last one", not_batch)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 2, 4}, {2, 1, 2, 4}, {2, 2, 2, 4}}}; }

  int most_inputs() const override { return 64; }

  Shapes infer(const Shapes& in) const override {
    size_t at = extent_of(dim, in[0]);
    require(at > 0 && at < in[0].size(), "input must have an extent ", dim, ", got ",
            without_batch(in[0]));
    Shape out = in[0];
    for (size_t i = 1; i < in.size(); ++i) {
      Shape alike = in[i];
      if (alike.size() == out.size()) alike[at] = in[0][at];
      require(alike == in[0], "inputs must be alike but in extent ", dim, ", got ",
              without_batch(in[0]), " and ", without_batch(in[i]));
      out[at] += in[i][at];
    }
    return {out};
  }
  Steps steps(const Shape& in) const override {
    return extent_of(dim, in) > 1 ? Steps::each : Steps::mixed;
  }

  void prepare(Prepare& p) const override {
    size_t at = extent_of(dim, p.out());
    auto& whole = p.keep(std::make_unique<Blocks>(p.out(), static_cast<int64_t>(at)));
    if (at != 1) return;
    if (mostly_channels_last(p)) {
      int64_t points = numel(p.out()) / p.out()[1];
      whole = Blocks({points, p.out()[1]}, 1);
      return take_formats(p, widest_channels_last(p));
    }
    p.joins();
    // Channels stay in their blocks where every input fills its last one.
    for (size_t i = 0; i < p.inputs(); ++i) {
      int64_t block = p.offered(i).channel_block();
      auto fills = [&](size_t k) { return p.in(k)[1] % block == 0; };
      bool fit = block > 1 && p.offered(i).of(p.out()).channel_block() == block;
      for (size_t k = 0; fit && k < p.inputs(); ++k) fit = fills(k);
      if (fit) return take_formats(p, i);
    }
  }

  void forward(Run& r) const override {
    each_part(r, [&](size_t i, const Blocks& whole, int64_t start, int64_t length) {
      copy_range_into(whole, start, length, r.value_dtype(), r.x(i), r.y());
    });
  }
  void backward(Run& r) const override {
    each_part(r, [&](size_t i, const Blocks& whole, int64_t start, int64_t length) {
      if (r.dx(i)) copy_range_from(whole, start, length, r.value_dtype(), r.dy(), r.dx(i));
    });
  }

 private:
  // All inputs and the output in the format that input i is offered in.
  static void take_formats(Prepare& p, size_t i) {
    for (size_t k = 0; k < p.inputs(); ++k) p.want(k, p.offered(i).of(p.in(k)));
    p.set_output(0, p.offered(i).of(p.out()));
  }
  // Whether all channels of a point lie side by side. Of few channels that looks like one block of them.
  static bool channels_last(const Prepare& p, size_t i) {
    const Layout& offered = p.offered(i);
    return p.in(i)[1] > 1 && offered.channel_block() == p.in(i)[1] &&
           offered.of(p.out()).channel_block() == p.out()[1];
  }
  static bool mostly_channels_last(const Prepare& p) {
    int64_t such = 0;
    for (size_t i = 0; i < p.inputs(); ++i) such += channels_last(p, i) ? p.in(i)[1] : 0;
    return 2 * such > p.out()[1];
  }
  static size_t widest_channels_last(const Prepare& p) {
    size_t widest = p.inputs();
    for (size_t i = 0; i < p.inputs(); ++i) {
      if (!channels_last(p, i)) continue;
      if (widest == p.inputs() || p.in(i)[1] > p.in(widest)[1]) widest = i;
    }
    return widest;
  }

  // body(input, blocks of the output, its range of them) for the inputs that are not in their place.
  template <class Body>
  void each_part(Run& r, const Body& body) const {
    const Blocks& whole = r.op<Blocks>();
    size_t at = extent_of(dim, r.out());
    auto unit = static_cast<size_t>(whole.inner) * size_of(r.value_dtype());
    int64_t start = 0;
    for (size_t i = 0; i < r.inputs(); ++i) {
      int64_t length = r.in(i)[at];
      auto* place = static_cast<const std::byte*>(r.y()) + static_cast<size_t>(start) * unit;
      if (r.x(i) != place) body(i, whole, start, length);
      start += length;
    }
  }
};
FIRESTEEL_LAYER(Concat);

}  // namespace firesteel
