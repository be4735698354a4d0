// SPDX-License-Identifier: Apache-2.0
// y = w x + b with learned tensors of a given shape, repeated over the batch and, as broadcast.h
// says, over what is missing or 1 in it. A kind has both or one of them.
#pragma once

#include "nn/layers/arithmetic/broadcast.h"
#include "nn/weight_init.h"

namespace firesteel {

struct ShapedLayer : Layer {
  Dims shape;

  Shapes infer(const Shapes& in) const final {
    bool fits = in[0].size() > shape.size();
    for (size_t d = 1; fits && d <= shape.size(); ++d) {
      int64_t extent = shape[shape.size() - d];
      fits = extent == 1 || extent == in[0][in[0].size() - d];
    }
    require(fits, "input must have the extents ", shape, ", but where they are 1, got ",
            without_batch(in[0]));
    return {in[0]};
  }
  Steps steps(const Shape& in) const final {
    // With a number for each step, rows have to have as many.
    return shape.size() + 1 == in.size() && shape[0] != 1 ? Steps::mixed : Steps::each;
  }

 protected:
  ParamSpec weight(const std::string& init) const {
    return {.name = "weight",
            .shape = shape,
            .init = weight_init(init, numel(shape), numel(shape)),
            .decay = false};
  }
  ParamSpec bias(const std::string& init) const {
    ParamSpec spec = weight(init);
    spec.name = "bias";
    return spec;
  }

  void prepare_shaped(Prepare& p, bool multiplies) const {
    Shape sample = with_batch(1, without_batch(p.in()));
    p.keep(std::make_unique<Broadcast>(Shapes{sample, with_batch(1, shape)}, sample));
    if (multiplies) p.backward_reads_input();
    p.in_place();
  }

  // w, b: numbers of the parameters; -1: there is none.
  void forward_shaped(Run& r, int w, int b) const {
    by_dtype(r.dtype(), [&]<class T>() {
      const auto& walk = r.op<Broadcast>();
      int64_t sample = numel(r.in()) / r.rows();
      each_row(r.rows(), sample, [&](int64_t n) {
        walk.each_run_in_order([&](const Broadcast::Run& run) {
          T room[Broadcast::kRun] = {};
          const T* x = static_cast<const T*>(r.x()) + n * sample + run.at;
          T* y = static_cast<T*>(r.y()) + n * sample + run.at;
          if (w >= 0) {
            const T* factor = numbers<T, T>(walk, 1, run, param(r, w), room);
            for (int64_t i = 0; i < run.count(); ++i) y[i] = x[i] * factor[i];
            x = y;
          }
          if (b >= 0) {
            const T* term = numbers<T, T>(walk, 1, run, param(r, b), room);
            for (int64_t i = 0; i < run.count(); ++i) y[i] = x[i] + term[i];
          }
        });
      });
    });
  }

  // Samples share the parameters, so they follow each other.
  void backward_shaped(Run& r, int w, int b) const {
    by_dtype(r.dtype(), [&]<class T>() {
      const auto& walk = r.op<Broadcast>();
      int64_t sample = numel(r.in()) / r.rows();
      auto* dw = w >= 0 ? static_cast<T*>(r.dparam(static_cast<size_t>(w))) : nullptr;
      auto* db = b >= 0 ? static_cast<T*>(r.dparam(static_cast<size_t>(b))) : nullptr;
      if (dw) std::fill_n(dw, numel(shape), T(0));
      if (db) std::fill_n(db, numel(shape), T(0));
      for (int64_t n = 0; n < r.rows(); ++n) {
        walk.each_run_in_order([&](const Broadcast::Run& run) {
          T room[Broadcast::kRun] = {};
          const T* dy = static_cast<const T*>(r.dy()) + n * sample + run.at;
          T* dx = r.dx() ? static_cast<T*>(r.dx()) + n * sample + run.at : nullptr;
          if (db) add_repeated(walk, 1, run, dy, db);
          if (dw) {
            const T* x = static_cast<const T*>(r.x()) + n * sample + run.at;
            for (int64_t i = 0; i < run.count(); ++i) room[i] = dy[i] * x[i];
            add_repeated(walk, 1, run, room, dw);
          }
          if (dx && dw) {
            const T* factor = numbers<T, T>(walk, 1, run, param(r, w), room);
            for (int64_t i = 0; i < run.count(); ++i) dx[i] = dy[i] * factor[i];
          } else if (dx && dx != dy) {
            std::copy_n(dy, run.count(), dx);
          }
        });
      }
    });
  }

 private:
  static const void* param(const Run& r, int k) { return r.param(static_cast<size_t>(k)); }
};

inline constexpr auto kShape = required(
    "shape", &ShapedLayer::shape,
    "extents of the learned tensor, without the batch; 1 where one number serves all", positive);

template <class Derived>
using ShapedLayerOf = DescribedBy<Derived, ShapedLayer>;

}  // namespace firesteel
