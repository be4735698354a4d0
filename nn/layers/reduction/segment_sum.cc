// SPDX-License-Identifier: Apache-2.0
// SegmentSum: y[n, s] = sum of x[n, t] for all t whose id is s.
#include "nn/layers/reduction/reduce.h"
#include "nn/layers/shape/ids.h"

namespace firesteel {

struct SegmentSum final : LayerOf<SegmentSum> {
  int64_t num_segments = 1;

  static constexpr auto schema() {
    return Schema{"SegmentSum", "reduction",
                  "Adds the steps (second extent) of each row that belong together: the second "
                  "input has the segment of each, in any order; those below 0 belong to none.",
                  required("num_segments", &SegmentSum::num_segments, "how many segments a row has",
                           positive)};
  }
  static Sample sample() {
    return {.attrs = {{"num_segments", int64_t{3}}},
            .in = {{2, 5, 2}, {2, 5}},
            .ids_below = 3,
            .ids_inputs = {1}};
  }

  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 2 && in[1] == Shape({in[0][0], in[0][1]}),
            "inputs must be steps and an id for each, got ", without_batch(in[0]), " and ",
            without_batch(in[1]));
    Shape out = in[0];
    out[1] = num_segments;
    return {out};
  }
  void prepare(Prepare& p) const override { p.backward_reads_input(1); }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = numbers<T>(r.x());
      T* y = numbers<T>(r.y());
      std::fill_n(y, numel(r.out()), T(0));
      each_step<T>(r, [&](int64_t from, int64_t to, int64_t width) {
        for (int64_t j = 0; j < width && to >= 0; ++j) y[to + j] += x[from + j];
      });
    });
  }
  void backward(Run& r) const override {
    no_gradient(r, 1);
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = numbers<T>(r.dy());
      T* dx = numbers<T>(r.dx());
      each_step<T>(r, [&](int64_t from, int64_t to, int64_t width) {
        for (int64_t j = 0; j < width; ++j) dx[from + j] = to >= 0 ? dy[to + j] : T(0);
      });
    });
  }

 private:
  // body(first number of a step, first of its segment or -1, numbers in a step)
  template <class T, class Body>
  void each_step(const Run& r, const Body& body) const {
    auto* ids = numbers<T>(r.x(1));
    int64_t steps = r.in()[1], width = numel(r.in()) / (r.rows() * steps);
    auto most = static_cast<T>(num_segments) - T(0.5);
    for (int64_t i = 0; i < r.rows() * steps; ++i) {
      require(ids[i] < most, "SegmentSum: ids must be below ", num_segments, ", got ", ids[i]);
      auto segment = static_cast<int64_t>(ids[i] + T(0.5));
      int64_t to = ids[i] < T(-0.5) ? -1 : (i / steps * num_segments + segment) * width;
      body(i * width, to, width);
    }
  }
};
FIRESTEEL_LAYER(SegmentSum);

}  // namespace firesteel
