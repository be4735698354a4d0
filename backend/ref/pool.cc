// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

using Kind = PoolSpec::Kind;

template <class T>
class RefPool final : public Pool {
 public:
  RefPool(const Env& env, const PoolSpec& spec) : spec_(spec) {
    dst = Layout(spec.dst, env.dtype);
    // The index in src of every maximum.
    if (spec.kind == Kind::max && env.training) {
      workspace_bytes = static_cast<size_t>(numel(spec.dst)) * sizeof(int64_t);
    }
  }

  void forward(const void* x, void* y, void* workspace, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* Y = static_cast<T*>(y);
    auto* at = workspace_bytes > 0 ? static_cast<int64_t*>(workspace) : nullptr;
    each_window([&](int64_t o, const Window& window) {
      T sum = 0, best = -std::numeric_limits<T>::infinity();
      int64_t best_at = -1;
      window.each([&](int64_t i) {
        sum += X[i];
        if (X[i] > best || best_at < 0) best = X[i], best_at = i;
      });
      Y[o] = spec_.kind == Kind::max ? best : sum / divisor(window);
      if (at) at[o] = best_at;
    });
  }

  void backward(const void* dy, const void* workspace, void* dx, void*) override {
    auto* DY = static_cast<const T*>(dy);
    auto* DX = static_cast<T*>(dx);
    auto* at = static_cast<const int64_t*>(workspace);
    std::fill(DX, DX + numel(spec_.src), T(0));
    each_window([&](int64_t o, const Window& window) {
      if (spec_.kind == Kind::max) {
        DX[at[o]] += DY[o];
      } else {
        window.each([&](int64_t i) { DX[i] += DY[o] / divisor(window); });
      }
    });
  }

 private:
  // The part of a window that lies inside the image, as indices into src.
  struct Window {
    int64_t plane, row, h0, h1, w0, w1;
    int64_t padded;  // points inside the padded image
    template <class Body>
    void each(const Body& body) const {
      for (int64_t h = h0; h < h1; ++h)
        for (int64_t w = w0; w < w1; ++w) body(plane + h * row + w);
    }
  };

  T divisor(const Window& w) const {
    int64_t n = spec_.kind == Kind::average_with_padding ? w.padded : (w.h1 - w.h0) * (w.w1 - w.w0);
    return static_cast<T>(n);
  }

  template <class Body>
  void each_window(const Body& body) const {
    int64_t H = spec_.src[2], W = spec_.src[3], OH = spec_.dst[2], OW = spec_.dst[3];
    for (int64_t o = 0; o < numel(spec_.dst); ++o) {
      int64_t ow = o % OW, oh = o / OW % OH, plane = o / (OW * OH);
      int64_t h = oh * spec_.stride[0] - spec_.padding[0];
      int64_t w = ow * spec_.stride[1] - spec_.padding[1];
      body(o, Window{plane * H * W, W, std::max<int64_t>(0, h), std::min(H, h + spec_.kernel[0]),
                     std::max<int64_t>(0, w), std::min(W, w + spec_.kernel[1]),
                     (std::min(H + spec_.padding[0], h + spec_.kernel[0]) - h) *
                         (std::min(W + spec_.padding[1], w + spec_.kernel[1]) - w)});
    }
  }

  PoolSpec spec_;
};

}  // namespace

std::unique_ptr<Pool> pool(const Env& env, const PoolSpec& spec) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<Pool> {
    return std::make_unique<RefPool<T>>(env, spec);
  });
}

}  // namespace firesteel::ref
