// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backend/onednn/exec.h"
#include "backend/onednn/make.h"
#include "core/error.h"

namespace firesteel::onednn {
namespace {

using Forward = dnnl::inner_product_forward;
using BackwardData = dnnl::inner_product_backward_data;
using BackwardWeights = dnnl::inner_product_backward_weights;

class DnnlInnerProduct final : public InnerProduct {
 public:
  DnnlInnerProduct(const Env& env, const InnerProductSpec& spec) {
    Shape src = {spec.rows, spec.inputs}, dst = {spec.rows, spec.outputs};
    Shape shape = {spec.outputs, spec.inputs};
    auto bias = spec.bias ? plain_desc({spec.outputs}) : memory::desc();
    auto attr = user_scratchpad();
    auto kind =
        env.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    auto forward = guarded("inner product", [&] {
      return Forward::primitive_desc(cpu(), kind, plain_desc(src), any_desc(shape), bias,
                                     plain_desc(dst), attr);
    });
    weights = layout_of(forward.weights_desc(), shape);
    forward_ = Exec(Forward(forward), forward,
                    {{DNNL_ARG_SRC, plain_desc(src)},
                     {DNNL_ARG_WEIGHTS, forward.weights_desc()},
                     {DNNL_ARG_BIAS, bias},
                     {DNNL_ARG_DST, plain_desc(dst)}});
    scratch_bytes = forward_.scratch_bytes();
    if (!env.training) return;
    auto data = guarded("inner product backward data", [&] {
      return BackwardData::primitive_desc(cpu(), plain_desc(src), any_desc(shape), plain_desc(dst),
                                          forward, attr);
    });
    weights_backward = layout_of(data.weights_desc(), shape);
    backward_data_ = Exec(BackwardData(data), data,
                          {{DNNL_ARG_DIFF_DST, plain_desc(dst)},
                           {DNNL_ARG_WEIGHTS, data.weights_desc()},
                           {DNNL_ARG_DIFF_SRC, plain_desc(src)}});
    auto grad = guarded("inner product backward weights", [&] {
      return BackwardWeights::primitive_desc(cpu(), plain_desc(src), plain_desc(shape), bias,
                                             plain_desc(dst), forward, attr);
    });
    backward_weights_ = Exec(BackwardWeights(grad), grad,
                             {{DNNL_ARG_SRC, plain_desc(src)},
                              {DNNL_ARG_DIFF_DST, plain_desc(dst)},
                              {DNNL_ARG_DIFF_WEIGHTS, plain_desc(shape)},
                              {DNNL_ARG_DIFF_BIAS, bias}});
    scratch_bytes = std::max(
        {scratch_bytes, backward_data_.scratch_bytes(), backward_weights_.scratch_bytes()});
  }

  void forward(const void* x, const void* w, const void* b, void* y, void* scratch) override {
    forward_.run({x, w, b, y, scratch});
  }
  void backward_data(const void* dy, const void* w, void* dx, void* scratch) override {
    backward_data_.run({dy, w, dx, scratch});
  }
  void backward_weights(const void* x, const void* dy, void* dw, void* db, void* scratch) override {
    backward_weights_.run({x, dy, dw, db, scratch});
  }

 private:
  Exec forward_, backward_data_, backward_weights_;
};

}  // namespace

std::unique_ptr<InnerProduct> inner_product(const Env& env, const InnerProductSpec& spec) {
  return std::make_unique<DnnlInnerProduct>(env, spec);
}

}  // namespace firesteel::onednn
