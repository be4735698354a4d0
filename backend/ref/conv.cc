// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

// One of three spatial dimensions; those that a convolution has not are of extent 1. `wide` is the
// side that windows slide over: src, or dst of a transposed convolution.
struct Axis {
  int64_t wide = 1, narrow = 1, kernel = 1, stride = 1, padding = 0, dilation = 1;

  // Where point k of window o lies on the wide side; -1: outside.
  int64_t at(int64_t o, int64_t k) const {
    int64_t place = o * stride - padding + k * dilation;
    return place < wide ? std::max<int64_t>(-1, place) : -1;
  }
};

template <class T>
class RefConv final : public Conv {
 public:
  RefConv(const Env& env, const ConvSpec& spec) : spec_(spec) {
    src = Layout(spec.src, env.dtype);
    dst = Layout(spec.dst, env.dtype);
    weights = weights_backward = Layout(spec.weights(), env.dtype);
    const Shape& wide = spec.transposed ? spec.dst : spec.src;
    const Shape& narrow = spec.transposed ? spec.src : spec.dst;
    for (size_t i = 0, first = 3 - spec.kernel.size(); i < spec.kernel.size(); ++i) {
      axes_[first + i] = {wide[i + 2],    narrow[i + 2],   spec.kernel[i],
                          spec.stride[i], spec.padding[i], spec.dilation[i]};
    }
    wide_channels_ = wide[1];
    narrow_channels_ = narrow[1];
  }

  void forward(const void* x, const void* w, const void* b, void* y, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* W = static_cast<const T*>(w);
    auto* B = static_cast<const T*>(b);
    auto* Y = static_cast<T*>(y);
    each_output([&](int64_t o, int64_t channel) {
      Y[o] = (spec_.tail.sum ? Y[o] : T(0)) + (B ? B[channel] : T(0));
    });
    each_product([&](int64_t i, int64_t k, int64_t o) { Y[o] += X[i] * W[k]; });
    if (spec_.tail.relu) {
      each_output([&](int64_t o, int64_t) { Y[o] = std::clamp(Y[o], T(0), T(spec_.tail.most)); });
    }
  }

  void backward_data(const void* dy, const void* w, void* dx, void*) override {
    auto* DY = static_cast<const T*>(dy);
    auto* W = static_cast<const T*>(w);
    auto* DX = static_cast<T*>(dx);
    std::fill(DX, DX + numel(spec_.src), T(0));
    each_product([&](int64_t i, int64_t k, int64_t o) { DX[i] += DY[o] * W[k]; });
  }

  void backward_weights(const void* x, const void* dy, void* dw, void* db, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* DY = static_cast<const T*>(dy);
    auto* DW = static_cast<T*>(dw);
    std::fill(DW, DW + numel(weights.shape()), T(0));
    each_product([&](int64_t i, int64_t k, int64_t o) { DW[k] += X[i] * DY[o]; });
    if (!db) return;
    auto* DB = static_cast<T*>(db);
    std::fill(DB, DB + spec_.dst[1], T(0));
    each_output([&](int64_t o, int64_t channel) { DB[channel] += DY[o]; });
  }

 private:
  template <class Body>
  void each_output(const Body& body) const {
    int64_t count = numel(spec_.dst), plane = count / (spec_.dst[0] * spec_.dst[1]);
    for (int64_t o = 0; o < count; ++o) body(o, o / plane % spec_.dst[1]);
  }

  // Calls body(index in src, index in weights, index in dst) for every product of the sum.
  template <class Body>
  void each_product(const Body& body) const {
    if (spec_.transposed) {
      each_pair([&](int64_t wide, int64_t k, int64_t narrow) { body(narrow, k, wide); });
    } else {
      each_pair(body);
    }
  }
  template <class Body>
  void each_pair(const Body& body) const {
    int64_t group_wide = wide_channels_ / spec_.groups;
    int64_t group_narrow = narrow_channels_ / spec_.groups;
    for (int64_t n = 0; n < spec_.src[0]; ++n)
      for (int64_t o = 0; o < narrow_channels_; ++o)
        for (int64_t c = 0; c < group_wide; ++c) {
          int64_t channel = o / group_narrow * group_wide + c;
          each_pair_of_planes(n * wide_channels_ + channel, o * group_wide + c,
                              n * narrow_channels_ + o, body);
        }
  }
  // For a plane of the wide side, a kernel, and a plane of the other side.
  template <class Body>
  void each_pair_of_planes(int64_t wide, int64_t kernel, int64_t narrow, const Body& body) const {
    const auto& [D, H, W] = axes_;
    for (int64_t kd = 0; kd < D.kernel; ++kd)
      for (int64_t kh = 0; kh < H.kernel; ++kh)
        for (int64_t kw = 0; kw < W.kernel; ++kw) {
          int64_t k = ((kernel * D.kernel + kd) * H.kernel + kh) * W.kernel + kw;
          for (int64_t od = 0; od < D.narrow; ++od) {
            int64_t d = D.at(od, kd);
            for (int64_t oh = 0; d >= 0 && oh < H.narrow; ++oh) {
              int64_t h = H.at(oh, kh), line = (narrow * D.narrow + od) * H.narrow + oh;
              if (h < 0) continue;
              for (int64_t ow = 0; ow < W.narrow; ++ow) {
                int64_t w = W.at(ow, kw);
                if (w < 0) continue;
                body(((wide * D.wide + d) * H.wide + h) * W.wide + w, k, line * W.narrow + ow);
              }
            }
          }
        }
  }

  ConvSpec spec_;
  std::array<Axis, 3> axes_;
  int64_t wide_channels_ = 0, narrow_channels_ = 0;
};

}  // namespace

std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<Conv> {
    return std::make_unique<RefConv<T>>(env, spec);
  });
}

}  // namespace firesteel::ref
