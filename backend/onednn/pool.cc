// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backend/onednn/exec.h"
#include "backend/onednn/make.h"
#include "core/error.h"

namespace firesteel::onednn {
namespace {

using Forward = dnnl::pooling_forward;
using Backward = dnnl::pooling_backward;

dnnl::algorithm algorithm_of(PoolSpec::Kind kind) {
  switch (kind) {
    case PoolSpec::Kind::max:
      return dnnl::algorithm::pooling_max;
    case PoolSpec::Kind::average:
      return dnnl::algorithm::pooling_avg_exclude_padding;
    case PoolSpec::Kind::average_with_padding:
      return dnnl::algorithm::pooling_avg_include_padding;
  }
  return dnnl::algorithm::undef;
}

class DnnlPool final : public Pool {
 public:
  DnnlPool(const Env& env, const PoolSpec& spec, const Layout& src) {
    // The padding at the end follows from the output extents (rounding up makes it larger).
    Dims end, dilation;
    for (size_t i = 0; i < spec.kernel.size(); ++i) {
      end.push_back((spec.dst[i + 2] - 1) * spec.stride[i] + spec.reach(i) - spec.src[i + 2] -
                    spec.padding[i]);
      dilation.push_back(spec.hole(i) - 1);
    }
    auto algorithm = algorithm_of(spec.kind);
    auto attr = user_scratchpad();
    auto kind =
        env.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    auto forward = guarded("pooling", [&] {
      return Forward::primitive_desc(cpu(), kind, algorithm, desc_of(src),
                                     any_desc(spec.dst, src.dtype()), spec.stride, spec.kernel,
                                     dilation, spec.padding, end, attr);
    });
    dst = layout_of(forward.dst_desc(), spec.dst);
    forward_ = Exec(Forward(forward), forward,
                    {{DNNL_ARG_SRC, forward.src_desc()},
                     {DNNL_ARG_DST, forward.dst_desc()},
                     {DNNL_ARG_WORKSPACE, forward.workspace_desc()}});
    workspace_bytes = forward.workspace_desc().get_size();
    scratch_bytes = forward_.scratch_bytes();
    if (!env.training) return;
    auto backward = guarded("pooling backward", [&] {
      return Backward::primitive_desc(cpu(), algorithm, desc_of(src), forward.dst_desc(),
                                      spec.stride, spec.kernel, dilation, spec.padding, end,
                                      forward, attr);
    });
    backward_ = Exec(Backward(backward), backward,
                     {{DNNL_ARG_DIFF_DST, backward.diff_dst_desc()},
                      {DNNL_ARG_WORKSPACE, backward.workspace_desc()},
                      {DNNL_ARG_DIFF_SRC, backward.diff_src_desc()}});
    scratch_bytes = std::max(scratch_bytes, backward_.scratch_bytes());
  }

  void forward(const void* x, void* y, void* workspace, void* scratch) override {
    forward_.run({x, y, workspace, scratch});
  }
  void backward(const void* dy, const void* workspace, void* dx, void* scratch) override {
    backward_.run({dy, workspace, dx, scratch});
  }

 private:
  Exec forward_, backward_;
};

}  // namespace

std::unique_ptr<Pool> pool(const Env& env, const PoolSpec& spec, const Layout& src) {
  return std::make_unique<DnnlPool>(env, spec, src);
}

}  // namespace firesteel::onednn
