// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>

#include "backend/ref/make.h"
#include "core/error.h"

namespace firesteel::ref {
namespace {

template <class T>
class RefElementwise final : public Elementwise {
 public:
  RefElementwise(Function function, int64_t count) : function_(function), count_(count) {}

  void forward(const void* x, void* y) override {
    auto* X = static_cast<const T*>(x);
    auto* Y = static_cast<T*>(y);
    for (int64_t i = 0; i < count_; ++i) Y[i] = value(X[i]);
  }
  void backward(const void* y, const void* dy, void* dx) override {
    auto* Y = static_cast<const T*>(y);
    auto* DY = static_cast<const T*>(dy);
    auto* DX = static_cast<T*>(dx);
    for (int64_t i = 0; i < count_; ++i) DX[i] = DY[i] * slope(Y[i]);
  }

 private:
  T value(T x) const {
    switch (function_) {
      case Function::relu:
        return x > 0 ? x : T(0);
      case Function::tanh:
        return std::tanh(x);
      case Function::sigmoid:
        return 1 / (1 + std::exp(-x));
    }
    return x;
  }
  // The derivative as a function of the result.
  T slope(T y) const {
    switch (function_) {
      case Function::relu:
        return y > 0 ? T(1) : T(0);
      case Function::tanh:
        return 1 - y * y;
      case Function::sigmoid:
        return y * (1 - y);
    }
    return 1;
  }

  Function function_;
  int64_t count_;
};

class Copy final : public Reorder {
 public:
  explicit Copy(size_t bytes) : bytes_(bytes) {}
  void run(const void* src, void* dst) override { std::memcpy(dst, src, bytes_); }

 private:
  size_t bytes_;
};

}  // namespace

std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<Elementwise> {
    return std::make_unique<RefElementwise<T>>(function, layout.elements());
  });
}

std::unique_ptr<Reorder> reorder(const Layout& from, const Layout& to) {
  require(from == to, "the reference implementation knows plain layouts only");
  return std::make_unique<Copy>(from.bytes());
}

}  // namespace firesteel::ref
