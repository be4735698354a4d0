// SPDX-License-Identifier: Apache-2.0
// RReLU: y = x where x > 0, a x elsewhere, with a drawn from [lower, upper) for each element in
// training, and in the middle between them in inference. Xu et al., "Empirical evaluation of
// rectified activations in convolutional network", 2015.
#include "core/rng.h"
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct RReLU final : LayerOf<RReLU> {
  float lower = 1.f / 8, upper = 1.f / 3;

  static constexpr auto schema() {
    return Schema{"RReLU", "activation", "Shrinks negative numbers by random factors.",
                  attr("lower", &RReLU::lower, "least factor", nonnegative),
                  attr("upper", &RReLU::upper, "largest factor", nonnegative)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {0}}; }
  void check() const override {
    require<AttrError>(lower <= upper, "RReLU.upper: must be >= lower, got ", upper, " and ",
                       lower);
  }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& p) const override {
    // The slope of each element.
    size_t bytes = static_cast<size_t>(numel(p.in())) * size_of(p.env().dtype);
    p.save(p.training() ? bytes : 0);
    p.in_place();
  }

  void forward(Run& r) const override {
    if (!r.training()) {
      float middle = (lower + upper) / 2;
      return map_values(r, r.x(), r.y(), [middle](auto x) {
        using T = decltype(x);
        return std::max(x, T(0)) + static_cast<T>(middle) * std::min(x, T(0));
      });
    }
    by_dtype(r.dtype(), [&]<class T>() { draw_slopes<T>(r); });
    map_pairs(r, r.x(), r.saved(), r.y(), [](auto x, auto slope) { return x * slope; });
  }

  void backward(Run& r) const override {
    if (r.dx()) map_slopes(r, r.saved(), [](auto slope) { return slope; });
  }

 private:
  // A function of (seed, step, sample, layer, element).
  template <class T>
  void draw_slopes(const Run& r) const {
    const BatchContext& batch = r.batch();
    uint64_t key = mix(mix(batch.seed, r.layer_key()), static_cast<uint64_t>(batch.step));
    int64_t n = r.elements() / r.rows();
    parallel_for(r.rows(), 1 + kNumbersOfPointwise / n, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        auto sample = static_cast<uint64_t>(batch.samples[static_cast<size_t>(row)]);
        auto* x = static_cast<const T*>(r.x()) + row * n;
        auto* slopes = static_cast<T*>(r.saved()) + row * n;
        for (int64_t i = 0; i < n; i += 4) {
          Philox bits = philox(key, sample, static_cast<uint64_t>(i / 4));
          for (int64_t j = i; j < std::min(i + 4, n); ++j) {
            float drawn = lower + (upper - lower) * to_unit(bits[static_cast<size_t>(j - i)]);
            slopes[j] = x[j] > 0 ? T(1) : static_cast<T>(drawn);
          }
        }
      }
    });
  }
};
FIRESTEEL_LAYER(RReLU);

}  // namespace firesteel
