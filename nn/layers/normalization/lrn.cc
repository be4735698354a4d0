// SPDX-License-Identifier: Apache-2.0
// LRN: y[c] = x[c] / (k + alpha / size * sum of x[c']^2)^beta over the `size` channels c' around c.
// Krizhevsky, Sutskever and Hinton, 2012.
#include "nn/layer.h"
#include "nn/window.h"

namespace firesteel {

struct LRN final : LayerOf<LRN> {
  int64_t size = 0;
  float alpha = 1e-4f, beta = 0.75f, k = 1;

  static constexpr auto schema() {
    return Schema{"LRN",
                  "normalization",
                  "Divides each number by a power of the squares in the neighbouring channels.",
                  required("size", &LRN::size, "channels in a neighbourhood; odd", positive),
                  attr("alpha", &LRN::alpha, "factor of the mean square", nonnegative),
                  attr("beta", &LRN::beta, "exponent", nonnegative),
                  attr("k", &LRN::k, "added to the mean square", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"size", int64_t{3}}, {"alpha", 0.5}, {"k", 2.0}}, .in = {{2, 5, 3, 2}}};
  }

  void check() const override {
    require<AttrError>(size % 2 == 1, "LRN.size: must be odd, got ", size);
  }

  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    return {in[0]};
  }

  void prepare(Prepare& p) const override {
    if (p.offered().channel_block() > 0) {
      p.take_as_offered();
      p.set_output(0, p.offered());
    }
    LocalResponseSpec spec{.size = size, .alpha = alpha, .beta = beta, .k = k};
    auto& op = p.keep(make_local_response(p.env(), spec, p.result()));
    p.scratch(op.scratch_bytes);
    p.backward_reads_input();
  }

  void forward(Run& r) const override { r.op<LocalResponse>().forward(r.x(), r.y(), r.scratch()); }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    r.op<LocalResponse>().backward(r.x(), r.dy(), r.dx(), r.scratch());
  }
};
FIRESTEEL_LAYER(LRN);

}  // namespace firesteel
