// SPDX-License-Identifier: Apache-2.0
// CosineSimilarity: y = sum of a b / (max(|a|, eps) max(|b|, eps)), sums and norms over one extent.
#include <cmath>

#include "nn/layers/arithmetic/broadcast.h"
#include "nn/layers/shape/blocks.h"

namespace firesteel {

struct CosineSimilarity final : LayerOf<CosineSimilarity> {
  int64_t dim = 1;
  float eps = 1e-8f;

  static constexpr auto schema() {
    return Schema{
        "CosineSimilarity", "arithmetic",
        "The cosine of the angle between two inputs, along one extent, which is left out.",
        attr("dim", &CosineSimilarity::dim, "the extent; 0 is the batch, -1 the last one",
             not_batch),
        attr("eps", &CosineSimilarity::eps, "the least norm", positive)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 4, 3}, {2, 4, 3}}}; }

  int least_inputs() const override { return 2; }
  Shapes infer(const Shapes& in) const override {
    require(in[0] == in[1], "inputs must have one shape, got ", without_batch(in[0]), " and ",
            without_batch(in[1]));
    size_t at = extent_of(dim, in[0]);
    require(at > 0 && at < in[0].size(), "input must have an extent ", dim, ", got ",
            without_batch(in[0]));
    Shape out = in[0];
    out.erase(out.begin() + static_cast<int64_t>(at));
    return {out};
  }
  Steps steps(const Shape& in) const override {
    return extent_of(dim, in) > 1 ? Steps::each : Steps::mixed;
  }

  void prepare(Prepare& p) const override {
    auto bytes = static_cast<size_t>(numel(p.out())) * size_of(p.env().dtype);
    p.save(bytes);  // |a|
    p.save(bytes);  // |b|
    if (p.training()) p.scratch(3 * bytes);
    for (size_t i = 0; i < 2; ++i) p.backward_reads_input(i);
    p.backward_reads_output();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_block<T>(r, [&](const Block<T>& block) {
        T *y = block.of(r.y()), *norm_a = block.of(r.saved(0)), *norm_b = block.of(r.saved(1));
        sum_products(block, block.a, block.b, y);
        sum_products(block, block.a, block.a, norm_a);
        sum_products(block, block.b, block.b, norm_b);
        for (int64_t i = 0; i < block.inner; ++i) {
          norm_a[i] = std::sqrt(norm_a[i]);
          norm_b[i] = std::sqrt(norm_b[i]);
          y[i] /= at_least(norm_a[i]) * at_least(norm_b[i]);
        }
      });
    });
  }

  // dx = other g - own k, where g = dy / (|a| |b|) and k = dy y / |own|^2; k is 0 where eps stands
  // for the norm.
  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t count = numel(r.out());
      auto* g = static_cast<T*>(r.scratch());
      auto *y = static_cast<const T*>(r.y()), *dy = static_cast<const T*>(r.dy());
      auto* norm_a = static_cast<const T*>(r.saved(0));
      auto* norm_b = static_cast<const T*>(r.saved(1));
      T *k_a = g + count, *k_b = k_a + count;
      for (int64_t i = 0; i < count; ++i) {
        T a = at_least(norm_a[i]), b = at_least(norm_b[i]);
        g[i] = dy[i] / (a * b);
        k_a[i] = norm_a[i] < a ? T(0) : dy[i] * y[i] / (a * a);
        k_b[i] = norm_b[i] < b ? T(0) : dy[i] * y[i] / (b * b);
      }
      each_block<T>(r, [&](const Block<T>& block) {
        if (r.dx(0)) write_gradient(block, block.a, block.b, block.of(g), block.of(k_a), r.dx(0));
        if (r.dx(1)) write_gradient(block, block.b, block.a, block.of(g), block.of(k_b), r.dx(1));
      });
    });
  }

 private:
  template <class T>
  T at_least(T norm) const {
    return std::max(norm, static_cast<T>(eps));
  }

  // The numbers that belong to `inner` results, from number `first` on.
  template <class T>
  struct Block {
    const T *a, *b;
    int64_t first, extent, inner;
    T* of(void* results) const { return static_cast<T*>(results) + first; }
  };
  template <class T, class Body>
  void each_block(const Run& r, const Body& body) const {
    Blocks whole(r.in(), static_cast<int64_t>(extent_of(dim, r.in())));
    int64_t size = whole.extent * whole.inner;
    each_row(whole.outer, size, [&](int64_t o) {
      body(Block<T>{static_cast<const T*>(r.x(0)) + o * size,
                    static_cast<const T*>(r.x(1)) + o * size, o * whole.inner, whole.extent,
                    whole.inner});
    });
  }

  template <class T>
  static void sum_products(const Block<T>& block, const T* a, const T* b, T* sums) {
    if (block.inner == 1) {
      *sums = dot(a, b, block.extent);
      return;
    }
    std::fill_n(sums, block.inner, T(0));
    for (int64_t e = 0; e < block.extent; ++e, a += block.inner, b += block.inner) {
      for (int64_t i = 0; i < block.inner; ++i) sums[i] += a[i] * b[i];
    }
  }
  template <class T>
  static void write_gradient(const Block<T>& block, const T* own, const T* other, const T* g,
                             const T* k, void* dx) {
    T* to = static_cast<T*>(dx) + block.first * block.extent;
    if (block.inner == 1) {
      for (int64_t e = 0; e < block.extent; ++e) to[e] = other[e] * *g - own[e] * *k;
      return;
    }
    for (int64_t e = 0; e < block.extent; ++e) {
      for (int64_t i = 0; i < block.inner; ++i) to[i] = other[i] * g[i] - own[i] * k[i];
      to += block.inner, own += block.inner, other += block.inner;
    }
  }
};
FIRESTEEL_LAYER(CosineSimilarity);

}  // namespace firesteel
