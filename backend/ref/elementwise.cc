// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "backend/ref/make.h"
#include "core/error.h"

namespace firesteel::ref {
namespace {

template <class T>
class RefElementwise final : public Elementwise {
 public:
  RefElementwise(Function function, int64_t count, float alpha, float beta)
      : function_(function),
        count_(count),
        alpha_(static_cast<T>(alpha)),
        beta_(static_cast<T>(beta)) {}

  void forward(const void* x, void* y) override {
    auto* X = static_cast<const T*>(x);
    auto* Y = static_cast<T*>(y);
    for (int64_t i = 0; i < count_; ++i) Y[i] = value(X[i]);
  }
  void backward(const void* x_or_y, const void* dy, void* dx) override {
    auto* A = static_cast<const T*>(x_or_y);
    auto* DY = static_cast<const T*>(dy);
    auto* DX = static_cast<T*>(dx);
    for (int64_t i = 0; i < count_; ++i) DX[i] = DY[i] * slope(A[i]);
  }

 private:
  T value(T x) const {
    switch (function_) {
      case Function::relu:
        return x > 0 ? x : T(0);
      case Function::relu6:
        return std::clamp(x, T(0), T(6));
      case Function::tanh:
        return std::tanh(x);
      case Function::sigmoid:
        return sigmoid(x);
      case Function::leaky_relu:
        return x > 0 ? x : alpha_ * x;
      case Function::elu:
        return x > 0 ? x : alpha_ * std::expm1(x);
      case Function::clip:
        return std::clamp(x, alpha_, beta_);
      case Function::exp:
        return std::exp(x);
      case Function::sqrt:
        return std::sqrt(x);
      case Function::gelu:
        return x * normal_below(x);
      case Function::gelu_tanh:
        return x * (1 + std::tanh(bent(x))) / 2;
      case Function::silu:
        return x * sigmoid(x);
      case Function::softplus:
        return softplus(alpha_ * x) / alpha_;
      case Function::abs:
        return std::abs(x);
      case Function::log:
        return std::log(x);
      case Function::square:
        return x * x;
      case Function::power:
        return alpha_ * std::pow(x, beta_);
      case Function::hard_sigmoid:
        return std::clamp(line(x), T(0), T(1));
      case Function::hard_swish:
        return x * std::clamp(line(x), T(0), T(1));
      case Function::mish:
        return x * std::tanh(softplus(x));
      case Function::linear:
        return line(x);
    }
    return x;
  }
  // The derivative as a function of the result, or of the argument: see backward_needs_dst().
  T slope(T a) const {
    switch (function_) {
      case Function::relu:
        return a > 0 ? T(1) : T(0);
      case Function::relu6:
        return a > 0 && a < 6 ? T(1) : T(0);
      case Function::tanh:
        return 1 - a * a;
      case Function::sigmoid:
        return a * (1 - a);
      case Function::leaky_relu:
        return a > 0 ? T(1) : alpha_;
      case Function::elu:
        return a > 0 ? T(1) : a + alpha_;
      case Function::clip:
        return a > alpha_ && a < beta_ ? T(1) : T(0);
      case Function::exp:
        return a;
      case Function::sqrt:
        return 1 / (2 * a);
      case Function::gelu:
        return normal_below(a) + a * std::exp(-a * a / 2) / std::sqrt(2 * kPi);
      case Function::gelu_tanh: {
        T t = std::tanh(bent(a));
        return (1 + t) / 2 + a * (1 - t * t) / 2 * std::sqrt(2 / kPi) * (1 + 3 * kBend * a * a);
      }
      case Function::silu:
        return sigmoid(a) * (1 + a * (1 - sigmoid(a)));
      case Function::softplus:
        return sigmoid(alpha_ * a);
      case Function::abs:
        return static_cast<T>((a > 0) - (a < 0));
      case Function::log:
        return 1 / a;
      case Function::square:
        return 2 * a;
      case Function::power:
        return beta_ == 0 ? T(0) : alpha_ * beta_ * std::pow(a, beta_ - 1);
      case Function::hard_sigmoid:
        return line(a) > 0 && line(a) < 1 ? alpha_ : T(0);
      case Function::hard_swish:
        return line(a) <= 0 ? T(0) : line(a) >= 1 ? T(1) : line(a) + alpha_ * a;
      case Function::mish: {
        T t = std::tanh(softplus(a));
        return t + a * (1 - t * t) * sigmoid(a);
      }
      case Function::linear:
        return alpha_;
    }
    return 1;
  }

  static constexpr T kPi = std::numbers::pi_v<T>, kBend = T(0.044715);
  static T sigmoid(T x) { return 1 / (1 + std::exp(-x)); }
  static T softplus(T x) { return std::max(x, T(0)) + std::log1p(std::exp(-std::abs(x))); }
  T line(T x) const { return alpha_ * x + beta_; }
  // The probability that a normal number is below x.
  static T normal_below(T x) { return std::erfc(-x / std::numbers::sqrt2_v<T>) / 2; }
  // Hendrycks and Gimpel, "Gaussian error linear units", 2016.
  static T bent(T x) { return std::sqrt(2 / kPi) * (x + kBend * x * x * x); }

  Function function_;
  int64_t count_;
  T alpha_, beta_;
};

class Copy final : public Reorder {
 public:
  explicit Copy(size_t bytes) : bytes_(bytes) {}
  void run(const void* src, void* dst) override { std::memcpy(dst, src, bytes_); }

 private:
  size_t bytes_;
};

}  // namespace

std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout,
                                         float alpha, float beta) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<Elementwise> {
    return std::make_unique<RefElementwise<T>>(function, layout.elements(), alpha, beta);
  });
}

std::unique_ptr<Reorder> reorder(const Layout& from, const Layout& to) {
  require(from == to, "the reference implementation knows plain layouts only");
  return std::make_unique<Copy>(from.bytes());
}

}  // namespace firesteel::ref
