// SPDX-License-Identifier: Apache-2.0
// SelectLabel: y[r] = x[r, label[r]], and 0 where there is no label: the mask, or the regression,
// of the class that a region has.
#include <algorithm>

#include "nn/layer.h"

namespace firesteel {

struct SelectLabel final : LayerOf<SelectLabel> {
  static constexpr auto schema() {
    return Schema{"SelectLabel", "detection",
                  "Of numbers for each class of each region (regions, classes, ...) those of the "
                  "region's class. The second input is labels, or rows that begin with one, such "
                  "as those of DetectionOutputFrcnn; label -1 selects zeros."};
  }
  static Sample sample() {
    return {.attrs = {}, .in = {{2, 3, 4, 2, 2}, {2, 3, 2}}, .ids_below = 4, .ids_inputs = {1}};
  }

  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    const Shape &x = in[0], &labels = in[1];
    require(x.size() >= 3, "input must be (regions, classes, ...), got ", without_batch(x));
    require(labels.size() >= 2 && labels.size() <= 3 && labels[1] == x[1],
            "input 1 must be labels of ", x[1], " regions, got ", without_batch(labels));
    Shape out = x;
    out.erase(out.begin() + 2);
    return {out};
  }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& p) const override { p.backward_reads_input(1); }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      each_region<T>(r, [&](int64_t from, int64_t to, int64_t size) {
        T* y = static_cast<T*>(r.y()) + to;
        if (from < 0) {
          std::fill_n(y, size, T(0));
        } else {
          std::copy_n(x + from, size, y);
        }
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      if (r.dx(1)) std::fill_n(static_cast<T*>(r.dx(1)), numel(r.in(1)), T(0));
      auto* dx = static_cast<T*>(r.dx(0));
      if (!dx) return;
      std::fill_n(dx, numel(r.in()), T(0));
      each_region<T>(r, [&](int64_t from, int64_t to, int64_t size) {
        if (from >= 0) std::copy_n(dy + to, size, dx + from);
      });
    });
  }

 private:
  // body(where the numbers of a region's class are, or -1; where they go; how many).
  template <class T, class Body>
  void each_region(const Run& r, const Body& body) const {
    int64_t regions = r.rows() * r.in()[1], classes = r.in()[2];
    int64_t size = numel(r.in()) / (regions * classes), step = numel(r.in(1)) / regions;
    auto* labels = static_cast<const T*>(r.x(1));
    for (int64_t i = 0; i < regions; ++i) {
      T label = labels[i * step];
      require(label >= T(-1.5) && label < static_cast<T>(classes) - T(0.5), kind(),
              ": labels must be from -1 to ", classes - 1, ", got ", label);
      auto number = static_cast<int64_t>(label + T(1.5)) - 1;
      body(number < 0 ? -1 : (i * classes + number) * size, i * size, size);
    }
  }
};
FIRESTEEL_LAYER(SelectLabel);

}  // namespace firesteel
