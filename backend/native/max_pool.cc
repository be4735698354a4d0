// SPDX-License-Identifier: Apache-2.0
// Maxima over windows of plain images, which oneDNN has plain loops for: see
// backend/kernels/max_pool.h.
#include "backend/kernels/max_pool.h"

#include "backend/native/make.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

// A sequence is an image of height 1.
kernels::MaxPool kernel_of(const PoolSpec& spec) {
  size_t w = spec.kernel.size() - 1;
  kernels::MaxPool pool{.height = 1,
                        .width = spec.src[w + 2],
                        .out_height = 1,
                        .out_width = spec.dst[w + 2],
                        .kernel_height = 1,
                        .kernel_width = spec.kernel[w],
                        .stride_width = spec.stride[w],
                        .pad_width = spec.padding[w],
                        .hole_width = spec.hole(w)};
  if (w == 0) return pool;
  pool.height = spec.src[2];
  pool.out_height = spec.dst[2];
  pool.kernel_height = spec.kernel[0];
  pool.stride_height = spec.stride[0];
  pool.pad_height = spec.padding[0];
  pool.hole_height = spec.hole(0);
  return pool;
}

// Whether each window has a point inside the image. One with holes may have none.
bool all_inside(const PoolSpec& spec) {
  for (size_t i = 0; i < spec.kernel.size(); ++i) {
    for (int64_t o = 0; o < spec.dst[i + 2]; ++o) {
      int64_t at = o * spec.stride[i] - spec.padding[i], k = 0;
      while (k < spec.kernel[i] && at < 0) at += spec.hole(i), ++k;
      if (k == spec.kernel[i] || at >= spec.src[i + 2]) return false;
    }
  }
  return true;
}

class NativeMaxPool final : public Pool {
 public:
  NativeMaxPool(const Env& env, const PoolSpec& spec)
      : pool_(kernel_of(spec)),
        images_(spec.src[0] * spec.src[1]),
        grain_(rows_of_part(pool_.height * pool_.width)) {
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
  bool few = numel(spec.kernel) <= kernels::MaxPool::kMostPlaces;
  bool flat = spec.kernel.size() <= 2;
  if (spec.kind != PoolSpec::Kind::max || !plain || !few || !flat) return nullptr;
  if (!all_inside(spec)) return nullptr;
  return std::make_unique<NativeMaxPool>(env, spec);
}

}  // namespace firesteel::native
