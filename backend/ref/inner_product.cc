// SPDX-License-Identifier: Apache-2.0
#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

template <class T>
class RefInnerProduct final : public InnerProduct {
 public:
  RefInnerProduct(const Env& env, const InnerProductSpec& spec) : spec_(spec) {
    weights = Layout({spec.outputs, spec.inputs}, env.dtype);
    weights_backward = weights;
  }

  void forward(const void* x, const void* w, const void* b, void* y, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* W = static_cast<const T*>(w);
    auto* B = static_cast<const T*>(b);
    auto* Y = static_cast<T*>(y);
    for (int64_t n = 0; n < spec_.rows; ++n)
      for (int64_t o = 0; o < spec_.outputs; ++o) {
        T sum = B ? B[o] : T(0);
        for (int64_t i = 0; i < spec_.inputs; ++i)
          sum += X[n * spec_.inputs + i] * W[o * spec_.inputs + i];
        Y[n * spec_.outputs + o] = sum;
      }
  }

  void backward_data(const void* dy, const void* w, void* dx, void*) override {
    auto* DY = static_cast<const T*>(dy);
    auto* W = static_cast<const T*>(w);
    auto* DX = static_cast<T*>(dx);
    for (int64_t n = 0; n < spec_.rows; ++n)
      for (int64_t i = 0; i < spec_.inputs; ++i) {
        T sum = 0;
        for (int64_t o = 0; o < spec_.outputs; ++o)
          sum += DY[n * spec_.outputs + o] * W[o * spec_.inputs + i];
        DX[n * spec_.inputs + i] = sum;
      }
  }

  void backward_weights(const void* x, const void* dy, void* dw, void* db, void*) override {
    auto* X = static_cast<const T*>(x);
    auto* DY = static_cast<const T*>(dy);
    auto* DW = static_cast<T*>(dw);
    auto* DB = static_cast<T*>(db);
    for (int64_t o = 0; o < spec_.outputs; ++o) {
      for (int64_t i = 0; i < spec_.inputs; ++i) {
        T sum = 0;
        for (int64_t n = 0; n < spec_.rows; ++n)
          sum += X[n * spec_.inputs + i] * DY[n * spec_.outputs + o];
        DW[o * spec_.inputs + i] = sum;
      }
      if (!DB) continue;
      T sum = 0;
      for (int64_t n = 0; n < spec_.rows; ++n) sum += DY[n * spec_.outputs + o];
      DB[o] = sum;
    }
  }

 private:
  InnerProductSpec spec_;
};

}  // namespace

std::unique_ptr<InnerProduct> inner_product(const Env& env, const InnerProductSpec& spec) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<InnerProduct> {
    return std::make_unique<RefInnerProduct<T>>(env, spec);
  });
}

}  // namespace firesteel::ref
