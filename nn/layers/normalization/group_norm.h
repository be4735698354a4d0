// SPDX-License-Identifier: Apache-2.0
// Normalization of groups of channels within each row: y = gamma (x - mean) / sqrt(variance + eps)
// + beta.
#pragma once

#include <cmath>

#include "core/threads.h"
#include "nn/layer.h"
#include "nn/layers/normalization/sums.h"

namespace firesteel {

struct GroupNormLayer : Layer {
  int64_t channels = 0;  // second extent
  float eps = 1e-5f;
  bool affine = true;

  virtual int64_t groups() const = 0;

  std::vector<ParamSpec> params() const override {
    if (!affine) return {};
    return {{.name = "weight", .shape = {channels}, .init = Init::constant(1), .decay = false},
            {.name = "bias", .shape = {channels}, .init = Init::constant(0), .decay = false}};
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 2 && in[0][1] == channels, "input must have ", channels,
            " channels, got ", without_batch(in[0]));
    return {in[0]};
  }

  void prepare(Prepare& p) const override {
    auto count = static_cast<size_t>(p.in()[0] * groups());
    p.save(count * size_of(p.env().dtype));  // mean
    p.save(count * size_of(p.env().dtype));  // 1 / deviation
    auto sums = static_cast<size_t>(2 * p.in()[0] * channels);
    if (p.training()) p.scratch(sums * size_of(p.env().dtype));
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { forward_as<T>(r); });
  }
  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  int64_t plane(const Run& r) const { return numel(r.in()) / (r.rows() * channels); }

  template <class T>
  void forward_as(Run& r) const {
    auto* gamma = affine ? static_cast<const T*>(r.param(0)) : nullptr;
    auto* beta = affine ? static_cast<const T*>(r.param(1)) : nullptr;
    int64_t each = channels / groups(), positions = plane(r), n = each * positions;
    auto one = [&](int64_t g) {
      auto* x = static_cast<const T*>(r.x()) + g * n;
      auto* y = static_cast<T*>(r.y()) + g * n;
      T mean = sum_of<T>(n, [&](int64_t i) { return x[i]; }) / static_cast<T>(n);
      T squares = sum_of<T>(n, [&](int64_t i) { return (x[i] - mean) * (x[i] - mean); });
      T scale = 1 / std::sqrt(squares / static_cast<T>(n) + static_cast<T>(eps));
      for (int64_t c = 0; c < each; ++c) {
        int64_t channel = g % groups() * each + c;
        T factor = gamma ? gamma[channel] * scale : scale, offset = beta ? beta[channel] : T(0);
        for (int64_t i = c * positions; i < (c + 1) * positions; ++i) {
          y[i] = (x[i] - mean) * factor + offset;
        }
      }
      static_cast<T*>(r.saved(0))[g] = mean;
      static_cast<T*>(r.saved(1))[g] = scale;
    };
    parallel_for(r.rows() * groups(), pieces_of_part(n), [&](int64_t from, int64_t to) {
      for (int64_t g = from; g < to; ++g) one(g);
    });
  }

  template <class T>
  void backward_as(Run& r) const {
    auto* gamma = affine ? static_cast<const T*>(r.param(0)) : nullptr;
    int64_t each = channels / groups(), positions = plane(r), n = each * positions;
    // Of every row's channels: the sum of dy, and of dy times the normalized x.
    auto* of_dy = static_cast<T*>(r.scratch());
    auto* of_products = of_dy + r.rows() * channels;
    auto one = [&](int64_t g) {
      auto* x = static_cast<const T*>(r.x()) + g * n;
      auto* dy = static_cast<const T*>(r.dy()) + g * n;
      T mean = static_cast<const T*>(r.saved(0))[g], scale = static_cast<const T*>(r.saved(1))[g];
      T sum = 0, dot = 0;  // of gamma dy, and of it with the normalized x
      for (int64_t c = 0; c < each; ++c) {
        int64_t at = c * positions;
        T plain = sum_of<T>(positions, [&](int64_t i) { return dy[at + i]; });
        T product = scale * sum_of<T>(positions,
                                      [&](int64_t i) { return dy[at + i] * (x[at + i] - mean); });
        T weight = gamma ? gamma[g % groups() * each + c] : T(1);
        of_dy[g * each + c] = plain;
        of_products[g * each + c] = product;
        sum += weight * plain;
        dot += weight * product;
      }
      if (!r.dx()) return;
      auto* dx = static_cast<T*>(r.dx()) + g * n;
      T shift = sum / static_cast<T>(n) * scale, slope = dot / static_cast<T>(n) * scale * scale;
      for (int64_t c = 0; c < each; ++c) {
        T factor = scale * (gamma ? gamma[g % groups() * each + c] : T(1));
        for (int64_t i = c * positions; i < (c + 1) * positions; ++i) {
          dx[i] = factor * dy[i] - shift - (x[i] - mean) * slope;
        }
      }
    };
    parallel_for(r.rows() * groups(), pieces_of_part(n), [&](int64_t from, int64_t to) {
      for (int64_t g = from; g < to; ++g) one(g);
    });
    if (affine) sum_rows(of_products, r.rows(), static_cast<T*>(r.dparam(0)));
    if (affine) sum_rows(of_dy, r.rows(), static_cast<T*>(r.dparam(1)));
  }

  template <class T>
  void sum_rows(const T* from, int64_t rows, T* to) const {
    std::fill_n(to, channels, T(0));
    for (int64_t n = 0; n < rows; ++n) {
      for (int64_t c = 0; c < channels; ++c) to[c] += from[n * channels + c];
    }
  }
};

template <class Derived>
using GroupNormLayerOf = DescribedBy<Derived, GroupNormLayer>;

inline constexpr auto kGroupNormEps =
    attr("eps", &GroupNormLayer::eps, "added to the variance", positive);

}  // namespace firesteel
