// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>

#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

using Kind = PoolSpec::Kind;

// One of three spatial dimensions; those that an image has not are of extent 1.
struct Axis {
  int64_t in = 1, out = 1, kernel = 1, stride = 1, padding = 0, end = 0, hole = 1;
};

// The part of a window that lies inside the image along one dimension.
struct Run {
  int64_t first, count, step;
  int64_t padded;  // points inside the padded image

  Run(const Axis& axis, int64_t o) : step(axis.hole) {
    int64_t begin = o * axis.stride - axis.padding;
    int64_t skipped = begin < 0 ? (step - 1 - begin) / step : 0;
    first = begin + skipped * step;
    int64_t fit = first < axis.in ? (axis.in - 1 - first) / step + 1 : 0;
    count = std::max<int64_t>(0, std::min(axis.kernel - skipped, fit));
    padded = std::min(axis.in + axis.end - begin, axis.kernel);
  }
};

template <class T>
class RefPool final : public Pool {
 public:
  RefPool(const Env& env, const PoolSpec& spec) : spec_(spec) {
    dst = Layout(spec.dst, env.dtype);
    for (size_t i = 0, first = 3 - spec.kernel.size(); i < spec.kernel.size(); ++i) {
      axes_[first + i] = {spec.src[i + 2], spec.dst[i + 2], spec.kernel[i], spec.stride[i],
                          spec.padding[i], spec.end(i),     spec.hole(i)};
    }
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
      if (spec_.kind != Kind::max) {
        window.each([&](int64_t i) { DX[i] += DY[o] / divisor(window); });
      } else if (at[o] >= 0) {
        DX[at[o]] += DY[o];
      }
    });
  }

 private:
  // Inside the image, as indices into src.
  struct Window {
    int64_t plane, area, row;  // offset of the plane, and distances of its slices and rows
    Run d, h, w;

    template <class Body>
    void each(const Body& body) const {
      for (int64_t i = 0; i < d.count; ++i)
        for (int64_t j = 0; j < h.count; ++j) {
          int64_t line = plane + (d.first + i * d.step) * area + (h.first + j * h.step) * row;
          for (int64_t k = 0; k < w.count; ++k) body(line + w.first + k * w.step);
        }
    }
  };

  T divisor(const Window& w) const {
    bool padded = spec_.kind == Kind::average_with_padding;
    return static_cast<T>(padded ? w.d.padded * w.h.padded * w.w.padded
                                 : w.d.count * w.h.count * w.w.count);
  }

  template <class Body>
  void each_window(const Body& body) const {
    const auto& [D, H, W] = axes_;
    int64_t area = H.in * W.in, o = 0;
    for (int64_t plane = 0; plane < spec_.src[0] * spec_.src[1]; ++plane)
      for (int64_t od = 0; od < D.out; ++od)
        for (int64_t oh = 0; oh < H.out; ++oh)
          for (int64_t ow = 0; ow < W.out; ++ow, ++o) {
            body(o, Window{plane * D.in * area, area, W.in, Run(D, od), Run(H, oh), Run(W, ow)});
          }
  }

  PoolSpec spec_;
  std::array<Axis, 3> axes_;
};

}  // namespace

std::unique_ptr<Pool> pool(const Env& env, const PoolSpec& spec) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<Pool> {
    return std::make_unique<RefPool<T>>(env, spec);
  });
}

}  // namespace firesteel::ref
