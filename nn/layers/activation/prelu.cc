// SPDX-License-Identifier: Apache-2.0
// PReLU: y = x where x > 0, weight x elsewhere, with one learned weight or one for each channel
// (second extent). He et al., "Delving deep into rectifiers", 2015.
#include "nn/layers/math/lanes.h"
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct PReLU final : LayerOf<PReLU> {
  int64_t num_parameters = 1;
  float init = 0.25f;

  static constexpr auto schema() {
    return Schema{"PReLU", "activation", "Shrinks negative numbers by learned factors.",
                  attr("num_parameters", &PReLU::num_parameters,
                       "1, or as many as there are channels", positive),
                  attr("init", &PReLU::init, "first value of the factors")};
  }
  static Sample sample() {
    return {.attrs = {{"num_parameters", int64_t{3}}}, .in = {{2, 3, 2, 4}}, .kinks = {0}};
  }

  std::vector<ParamSpec> params() const override {
    return {{.name = "weight",
             .shape = {num_parameters},
             .init = Init::constant(init),
             .decay = false}};
  }

  Shapes infer(const Shapes& in) const override {
    bool fits = num_parameters == 1 || (in[0].size() >= 2 && in[0][1] == num_parameters);
    require(fits, "input must have ", num_parameters, " channels, got ", without_batch(in[0]));
    return {in[0]};
  }
  Steps steps(const Shape&) const override {
    return num_parameters == 1 ? Steps::each : Steps::mixed;
  }

  void prepare(Prepare& p) const override {
    const Layout& offered = p.offered();
    if (offered.channel_block() > 0 && offered.dtype() == p.env().dtype) take_any_layout(p, true);
    auto walk = std::make_unique<Walk>(walk_through(p.result()));
    int64_t numbers = walk->lanes() * (1 + p.in()[0]);  // weights, and their gradients by row
    p.scratch(static_cast<size_t>(numbers) * size_of(p.env().dtype));
    p.keep(std::move(walk));
    p.backward_reads_input();
    p.in_place();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      const T* weights = spread_weights<T>(r);
      each_line(r, [&](int64_t, int64_t at, int64_t lane, int64_t length) {
        auto* x = static_cast<const T*>(r.x()) + at;
        auto* y = static_cast<T*>(r.y()) + at;
        by_lane(r, weights + lane, length, [&](int64_t i, T weight) {
          y[i] = std::max(x[i], T(0)) + weight * std::min(x[i], T(0));
        });
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t lanes = r.op<Walk>().lanes();
      const T* weights = spread_weights<T>(r);
      T* sums = static_cast<T*>(r.scratch()) + lanes;
      std::fill(sums, sums + r.rows() * lanes, T(0));
      each_line(r, [&](int64_t row, int64_t at, int64_t lane, int64_t length) {
        auto* x = static_cast<const T*>(r.x()) + at;
        auto* dy = static_cast<const T*>(r.dy()) + at;
        T* sum = sums + row * lanes + lane;
        auto term = [&](int64_t i) { return dy[i] * std::min(x[i], T(0)); };
        if (r.op<Walk>().block == 1) {
          *sum += sum_of<T>(length, term);
        } else {
          FIRESTEEL_VECTOR_LOOP
          for (int64_t i = 0; i < length; ++i) sum[i] += term(i);
        }
        if (!r.dx()) return;
        auto* dx = static_cast<T*>(r.dx()) + at;
        by_lane(r, weights + lane, length, [&](int64_t i, T weight) {
          T slope = x[i] > 0 ? T(1) : weight;
          dx[i] = dy[i] * slope;
        });
      });
      auto* dweight = static_cast<T*>(r.dparam(0));
      for (int64_t c = 0; c < num_parameters; ++c) {
        dweight[c] = 0;
        for (int64_t row = 0; row < r.rows(); ++row) dweight[c] += sums[row * lanes + c];
      }
    });
  }

 private:
  // How a row lies in memory: groups of `block` channels side by side, `positions` times.
  struct Walk {
    int64_t groups = 1, positions = 1, block = 1;
    int64_t lanes() const { return groups * block; }
  };

  Walk walk_through(const Layout& layout) const {
    int64_t row = layout.elements() / layout.shape()[0];
    if (num_parameters == 1) return {.positions = row};
    int64_t block = layout.channel_block();
    if (row == num_parameters) block = row;
    int64_t groups = (num_parameters + block - 1) / block;
    return {groups, row / (groups * block), block};
  }

  // A weight for each lane; where there is no channel the numbers are zero, and stay so.
  template <class T>
  const T* spread_weights(Run& r) const {
    auto* weights = static_cast<T*>(r.scratch());
    std::fill(weights, weights + r.op<Walk>().lanes(), T(0));
    std::copy_n(static_cast<const T*>(r.param(0)), num_parameters, weights);
    return weights;
  }

  // body(row, first element, first lane, length) for numbers that lie together: all positions of a
  // channel, or the channels of a group at one position.
  template <class Body>
  static void each_line(Run& r, const Body& body) {
    const Walk& walk = r.op<Walk>();
    int64_t plane = walk.positions * walk.block, row = plane * walk.groups;
    int64_t length = walk.block == 1 ? plane : walk.block;
    parallel_for(r.rows(), 1 + kNumbersOfPointwise / row, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        for (int64_t g = 0; g < walk.groups; ++g) {
          int64_t from = n * row + g * plane;
          for (int64_t i = 0; i < plane; i += length) body(n, from + i, g * walk.block, length);
        }
      }
    });
  }

  // step(i, weight) for i in [0, length).
  template <class T, class Step>
  static void by_lane(Run& r, const T* weights, int64_t length, const Step& step) {
    if (r.op<Walk>().block == 1) {
      T weight = *weights;
      FIRESTEEL_VECTOR_LOOP
      for (int64_t i = 0; i < length; ++i) step(i, weight);
    } else {
      FIRESTEEL_VECTOR_LOOP
      for (int64_t i = 0; i < length; ++i) step(i, weights[i]);
    }
  }
};
FIRESTEEL_LAYER(PReLU);

}  // namespace firesteel
