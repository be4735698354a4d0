// SPDX-License-Identifier: Apache-2.0
// Maxima over windows of plain images, which oneDNN has plain loops for: see
// backend/kernels/max_pool.h.
#include "backend/kernels/max_pool.h"

#include "backend/native/make.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

class NativeMaxPool final : public Pool {
 public:
  NativeMaxPool(const Env& env, const PoolSpec& spec)
      : pool_{.height = spec.src[2],
              .width = spec.src[3],
              .out_height = spec.dst[2],
              .out_width = spec.dst[3],
              .kernel_height = spec.kernel[0],
              .kernel_width = spec.kernel[1],
              .stride_height = spec.stride[0],
              .stride_width = spec.stride[1],
              .pad_height = spec.padding[0],
              .pad_width = spec.padding[1]},
        images_(spec.src[0] * spec.src[1]),
        grain_(rows_of_part(spec.src[2] * spec.src[3])) {
    dst = Layout(spec.dst, DType::f32);
    if (env.training) workspace_bytes = static_cast<size_t>(numel(spec.dst));
  }

  void forward(const void* x, void* y, void* workspace, void*) override {
    auto* places = workspace_bytes > 0 ? static_cast<uint8_t*>(workspace) : nullptr;
    parallel_for(images_, grain_, [&](int64_t from, int64_t to) {
      kernels::max_pool().forward(pool_, f32(x), f32(y), places, from, to);
    });
  }
  void backward(const void* dy, const void* workspace, void* dx, void*) override {
    parallel_for(images_, grain_, [&](int64_t from, int64_t to) {
      kernels::max_pool().backward(pool_, f32(dy), static_cast<const uint8_t*>(workspace), f32(dx),
                                   from, to);
    });
  }

 private:
  kernels::MaxPool pool_;
  int64_t images_, grain_;
};

}  // namespace

std::unique_ptr<Pool> pool(const Env& env, const PoolSpec& spec, const Layout& src) {
  bool plain = src == Layout(spec.src, DType::f32);
  bool few = spec.kernel[0] * spec.kernel[1] <= kernels::MaxPool::kMostPlaces;
  if (spec.kind != PoolSpec::Kind::max || !plain || !few) return nullptr;
  return std::make_unique<NativeMaxPool>(env, spec);
}

}  // namespace firesteel::native
