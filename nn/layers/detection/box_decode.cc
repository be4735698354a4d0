// SPDX-License-Identifier: Apache-2.0
// BoxDecode: boxes that are moved by (d0, d1) / weights of their sides and stretched by
// exp((d2, d3) / weights). Girshick et al., "Rich feature hierarchies", 2014.
#include <algorithm>
#include <vector>

#include "nn/layer.h"
#include "nn/layers/detection/boxes.h"

namespace firesteel {

struct BoxDecode final : LayerOf<BoxDecode> {
  std::vector<float> weights = {1, 1, 1, 1};
  float max_log_scale = kMaxLogScale;
  bool inclusive = false;

  static constexpr auto schema() {
    return Schema{
        "BoxDecode",
        "detection",
        "Moves and stretches boxes (x1, y1, x2, y2), the first input, as a regression says, the "
        "second: four numbers for each box, or four for each class of each.",
        attr("weights", &BoxDecode::weights, "that the regression is divided by", positive),
        attr("max_log_scale", &BoxDecode::max_log_scale,
             "limit of the logarithm of a side's change", positive),
        attr("inclusive", &BoxDecode::inclusive, "x2 and y2 name a box's last pixel")};
  }
  static Sample sample() {
    return {.attrs = {{"weights", Reals{2.0, 1.5, 1.0, 3.0}}, {"max_log_scale", 0.6}},
            .in = {{2, 3, 4}, {2, 3, 8}},
            .kinks = {0.6, 1.8}};
  }

  void check() const override {
    require<AttrError>(weights.size() == 4, "BoxDecode.weights: must be four numbers, got ",
                       weights);
  }
  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == 4, "input must be boxes of 4 numbers, got ",
            without_batch(in[0]));
    bool fits = in[1].size() == 3 && in[1][1] == in[0][1] && in[1][2] % 4 == 0;
    require(fits, "input 1 must be ", in[0][1], " rows of 4 numbers or several times 4, got ",
            without_batch(in[1]));
    return {in[1]};
  }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& p) const override {
    p.backward_reads_input(0);
    p.backward_reads_input(1);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      BoxCode<T> code = box_code<T>();
      each_box<T>(r, [&](const Box<T>& box, const T* d, int64_t, int64_t at) {
        code.decode(box, d).store(static_cast<T*>(r.y()) + at);
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      BoxCode<T> code = box_code<T>();
      auto* dy = static_cast<const T*>(r.dy());
      if (r.dx(0)) std::fill_n(static_cast<T*>(r.dx(0)), numel(r.in()), T(0));
      each_box<T>(r, [&](const Box<T>& box, const T* d, int64_t box_at, int64_t at) {
        const T sides[2] = {box.x2 - box.x1 + code.pixel, box.y2 - box.y1 + code.pixel};
        // The first and the last corner's gradients: of the middle, and of half the side.
        for (int64_t axis = 0; axis < 2; ++axis) {
          T first = dy[at + axis], last = dy[at + axis + 2];
          T move = code.weights[axis], stretch = code.weights[axis + 2];
          T middle = first + last, half = (last - first) / 2, size = d[axis + 2];
          T factor = code.factor(size, stretch);
          if (r.dx(1)) {
            T* to = static_cast<T*>(r.dx(1)) + at + axis;
            to[0] = middle * sides[axis] / move;
            to[2] = size / stretch < code.most ? half * factor * sides[axis] / stretch : T(0);
          }
          if (!r.dx(0)) continue;
          T of_side = middle * (d[axis] / move + T(0.5)) + half * factor;
          T* to = static_cast<T*>(r.dx(0)) + box_at + axis;
          to[0] += middle - of_side;
          to[2] += of_side;
        }
      });
    });
  }

 private:
  template <class T>
  BoxCode<T> box_code() const {
    BoxCode<T> code{{}, static_cast<T>(max_log_scale), inclusive ? T(1) : T(0)};
    std::copy_n(weights.begin(), 4, code.weights);
    return code;
  }
  // body(box, its regression, where the box is, where regression and result are).
  template <class T, class Body>
  static void each_box(const Run& r, const Body& body) {
    auto* boxes = static_cast<const T*>(r.x());
    auto* regression = static_cast<const T*>(r.x(1));
    int64_t classes = r.in(1)[2] / 4;
    for (int64_t i = 0; i < r.rows() * r.in()[1]; ++i) {
      auto box = Box<T>::load(boxes + i * 4);
      for (int64_t at = i * classes * 4; at < (i + 1) * classes * 4; at += 4) {
        body(box, regression + at, i * 4, at);
      }
    }
  }
};
FIRESTEEL_LAYER(BoxDecode);

}  // namespace firesteel
