// SPDX-License-Identifier: Apache-2.0
// GLU: y = a sigmoid(b), of the first and the second half of one extent. Dauphin et al., "Language
// modeling with gated convolutional networks", 2017.
#include "nn/layers/activation/dim.h"
#include "nn/layers/math/pointwise.h"
#include "nn/layers/shape/blocks.h"

namespace firesteel {

struct GLU final : LayerOf<GLU> {
  int64_t dim = -1;

  static constexpr auto schema() {
    return Schema{"GLU", "activation",
                  "Lets the first half of one extent through as far as the second half says.",
                  attr("dim", &GLU::dim, kDimDoc)};
  }
  static Sample sample() { return {.attrs = {{"dim", int64_t{1}}}, .in = {{2, 6, 3}}}; }

  void check() const override { check_dim(dim, "GLU"); }
  Shapes infer(const Shapes& in) const override {
    require_dim(dim, in[0]);
    Shape out = in[0];
    int64_t& extent = out[static_cast<size_t>(dim_of(dim, in[0]))];
    require(extent % 2 == 0, "input must have an even extent ", dim, ", got ",
            without_batch(in[0]));
    extent /= 2;
    return {out};
  }
  Steps steps(const Shape& in) const override {
    return in.size() > 2 && dim_of(dim, in) > 1 ? Steps::each : Steps::mixed;
  }

  void prepare(Prepare& p) const override {
    Layout half(p.out(), p.env().dtype);
    p.keep(make_elementwise(p.env(), Function::sigmoid, half));
    p.save(half.bytes());  // the gates, sigmoid(b)
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    Blocks whole(r.in(), dim_of(dim, r.in()));
    copy_range_from(whole, whole.extent / 2, whole.extent / 2, r.dtype(), r.x(), r.saved());
    r.op<Elementwise>().forward(r.saved(), r.saved());
    by_dtype(r.dtype(), [&]<class T>() {
      auto* y = static_cast<T*>(r.y());
      auto* x = static_cast<const T*>(r.x());
      auto* gates = static_cast<const T*>(r.saved());
      each_part(whole, [&](int64_t begin, int64_t end, int64_t a, int64_t) {
        FIRESTEEL_VECTOR_LOOP
        for (int64_t i = begin; i < end; ++i) y[i] = x[a + i] * gates[i];
      });
    });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    Blocks whole(r.in(), dim_of(dim, r.in()));
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* x = static_cast<const T*>(r.x());
      auto* gates = static_cast<const T*>(r.saved());
      auto* dx = static_cast<T*>(r.dx());
      each_part(whole, [&](int64_t begin, int64_t end, int64_t a, int64_t b) {
        FIRESTEEL_VECTOR_LOOP
        for (int64_t i = begin; i < end; ++i) {
          T through = dy[i] * gates[i];
          dx[b + i] = through * x[a + i] * (1 - gates[i]);
          dx[a + i] = through;
        }
      });
    });
  }

 private:
  // body(begin, end, a, b) for ranges of the output: its i-th number is of a + i and b + i.
  template <class Body>
  static void each_part(const Blocks& whole, const Body& body) {
    int64_t half = whole.extent / 2 * whole.inner;
    parallel_for(whole.outer, 1 + kNumbersOfPointwise / half, [&](int64_t first, int64_t last) {
      for (int64_t at = first * half; at < last * half; at += half) {
        body(at, at + half, at, at + half);
      }
    });
  }
};
FIRESTEEL_LAYER(GLU);

}  // namespace firesteel
