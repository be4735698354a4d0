// SPDX-License-Identifier: Apache-2.0
// Forward runs that are not left to oneDNN. Tanh and sigmoid by the functions of the recurrent
// layers, since oneDNN's look tables up. The logarithm by the standard library: oneDNN's is off by
// up to 3e-6, and so has no digit right near 1.
#include <cmath>
#include <utility>

#include "backend/kernels/squash.h"
#include "backend/native/make.h"
#include "backend/onednn/make.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

using Values = void (*)(const float*, float*, int64_t, int64_t);

void logarithms(const float* x, float* y, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; ++i) y[i] = std::log(x[i]);
}

// Null: oneDNN's is the better one.
Values values_of(Function function) {
  switch (function) {
    case Function::tanh:
      return kernels::squash().tanh;
    case Function::sigmoid:
      return kernels::squash().sigmoid;
    case Function::log:
      return logarithms;
    default:
      return nullptr;
  }
}

class NativeElementwise final : public Elementwise {
 public:
  NativeElementwise(Values values, int64_t count, std::unique_ptr<Elementwise> back)
      : values_(values), count_(count), back_(std::move(back)) {}

  void forward(const void* x, void* y) override {
    parallel_for(count_, kNumbersOfPart,
                 [&](int64_t from, int64_t to) { values_(f32(x), f32(y), from, to); });
  }
  void backward(const void* x_or_y, const void* dy, void* dx) override {
    back_->backward(x_or_y, dy, dx);
  }

 private:
  Values values_;
  int64_t count_;
  std::unique_ptr<Elementwise> back_;
};

}  // namespace

std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout) {
  Values values = values_of(function);
  if (!values || layout.dtype() != DType::f32) return nullptr;
  auto back = env.training ? onednn::elementwise(env, function, layout, 0, 0) : nullptr;
  return std::make_unique<NativeElementwise>(values, layout.elements(), std::move(back));
}

}  // namespace firesteel::native
