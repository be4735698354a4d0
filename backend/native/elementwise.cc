// SPDX-License-Identifier: Apache-2.0
// Tanh and sigmoid forward by the functions of the recurrent layers; oneDNN's look tables up.
#include <utility>

#include "backend/kernels/squash.h"
#include "backend/native/make.h"
#include "backend/onednn/make.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

class NativeElementwise final : public Elementwise {
 public:
  NativeElementwise(Function function, int64_t count, std::unique_ptr<Elementwise> back)
      : squash_(function == Function::tanh ? kernels::squash().tanh : kernels::squash().sigmoid),
        count_(count),
        back_(std::move(back)) {}

  void forward(const void* x, void* y) override {
    parallel_for(count_, kNumbersOfPart,
                 [&](int64_t from, int64_t to) { squash_(f32(x), f32(y), from, to); });
  }
  void backward(const void* y, const void* dy, void* dx) override { back_->backward(y, dy, dx); }

 private:
  void (*squash_)(const float*, float*, int64_t, int64_t);
  int64_t count_;
  std::unique_ptr<Elementwise> back_;
};

}  // namespace

std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout) {
  bool squashes = function == Function::tanh || function == Function::sigmoid;
  // Lanes beyond the last channel must stay zero.
  bool whole = layout.elements() == numel(layout.shape());
  if (!squashes || !whole || layout.dtype() != DType::f32) return nullptr;
  auto back = env.training ? onednn::elementwise(env, function, layout, 0) : nullptr;
  return std::make_unique<NativeElementwise>(function, layout.elements(), std::move(back));
}

}  // namespace firesteel::native
