// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

template <class T>
class RefBatchNorm final : public BatchNormalization {
 public:
  RefBatchNorm(const BatchNormSpec& spec, const Shape& shape)
      : eps_(static_cast<T>(spec.eps)), rows_(shape[0]), channels_(shape[1]) {
    plane_ = numel(shape) / (rows_ * channels_);
  }

  void forward_training(const void* x, const void* gamma, const void* beta, void* y, void* mean,
                        void* variance, void* scratch) override {
    auto* X = static_cast<const T*>(x);
    auto* M = static_cast<T*>(mean);
    auto* V = static_cast<T*>(variance);
    T count = static_cast<T>(rows_ * plane_);
    for (int64_t c = 0; c < channels_; ++c) {
      T sum = 0, squares = 0;
      each(c, [&](int64_t i) { sum += X[i]; });
      M[c] = sum / count;
      each(c, [&](int64_t i) { squares += (X[i] - M[c]) * (X[i] - M[c]); });
      V[c] = squares / count;
    }
    forward_inference(x, gamma, beta, mean, variance, y, scratch);
  }

  void forward_inference(const void* x, const void* gamma, const void* beta, const void* mean,
                         const void* variance, void* y, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* G = static_cast<const T*>(gamma);
    auto* B = static_cast<const T*>(beta);
    auto* M = static_cast<const T*>(mean);
    auto* V = static_cast<const T*>(variance);
    auto* Y = static_cast<T*>(y);
    for (int64_t c = 0; c < channels_; ++c) {
      T rstd = 1 / std::sqrt(V[c] + eps_);
      each(c, [&](int64_t i) { Y[i] = G[c] * (X[i] - M[c]) * rstd + B[c]; });
    }
  }

  // Ioffe and Szegedy, 2015, section 3.
  void backward(const void* x, const void* dy, const void* gamma, const void* mean,
                const void* variance, void* dx, void* dgamma, void* dbeta, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* DY = static_cast<const T*>(dy);
    auto* G = static_cast<const T*>(gamma);
    auto* M = static_cast<const T*>(mean);
    auto* V = static_cast<const T*>(variance);
    auto* DX = static_cast<T*>(dx);
    T count = static_cast<T>(rows_ * plane_);
    for (int64_t c = 0; c < channels_; ++c) {
      T rstd = 1 / std::sqrt(V[c] + eps_), dg = 0, db = 0;
      each(c, [&](int64_t i) {
        dg += DY[i] * (X[i] - M[c]) * rstd;
        db += DY[i];
      });
      static_cast<T*>(dgamma)[c] = dg;
      static_cast<T*>(dbeta)[c] = db;
      if (!DX) continue;
      each(c, [&](int64_t i) {
        T normalized = (X[i] - M[c]) * rstd;
        DX[i] = G[c] * rstd * (DY[i] - (db + normalized * dg) / count);
      });
    }
  }

 private:
  template <class Body>
  void each(int64_t channel, const Body& body) const {
    for (int64_t n = 0; n < rows_; ++n)
      for (int64_t p = 0; p < plane_; ++p) body((n * channels_ + channel) * plane_ + p);
  }

  T eps_;
  int64_t rows_, channels_, plane_;
};

}  // namespace

std::unique_ptr<BatchNormalization> batch_norm(const Env& env, const BatchNormSpec& spec,
                                               const Layout& src) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<BatchNormalization> {
    return std::make_unique<RefBatchNorm<T>>(spec, src.shape());
  });
}

}  // namespace firesteel::ref
