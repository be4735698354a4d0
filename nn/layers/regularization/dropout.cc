// SPDX-License-Identifier: Apache-2.0
// Dropout: y = x m / (1 - p), with m = 0 with probability p and 1 otherwise, in training; y = x in
// inference. m is a function of (seed, step, sample, layer, element). Srivastava et al., 2014.
#include <cstring>

#include "core/rng.h"
#include "nn/layer.h"

namespace firesteel {

struct Dropout final : LayerOf<Dropout> {
  float p = 0.5f;

  static constexpr auto schema() {
    return Schema{"Dropout", "regularization",
                  "Zeroes elements at random in training and scales the others up.",
                  attr("p", &Dropout::p, "probability of zeroing an element", fraction)};
  }
  static Sample sample() { return {.attrs = {{"p", 0.4}}, .in = {{4, 6}}}; }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }

  void prepare(Prepare& prepare) const override {
    prepare.save(prepare.training() ? static_cast<size_t>(numel(prepare.in())) : 0);
    prepare.in_place();
  }

  void forward(Run& r) const override {
    if (!r.training()) {
      if (r.y() != r.x()) {
        std::memcpy(r.y(), r.x(), static_cast<size_t>(r.elements()) * size_of(r.dtype()));
      }
      return;
    }
    auto* mask = static_cast<uint8_t*>(r.saved());
    draw(r, mask);
    by_dtype(r.dtype(), [&]<class T>() { apply<T>(mask, r.x(), r.y(), r.elements()); });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    auto* mask = static_cast<const uint8_t*>(r.saved());
    by_dtype(r.dtype(), [&]<class T>() { apply<T>(mask, r.dy(), r.dx(), r.elements()); });
  }

 private:
  void draw(const Run& r, uint8_t* mask) const {
    const BatchContext& batch = r.batch();
    uint64_t key = mix(mix(batch.seed, r.layer_key()), static_cast<uint64_t>(batch.step));
    int64_t per_row = r.elements() / r.rows();
    for (int64_t row = 0; row < r.rows(); ++row) {
      auto sample = static_cast<uint64_t>(batch.samples[static_cast<size_t>(row)]);
      for (int64_t i = 0; i < per_row; i += 4) {
        Philox bits = philox(key, sample, static_cast<uint64_t>(i / 4));
        for (int64_t j = i; j < std::min(i + 4, per_row); ++j) {
          *mask++ = to_unit(bits[static_cast<size_t>(j - i)]) >= p;
        }
      }
    }
  }

  template <class T>
  void apply(const uint8_t* mask, const void* from, void* to, int64_t count) const {
    auto* x = static_cast<const T*>(from);
    auto* y = static_cast<T*>(to);
    T scale = 1 / (1 - static_cast<T>(p));
    for (int64_t i = 0; i < count; ++i) y[i] = mask[i] ? x[i] * scale : T(0);
  }
};
FIRESTEEL_LAYER(Dropout);

}  // namespace firesteel
