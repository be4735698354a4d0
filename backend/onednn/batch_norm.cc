// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backend/onednn/exec.h"
#include "backend/onednn/make.h"
#include "core/error.h"

namespace firesteel::onednn {
namespace {

using Forward = dnnl::batch_normalization_forward;
using Backward = dnnl::batch_normalization_backward;
using Flags = dnnl::normalization_flags;

class DnnlBatchNorm final : public BatchNormalization {
 public:
  DnnlBatchNorm(const Env& env, const BatchNormSpec& spec, const Layout& layout) {
    auto data = desc_of(layout);
    auto channels = plain_desc({layout.shape()[1]});
    auto attr = user_scratchpad();
    auto affine = Flags::use_scale | Flags::use_shift;
    if (!env.training) {
      auto desc = guarded("batch normalization", [&] {
        return Forward::primitive_desc(cpu(), dnnl::prop_kind::forward_inference, data, data,
                                       spec.eps, affine | Flags::use_global_stats, attr);
      });
      forward_ = forward(desc, data, channels);
      scratch_bytes = forward_.scratch_bytes();
      return;
    }
    auto desc = guarded("batch normalization", [&] {
      return Forward::primitive_desc(cpu(), dnnl::prop_kind::forward_training, data, data, spec.eps,
                                     affine, attr);
    });
    forward_ = forward(desc, data, channels);
    auto back = guarded("batch normalization backward", [&] {
      return Backward::primitive_desc(cpu(), dnnl::prop_kind::backward, data, data, data, spec.eps,
                                      affine, desc, attr);
    });
    backward_ = Exec(Backward(back), back,
                     {{DNNL_ARG_SRC, data},
                      {DNNL_ARG_DIFF_DST, data},
                      {DNNL_ARG_SCALE, channels},
                      {DNNL_ARG_MEAN, channels},
                      {DNNL_ARG_VARIANCE, channels},
                      {DNNL_ARG_DIFF_SRC, data},
                      {DNNL_ARG_DIFF_SCALE, channels},
                      {DNNL_ARG_DIFF_SHIFT, channels}});
    unwanted_ = (layout.bytes() + 63) / 64 * 64;
    scratch_bytes = std::max(forward_.scratch_bytes(), unwanted_ + backward_.scratch_bytes());
  }

  void forward_training(const void* x, const void* gamma, const void* beta, void* y, void* mean,
                        void* variance, void* scratch) override {
    forward_.run({x, gamma, beta, mean, variance, y, scratch});
  }
  void forward_inference(const void* x, const void* gamma, const void* beta, const void* mean,
                         const void* variance, void* y, void* scratch) override {
    forward_.run({x, gamma, beta, mean, variance, y, scratch});
  }
  void backward(const void* x, const void* dy, const void* gamma, const void* mean,
                const void* variance, void* dx, void* dgamma, void* dbeta, void* scratch) override {
    auto* own = static_cast<char*>(scratch);
    backward_.run({x, dy, gamma, mean, variance, dx ? dx : own, dgamma, dbeta, own + unwanted_});
  }

 private:
  static Exec forward(const Forward::primitive_desc& desc, const memory::desc& data,
                      const memory::desc& channels) {
    return Exec(Forward(desc), desc,
                {{DNNL_ARG_SRC, data},
                 {DNNL_ARG_SCALE, channels},
                 {DNNL_ARG_SHIFT, channels},
                 {DNNL_ARG_MEAN, channels},
                 {DNNL_ARG_VARIANCE, channels},
                 {DNNL_ARG_DST, data}});
  }

  Exec forward_, backward_;
  size_t unwanted_ = 0;  // where a diff_src that nobody wants goes
};

}  // namespace

std::unique_ptr<BatchNormalization> batch_norm(const Env& env, const BatchNormSpec& spec,
                                               const Layout& src) {
  return std::make_unique<DnnlBatchNorm>(env, spec, src);
}

}  // namespace firesteel::onednn
