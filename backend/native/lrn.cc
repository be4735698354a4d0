// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/lrn.h"

#include <algorithm>

#include "backend/native/make.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

class NativeLocalResponse final : public LocalResponse {
 public:
  NativeLocalResponse(const LocalResponseSpec& spec, const Layout& src)
      : lrn_{.rows = src.shape()[0],
             .pixels = src.shape()[2] * src.shape()[3],
             .channels = src.shape()[1],
             .lanes = src.channel_block(),
             .bf16 = src.dtype() == DType::bf16,
             .half = (spec.size - 1) / 2,
             .scale = spec.alpha / static_cast<float>(spec.size),
             .beta = spec.beta,
             .k = spec.k},
        parts_(std::min<int64_t>(threads(), lrn_.tiles())) {
    scratch_bytes = static_cast<size_t>(parts_ * lrn_.scratch()) * sizeof(float);
  }

  void forward(const void* x, void* y, void* scratch) override {
    each_part(scratch, [&](int64_t begin, int64_t end, float* own) {
      kernels::lrn().forward(lrn_, x, y, begin, end, own);
    });
  }
  void backward(const void* x, const void* dy, void* dx, void* scratch) override {
    each_part(scratch, [&](int64_t begin, int64_t end, float* own) {
      kernels::lrn().backward(lrn_, x, dy, dx, begin, end, own);
    });
  }

 private:
  template <class Body>
  void each_part(void* scratch, const Body& body) const {
    parallel_for(parts_, 1, [&](int64_t from, int64_t to) {
      for (int64_t part = from; part < to; ++part) {
        int64_t tiles = lrn_.tiles();
        body(tiles * part / parts_, tiles * (part + 1) / parts_,
             f32(scratch) + part * lrn_.scratch());
      }
    });
  }

  kernels::Lrn lrn_;
  int64_t parts_;
};

}  // namespace

std::unique_ptr<LocalResponse> local_response(const LocalResponseSpec& spec, const Layout& src) {
  return std::make_unique<NativeLocalResponse>(spec, src);
}

}  // namespace firesteel::native
