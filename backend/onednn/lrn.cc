// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backend/onednn/exec.h"
#include "backend/onednn/make.h"
#include "core/error.h"

namespace firesteel::onednn {
namespace {

using Forward = dnnl::lrn_forward;
using Backward = dnnl::lrn_backward;

class DnnlLocalResponse final : public LocalResponse {
 public:
  DnnlLocalResponse(const Env& env, const LocalResponseSpec& spec, const Layout& layout) {
    auto data = desc_of(layout);
    auto across = dnnl::algorithm::lrn_across_channels;
    auto attr = user_scratchpad();
    auto kind =
        env.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    auto forward = guarded("local response normalization", [&] {
      return Forward::primitive_desc(cpu(), kind, across, data, data, spec.size, spec.alpha,
                                     spec.beta, spec.k, attr);
    });
    forward_ = Exec(Forward(forward), forward,
                    {{DNNL_ARG_SRC, data},
                     {DNNL_ARG_DST, data},
                     {DNNL_ARG_WORKSPACE, forward.workspace_desc()}});
    workspace_bytes = forward.workspace_desc().get_size();
    scratch_bytes = forward_.scratch_bytes();
    if (!env.training) return;
    auto backward = guarded("local response normalization backward", [&] {
      return Backward::primitive_desc(cpu(), across, data, data, data, spec.size, spec.alpha,
                                      spec.beta, spec.k, forward, attr);
    });
    backward_ = Exec(Backward(backward), backward,
                     {{DNNL_ARG_SRC, data},
                      {DNNL_ARG_DIFF_DST, data},
                      {DNNL_ARG_WORKSPACE, backward.workspace_desc()},
                      {DNNL_ARG_DIFF_SRC, data}});
    scratch_bytes = std::max(scratch_bytes, backward_.scratch_bytes());
  }

  void forward(const void* x, void* y, void* workspace, void* scratch) override {
    forward_.run({x, y, workspace, scratch});
  }
  void backward(const void* x, const void* dy, const void* workspace, void* dx,
                void* scratch) override {
    backward_.run({x, dy, workspace, dx, scratch});
  }

 private:
  Exec forward_, backward_;
};

}  // namespace

std::unique_ptr<LocalResponse> local_response(const Env& env, const LocalResponseSpec& spec,
                                              const Layout& src) {
  return std::make_unique<DnnlLocalResponse>(env, spec, src);
}

}  // namespace firesteel::onednn
