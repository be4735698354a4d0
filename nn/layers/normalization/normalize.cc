// SPDX-License-Identifier: Apache-2.0
// Normalize: y = x / max(|x|_p, eps), with the p-norm along one extent: |x|_p = (sum of
// |x|^p)^(1/p).
#include <algorithm>
#include <cmath>

#include "core/threads.h"
#include "nn/layer.h"
#include "nn/layers/normalization/sums.h"

namespace firesteel {

struct Normalize final : LayerOf<Normalize> {
  float p = 2;
  int64_t dim = 1;
  float eps = 1e-12f;

  static constexpr auto schema() {
    return Schema{"Normalize",
                  "normalization",
                  "Gives the numbers along one extent the p-norm 1.",
                  attr("p", &Normalize::p, "of the norm; 0: the largest magnitude", nonnegative),
                  attr("dim", &Normalize::dim,
                       "the extent; 1 is the channels of images, -1 the last one", not_batch),
                  attr("eps", &Normalize::eps, "nothing is divided by less", positive)};
  }
  static Sample sample() { return {.attrs = {{"p", 3.0}}, .in = {{2, 5, 3}}, .kinks = {0}}; }

  Shapes infer(const Shapes& in) const override {
    size_t at = extent_of(dim, in[0]);
    require(at > 0 && at < in[0].size(), "input must have an extent ", dim, ", got ",
            without_batch(in[0]));
    return {in[0]};
  }
  Steps steps(const Shape& in) const override {
    return extent_of(dim, in) > 1 ? Steps::each : Steps::mixed;
  }

  void prepare(Prepare& prepare) const override {
    Extents e(prepare.in(), dim);
    auto bytes = static_cast<size_t>(e.outer * e.inner) * size_of(prepare.env().dtype);
    prepare.save(bytes);  // norms
    prepare.scratch(bytes);
    prepare.backward_reads_input();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { forward_as<T>(r); });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  // Blocks of n lines of `inner` numbers; norms are taken across the lines of a block.
  struct Extents {
    int64_t outer = 1, n = 1, inner = 1;
    Extents(const Shape& shape, int64_t dim) {
      size_t at = extent_of(dim, shape);
      for (size_t i = 0; i < shape.size(); ++i) (i < at ? outer : i > at ? inner : n) *= shape[i];
    }
    // Calls body(block) on all threads.
    template <class Body>
    void each(const Body& body) const {
      parallel_for(outer, pieces_of_part(n * inner), [&](int64_t from, int64_t to) {
        for (int64_t o = from; o < to; ++o) body(o);
      });
    }
    // to[i] = the sum of term(number) across the lines, for one block.
    template <class T, class Term>
    void sums(T* to, const Term& term) const {
      if (inner == 1) {
        *to = sum_of<T>(n, term);
        return;
      }
      std::fill_n(to, inner, T(0));
      for (int64_t k = 0; k < n; ++k) {
        for (int64_t i = 0; i < inner; ++i) to[i] += term(k * inner + i);
      }
    }
  };

  template <class T>
  void norms(const Extents& e, const T* x, T* to) const {
    auto magnitude = [&](int64_t i) { return std::abs(x[i]); };
    if (p == 0) {
      std::fill_n(to, e.inner, T(0));
      for (int64_t k = 0; k < e.n; ++k) {
        for (int64_t i = 0; i < e.inner; ++i) to[i] = std::max(to[i], magnitude(k * e.inner + i));
      }
    } else if (p == 1) {
      e.sums(to, magnitude);
    } else if (p == 2) {
      e.sums(to, [&](int64_t i) { return x[i] * x[i]; });
      for (int64_t i = 0; i < e.inner; ++i) to[i] = std::sqrt(to[i]);
    } else {
      T power = static_cast<T>(p);
      e.sums(to, [&](int64_t i) { return std::pow(magnitude(i), power); });
      for (int64_t i = 0; i < e.inner; ++i) to[i] = std::pow(to[i], 1 / power);
    }
  }

  template <class T>
  void forward_as(Run& r) const {
    Extents e(r.in(), dim);
    e.each([&](int64_t o) {
      auto* x = static_cast<const T*>(r.x()) + o * e.n * e.inner;
      auto* y = static_cast<T*>(r.y()) + o * e.n * e.inner;
      auto* norm = static_cast<T*>(r.saved()) + o * e.inner;
      auto* factor = static_cast<T*>(r.scratch()) + o * e.inner;
      norms(e, x, norm);
      for (int64_t i = 0; i < e.inner; ++i) factor[i] = 1 / std::max(norm[i], static_cast<T>(eps));
      for (int64_t k = 0; k < e.n; ++k) {
        for (int64_t i = 0; i < e.inner; ++i) y[k * e.inner + i] = x[k * e.inner + i] * factor[i];
      }
    });
  }

  // dx = (dy - s d|x| / dx) / |x|, with s = the sum of dy x / |x|; where eps is larger than the
  // norm, dx = dy / eps.
  template <class T>
  void backward_as(Run& r) const {
    Extents e(r.in(), dim);
    e.each([&](int64_t o) {
      int64_t begin = o * e.n * e.inner;
      auto* x = static_cast<const T*>(r.x()) + begin;
      auto* dy = static_cast<const T*>(r.dy()) + begin;
      auto* dx = static_cast<T*>(r.dx()) + begin;
      auto* norm = static_cast<const T*>(r.saved()) + o * e.inner;
      auto* dot = static_cast<T*>(r.scratch()) + o * e.inner;
      T least = static_cast<T>(eps);
      e.sums(dot, [&](int64_t i) { return dy[i] * x[i]; });
      for (int64_t i = 0; i < e.inner; ++i) dot[i] = norm[i] > least ? dot[i] / norm[i] : T(0);
      norm_gradient(e, x, norm, dx);
      for (int64_t k = 0; k < e.n; ++k) {
        for (int64_t i = 0; i < e.inner; ++i) {
          int64_t at = k * e.inner + i;
          dx[at] = (dy[at] - dot[i] * dx[at]) / std::max(norm[i], least);
        }
      }
    });
  }

  // d|x|_p / dx = sign(x) (|x| / |x|_p)^(p-1); of the largest magnitude 1, shared where several are
  // as large.
  template <class T>
  void norm_gradient(const Extents& e, const T* x, const T* norm, T* to) const {
    auto each = [&](const auto& gradient) {
      for (int64_t k = 0; k < e.n; ++k) {
        for (int64_t i = 0; i < e.inner; ++i) {
          T number = x[k * e.inner + i], sign = T(number > 0) - T(number < 0);
          to[k * e.inner + i] = gradient(number, sign, std::max(norm[i], static_cast<T>(eps)), i);
        }
      }
    };
    if (p == 2) return each([](T number, T, T whole, int64_t) { return number / whole; });
    if (p == 1) return each([](T, T sign, T, int64_t) { return sign; });
    if (p == 0) {
      return each([&](T number, T sign, T, int64_t i) {
        if (std::abs(number) != norm[i]) return T(0);
        T count = 0;
        for (int64_t k = 0; k < e.n; ++k) count += T(std::abs(x[k * e.inner + i]) == norm[i]);
        return sign / count;
      });
    }
    T power = static_cast<T>(p) - 1;
    each([power](T number, T sign, T whole, int64_t) {
      return sign * std::pow(std::abs(number) / whole, power);
    });
  }
};
FIRESTEEL_LAYER(Normalize);

}  // namespace firesteel
