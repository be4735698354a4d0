// SPDX-License-Identifier: Apache-2.0
// Pooling of an image of any size into one of a given size: window o of n along an extent e goes
// from floor(o e / n) to ceil((o + 1) e / n).
#pragma once

#include <algorithm>

#include "nn/layers/pooling/pooling.h"

namespace firesteel {

// The plain loops; extents that the size divides need none.
template <class T>
class AdaptivePool final : public Pool {
 public:
  AdaptivePool(const Env& env, PoolSpec::Kind kind, const Shape& from, const Shape& to)
      : max_(kind == PoolSpec::Kind::max), src_(from), dst_(to) {
    dst = Layout(to, env.dtype);
    // The place of each maximum in its plane.
    if (max_ && env.training) workspace_bytes = static_cast<size_t>(numel(to)) * sizeof(int32_t);
  }

  void forward(const void* src, void* dst, void* workspace, void*) override {
    each_window([&](int64_t plane, int64_t o, const Range& h, const Range& w) {
      auto* x = static_cast<const T*>(src) + plane * src_[2] * src_[3];
      T sum = 0, best = x[h.begin * src_[3] + w.begin];
      int64_t place = h.begin * src_[3] + w.begin;
      for (int64_t i = h.begin; i < h.end; ++i) {
        for (int64_t at = i * src_[3] + w.begin; at < i * src_[3] + w.end; ++at) {
          sum += x[at];
          if (x[at] > best) best = x[at], place = at;
        }
      }
      static_cast<T*>(dst)[o] = max_ ? best : sum / static_cast<T>(h.size() * w.size());
      if (workspace_bytes > 0) static_cast<int32_t*>(workspace)[o] = static_cast<int32_t>(place);
    });
  }

  void backward(const void* diff_dst, const void* workspace, void* diff_src, void*) override {
    int64_t size = src_[2] * src_[3];
    std::fill_n(static_cast<T*>(diff_src), src_[0] * src_[1] * size, T(0));
    each_window([&](int64_t plane, int64_t o, const Range& h, const Range& w) {
      auto* dx = static_cast<T*>(diff_src) + plane * size;
      T dy = static_cast<const T*>(diff_dst)[o];
      if (max_) {
        dx[static_cast<const int32_t*>(workspace)[o]] += dy;
        return;
      }
      T share = dy / static_cast<T>(h.size() * w.size());
      for (int64_t i = h.begin; i < h.end; ++i) {
        for (int64_t j = w.begin; j < w.end; ++j) dx[i * src_[3] + j] += share;
      }
    });
  }

 private:
  struct Range {
    int64_t begin, end;
    Range(int64_t o, int64_t extent, int64_t count)
        : begin(o * extent / count), end(((o + 1) * extent + count - 1) / count) {}
    int64_t size() const { return end - begin; }
  };

  // body(plane, index in dst, rows, columns)
  template <class Body>
  void each_window(const Body& body) const {
    int64_t height = dst_[2], width = dst_[3];
    for_each_plane(src_[0] * src_[1], src_[2] * src_[3], [&](int64_t plane) {
      for (int64_t i = 0; i < height; ++i) {
        Range rows(i, src_[2], height);
        for (int64_t j = 0; j < width; ++j) {
          body(plane, (plane * height + i) * width + j, rows, Range(j, src_[3], width));
        }
      }
    });
  }

  bool max_;
  Shape src_, dst_;
};

struct AdaptiveLayer : Layer {
  Dims output_size = {1};

  static Sample sample() { return {.attrs = {{"output_size", Dims{2, 3}}}, .in = {{2, 3, 5, 4}}}; }
  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    Dims size = pair_of(output_size);
    return {{in[0][0], in[0][1], size[0], size[1]}};
  }
  void forward(Run& r) const override { forward_pool(r); }
  void backward(Run& r) const override { backward_pool(r); }

 protected:
  static void prepare_adaptive(Prepare& p, PoolSpec::Kind kind) {
    Dims size(p.out().begin() + 2, p.out().end()), step;
    bool divides = true;
    for (size_t i = 0; i < 2; ++i) {
      divides = divides && p.in()[i + 2] % size[i] == 0;
      step.push_back(p.in()[i + 2] / size[i]);
    }
    if (divides) return prepare_pool(p, kind, {step, step, {0, 0}, {0, 0}, {1, 1}});
    by_dtype(p.env().dtype, [&]<class T>() {
      std::unique_ptr<Pool> op = std::make_unique<AdaptivePool<T>>(p.env(), kind, p.in(), p.out());
      p.save(p.keep(std::move(op)).workspace_bytes);
    });
  }
};
inline constexpr auto kOutputSize = required("output_size", &AdaptiveLayer::output_size,
                                             "height and width of the output", positive_pair);

}  // namespace firesteel
