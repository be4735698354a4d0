// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backend/onednn/exec.h"
#include "backend/onednn/make.h"
#include "core/error.h"

namespace firesteel::onednn {
namespace {

using Forward = dnnl::convolution_forward;
using BackwardData = dnnl::convolution_backward_data;
using BackwardWeights = dnnl::convolution_backward_weights;

constexpr auto kDirect = dnnl::algorithm::convolution_direct;

class DnnlConv final : public Conv {
 public:
  DnnlConv(const Env& env, const ConvSpec& spec, const Layout&) : bias_(spec.bias) {
    int64_t out = spec.dst[1], in = spec.src[1] / spec.groups;
    Shape flat = {out, in, spec.kernel[0], spec.kernel[1]};
    Shape shaped = flat;
    if (spec.groups > 1) {
      shaped = {spec.groups, out / spec.groups, in, spec.kernel[0], spec.kernel[1]};
    }
    Dims dilation = {spec.dilation[0] - 1, spec.dilation[1] - 1};
    auto bias = spec.bias ? plain_desc({out}) : memory::desc();
    auto attr = user_scratchpad();
    auto kind = env.training ? dnnl::prop_kind::forward_training
                             : dnnl::prop_kind::forward_inference;
    auto forward = guarded("convolution", [&] {
      return Forward::primitive_desc(cpu(), kind, kDirect, any_desc(spec.src), any_desc(shaped),
                                     bias, any_desc(spec.dst), spec.stride, dilation, spec.padding,
                                     spec.padding, attr);
    });
    src = layout_of(forward.src_desc(), spec.src);
    dst = layout_of(forward.dst_desc(), spec.dst);
    weights = layout_of(forward.weights_desc(), shaped);
    forward_ = Exec(Forward(forward), forward,
                    {{DNNL_ARG_SRC, forward.src_desc()},
                     {DNNL_ARG_WEIGHTS, forward.weights_desc()},
                     {DNNL_ARG_BIAS, bias},
                     {DNNL_ARG_DST, forward.dst_desc()}});
    scratch_bytes = forward_.scratch_bytes();
    if (env.training) prepare_backward(spec, shaped, dilation, forward);
  }

  void forward(const void* x, const void* w, const void* b, void* y, void* scratch) override {
    forward_.run({x, w, b, y, scratch});
  }

  void backward_data(const void* dy, const void* w, void* dx, void* scratch) override {
    backward_data_.run({dy, w, dx, scratch});
  }

  void backward_weights(const void* x, const void* dy, void* dw, void* db,
                        void* scratch) override {
    auto* own = static_cast<char*>(scratch);
    void* target = unpack_ ? own : dw;
    backward_weights_.run({x, dy, target, db, own + packed_bytes_});
    if (unpack_) unpack_->run(own, dw);
  }

 private:
  void prepare_backward(const ConvSpec& spec, const Shape& shaped, const Dims& dilation,
                        const Forward::primitive_desc& forward) {
    auto attr = user_scratchpad();
    auto bias = bias_ ? plain_desc({spec.dst[1]}) : memory::desc();
    auto data = guarded("convolution backward data", [&] {
      return BackwardData::primitive_desc(cpu(), kDirect, forward.src_desc(), any_desc(shaped),
                                          forward.dst_desc(), spec.stride, dilation, spec.padding,
                                          spec.padding, forward, attr);
    });
    weights_backward = layout_of(data.weights_desc(), shaped);
    backward_data_ = Exec(BackwardData(data), data,
                          {{DNNL_ARG_DIFF_DST, data.diff_dst_desc()},
                           {DNNL_ARG_WEIGHTS, data.weights_desc()},
                           {DNNL_ARG_DIFF_SRC, data.diff_src_desc()}});
    auto grad = guarded("convolution backward weights", [&] {
      return BackwardWeights::primitive_desc(cpu(), kDirect, forward.src_desc(), any_desc(shaped),
                                             bias, forward.dst_desc(), spec.stride, dilation,
                                             spec.padding, spec.padding, forward, attr);
    });
    backward_weights_ = Exec(BackwardWeights(grad), grad,
                             {{DNNL_ARG_SRC, grad.src_desc()},
                              {DNNL_ARG_DIFF_DST, grad.diff_dst_desc()},
                              {DNNL_ARG_DIFF_WEIGHTS, grad.diff_weights_desc()},
                              {DNNL_ARG_DIFF_BIAS, bias}});
    Layout packed = layout_of(grad.diff_weights_desc(), shaped);
    if (!packed.plain()) {
      packed_bytes_ = (packed.bytes() + 63) / 64 * 64;
      unpack_ = onednn::reorder(packed, Layout(shaped, DType::f32));
    }
    scratch_bytes = std::max({scratch_bytes, backward_data_.scratch_bytes(),
                              packed_bytes_ + backward_weights_.scratch_bytes()});
  }

  bool bias_;
  Exec forward_, backward_data_, backward_weights_;
  std::unique_ptr<Reorder> unpack_;
  size_t packed_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec, const Layout& offered) {
  return std::make_unique<DnnlConv>(env, spec, offered);
}

}  // namespace firesteel::onednn
