// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

template <class T>
class RefLocalResponse final : public LocalResponse {
 public:
  RefLocalResponse(const LocalResponseSpec& spec, const Shape& shape)
      : alpha_(static_cast<T>(spec.alpha)),
        beta_(static_cast<T>(spec.beta)),
        k_(static_cast<T>(spec.k)),
        size_(spec.size),
        channels_(shape[1]),
        plane_(numel(shape) / (shape[0] * shape[1])),
        count_(numel(shape)) {}

  void forward(const void* x, void* y, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* Y = static_cast<T*>(y);
    for (int64_t i = 0; i < count_; ++i) Y[i] = X[i] * std::pow(base(X, i), -beta_);
  }

  void backward(const void* x, const void* dy, void* dx, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* DY = static_cast<const T*>(dy);
    auto* DX = static_cast<T*>(dx);
    for (int64_t i = 0; i < count_; ++i) {
      T sum = 0;  // over the outputs whose neighbourhood this number is in
      each_neighbour(i, [&](int64_t j) { sum += DY[j] * X[j] * std::pow(base(X, j), -beta_ - 1); });
      DX[i] = DY[i] * std::pow(base(X, i), -beta_) -
              2 * alpha_ * beta_ / static_cast<T>(size_) * X[i] * sum;
    }
  }

 private:
  template <class Body>
  void each_neighbour(int64_t i, const Body& body) const {
    int64_t c = i / plane_ % channels_, half = (size_ - 1) / 2;
    int64_t last = std::min(channels_ - 1, c + half);
    for (int64_t n = std::max<int64_t>(0, c - half); n <= last; ++n) body(i + (n - c) * plane_);
  }
  T base(const T* x, int64_t i) const {
    T squares = 0;
    each_neighbour(i, [&](int64_t j) { squares += x[j] * x[j]; });
    return k_ + alpha_ / static_cast<T>(size_) * squares;
  }

  T alpha_, beta_, k_;
  int64_t size_, channels_, plane_, count_;
};

}  // namespace

std::unique_ptr<LocalResponse> local_response(const Env& env, const LocalResponseSpec& spec,
                                              const Layout& src) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<LocalResponse> {
    return std::make_unique<RefLocalResponse<T>>(spec, src.shape());
  });
}

}  // namespace firesteel::ref
