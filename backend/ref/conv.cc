// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

template <class T>
class RefConv final : public Conv {
 public:
  RefConv(const Env& env, const ConvSpec& spec) : spec_(spec) {
    src = Layout(spec.src, env.dtype);
    dst = Layout(spec.dst, env.dtype);
    weights =
        Layout({spec.dst[1], spec.src[1] / spec.groups, spec.kernel[0], spec.kernel[1]}, env.dtype);
    weights_backward = weights;
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
    int64_t plane = spec_.dst[2] * spec_.dst[3];
    for (int64_t o = 0; o < numel(spec_.dst); ++o) body(o, o / plane % spec_.dst[1]);
  }

  // Calls body(index in src, index in weights, index in dst) for every product of the sum.
  template <class Body>
  void each_product(const Body& body) const {
    int64_t C = spec_.src[1], H = spec_.src[2], W = spec_.src[3];
    int64_t O = spec_.dst[1], OH = spec_.dst[2], OW = spec_.dst[3];
    int64_t KH = spec_.kernel[0], KW = spec_.kernel[1];
    int64_t group_in = C / spec_.groups, group_out = O / spec_.groups;
    for (int64_t n = 0; n < spec_.src[0]; ++n)
      for (int64_t o = 0; o < O; ++o)
        for (int64_t c = 0; c < group_in; ++c)
          for (int64_t kh = 0; kh < KH; ++kh)
            for (int64_t kw = 0; kw < KW; ++kw)
              for (int64_t oh = 0; oh < OH; ++oh) {
                int64_t h = oh * spec_.stride[0] - spec_.padding[0] + kh * spec_.dilation[0];
                if (h < 0 || h >= H) continue;
                for (int64_t ow = 0; ow < OW; ++ow) {
                  int64_t w = ow * spec_.stride[1] - spec_.padding[1] + kw * spec_.dilation[1];
                  if (w < 0 || w >= W) continue;
                  int64_t channel = o / group_out * group_in + c;
                  body(((n * C + channel) * H + h) * W + w,
                       ((o * group_in + c) * KH + kh) * KW + kw, ((n * O + o) * OH + oh) * OW + ow);
                }
              }
  }

  ConvSpec spec_;
};

}  // namespace

std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<Conv> {
    return std::make_unique<RefConv<T>>(env, spec);
  });
}

}  // namespace firesteel::ref
