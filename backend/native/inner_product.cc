// SPDX-License-Identifier: Apache-2.0
// A linear layer of few rows, as in the inference of one image: see backend/kernels/gemv.h.
#include <algorithm>

#include "backend/kernels/gemv.h"
#include "backend/native/make.h"
#include "core/error.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

// Weights that are worth a thread's start.
constexpr int64_t kNumbersOfPart = 16 << 10;

class NativeInnerProduct final : public InnerProduct {
 public:
  explicit NativeInnerProduct(const InnerProductSpec& spec)
      : shape_{spec.rows, spec.inputs, spec.outputs} {
    weights = Layout({spec.outputs, spec.inputs}, DType::f32);
  }

  void forward(const void* x, const void* w, const void* b, void* y, void*) override {
    int64_t grain = std::max<int64_t>(1, kNumbersOfPart / shape_.inputs);
    parallel_for(shape_.outputs, grain, [&](int64_t from, int64_t to) {
      kernels::gemv()->run(shape_, f32(x), f32(w), f32(b), f32(y), from, to);
    });
  }
  void backward_data(const void*, const void*, void*, void*) override { refuse(); }
  void backward_weights(const void*, const void*, void*, void*, void*) override { refuse(); }

 private:
  [[noreturn]] static void refuse() { throw Error("made for inference: there is no backward"); }

  kernels::GemvShape shape_;
};

}  // namespace

std::unique_ptr<InnerProduct> inner_product(const Env& env, const InnerProductSpec& spec) {
  auto* table = kernels::gemv();
  if (env.training || env.values() != DType::f32 || !table || spec.rows > table->most_rows) {
    return nullptr;
  }
  return std::make_unique<NativeInnerProduct>(spec);
}

}  // namespace firesteel::native
