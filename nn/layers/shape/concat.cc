// SPDX-License-Identifier: Apache-2.0
// Concat: y = the inputs one after the other along one extent, the channels by default.
#include "nn/layer.h"
#include "nn/layers/shape/blocks.h"

namespace firesteel {

struct Concat final : LayerOf<Concat> {
  int64_t dim = 1;

  static constexpr auto schema() {
    return Schema{"Concat", "shape", "Joins inputs along one extent.",
                  attr("dim", &Concat::dim, "the extent; 0 is the batch, 1 the channels of images",
                       positive)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 2, 4}, {2, 1, 2, 4}, {2, 2, 2, 4}}}; }

  int most_inputs() const override { return 64; }

  Shapes infer(const Shapes& in) const override {
    auto at = static_cast<size_t>(dim);
    require(at < in[0].size(), "input must have an extent ", dim, ", got ", without_batch(in[0]));
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
  Steps steps(const Shape&) const override { return dim > 1 ? Steps::each : Steps::mixed; }

  void prepare(Prepare& p) const override {
    if (dim != 1) return;
    p.joins();
    // Channels stay in their blocks where every input fills its last one.
    for (size_t i = 0; i < p.inputs(); ++i) {
      int64_t block = p.offered(i).channel_block();
      auto fills = [&](size_t k) { return p.in(k)[1] % block == 0; };
      bool fit = block > 1 && p.offered(i).of(p.out()).channel_block() == block;
      for (size_t k = 0; fit && k < p.inputs(); ++k) fit = fills(k);
      if (!fit) continue;
      for (size_t k = 0; k < p.inputs(); ++k) p.want(k, p.offered(i).of(p.in(k)));
      return p.set_output(0, p.offered(i).of(p.out()));
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
  // body(input, blocks of the output, its range of them) for the inputs that are not in their place.
  template <class Body>
  void each_part(const Run& r, const Body& body) const {
    Blocks whole(r.out(), dim);
    auto unit = static_cast<size_t>(whole.inner) * size_of(r.value_dtype());
    int64_t start = 0;
    for (size_t i = 0; i < r.inputs(); ++i) {
      int64_t length = r.in(i)[static_cast<size_t>(dim)];
      auto* place = static_cast<const std::byte*>(r.y()) + static_cast<size_t>(start) * unit;
      if (r.x(i) != place) body(i, whole, start, length);
      start += length;
    }
  }
};
FIRESTEEL_LAYER(Concat);

}  // namespace firesteel
