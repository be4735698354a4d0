// SPDX-License-Identifier: Apache-2.0
// BoxEncode: the regression that BoxDecode would make a box into another one by: y = weights times
// (distance of the middles / sides, log(ratio of the sides)). Girshick et al., "Rich feature
// hierarchies", 2014.
#include <vector>

#include "nn/layer.h"
#include "nn/layers/detection/boxes.h"

namespace firesteel {

struct BoxEncode final : LayerOf<BoxEncode> {
  std::vector<float> weights = {1, 1, 1, 1};
  bool inclusive = false;

  static constexpr auto schema() {
    return Schema{
        "BoxEncode", "detection",
        "The regression that makes each box (x1, y1, x2, y2) of the second input into that of the "
        "first. Sides below 1e-6 count as 1e-6.",
        attr("weights", &BoxEncode::weights, "that the regression is multiplied by", positive),
        attr("inclusive", &BoxEncode::inclusive, "x2 and y2 name a box's last pixel")};
  }
  // With a pixel more all sides are positive.
  static Sample sample() {
    return {.attrs = {{"weights", Reals{2.0, 1.5, 1.0, 3.0}}, {"inclusive", true}},
            .in = {{2, 3, 4}, {2, 3, 4}},
            .least = -0.3,
            .most = 0.4};
  }

  void check() const override {
    require<AttrError>(weights.size() == 4, "BoxEncode.weights: must be four numbers, got ",
                       weights);
  }
  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == 4 && in[1] == in[0],
            "inputs must be as many boxes of 4 numbers each, got ", without_batch(in[0]), " and ",
            without_batch(in[1]));
    return {in[0]};
  }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& p) const override {
    p.backward_reads_input(0);
    p.backward_reads_input(1);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_axis<T>(r, [&](const Span<T>& to, const Span<T>& from, int64_t axis, int64_t at) {
        T* y = static_cast<T*>(r.y()) + at;
        y[0] = weight<T>(axis) * (to.middle - from.middle) / from.side;
        y[2] = weight<T>(axis + 2) * std::log(to.side / from.side);
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      each_axis<T>(r, [&](const Span<T>& to, const Span<T>& from, int64_t axis, int64_t at) {
        T move = weight<T>(axis) * dy[at] / from.side, stretch = weight<T>(axis + 2) * dy[at + 2];
        pass<T>(r.dx(0), at, move, to.counts ? stretch / to.side : T(0));
        T moved = move * (to.middle - from.middle);
        pass<T>(r.dx(1), at, -move, from.counts ? -(moved + stretch) / from.side : T(0));
      });
    });
  }

 private:
  // A box in one direction.
  template <class T>
  struct Span {
    T middle, side;
    bool counts;  // the side is its own

    Span(T first, T last, T pixel) : middle((first + last + pixel) / 2) {
      constexpr auto kLeast = T(1e-6);
      side = last - first + pixel;
      counts = side > kLeast;
      if (!counts) side = kLeast;
    }
  };

  template <class T>
  T weight(int64_t i) const {
    return static_cast<T>(weights[static_cast<size_t>(i)]);
  }
  // body(of input 0, of input 1, x or y, where its first corner is).
  template <class T, class Body>
  void each_axis(const Run& r, const Body& body) const {
    auto *to = static_cast<const T*>(r.x()), *from = static_cast<const T*>(r.x(1));
    T pixel = inclusive ? T(1) : T(0);
    for (int64_t box = 0; box < numel(r.in()); box += 4) {
      for (int64_t at = box; at < box + 2; ++at) {
        body(Span<T>(to[at], to[at + 2], pixel), Span<T>(from[at], from[at + 2], pixel), at - box,
             at);
      }
    }
  }
  // The gradients of a middle and a side, to those of the corners.
  template <class T>
  static void pass(void* dx, int64_t at, T middle, T side) {
    if (!dx) return;
    auto* to = static_cast<T*>(dx) + at;
    to[0] = middle / 2 - side;
    to[2] = middle / 2 + side;
  }
};
FIRESTEEL_LAYER(BoxEncode);

}  // namespace firesteel
