// SPDX-License-Identifier: Apache-2.0
#include "backend/onednn/exec.h"
#include "backend/onednn/make.h"

namespace firesteel::onednn {
namespace {

class DnnlMatMul final : public MatMul {
 public:
  DnnlMatMul(const Env& env, const MatMulSpec& spec) {
    auto a = desc(spec.batch, spec.m, spec.k, spec.a, env.values());
    auto b = desc(spec.batch, spec.k, spec.n, spec.b, env.values());
    auto dst = desc(spec.batch, spec.m, spec.n, spec.dst, spec.wide_dst ? env.dtype : env.values());
    auto attr = user_scratchpad();
    if (spec.accumulate) {
      dnnl::post_ops sum;
      sum.append_sum();
      attr.set_post_ops(sum);
    }
    auto product =
        guarded("matmul", [&] { return dnnl::matmul::primitive_desc(cpu(), a, b, dst, attr); });
    exec_ = Exec(dnnl::matmul(product), product,
                 {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, dst}});
    scratch_bytes = exec_.scratch_bytes();
  }

  void run(const void* a, const void* b, void* dst, void* scratch) override {
    exec_.run({a, b, dst, scratch});
  }

 private:
  static memory::desc desc(const Dims& batch, int64_t rows, int64_t columns,
                           const MatMulSpec::Matrix& matrix, DType type) {
    memory::dims extents = batch, strides = matrix.batch;
    extents.insert(extents.end(), {rows, columns});
    strides.insert(strides.end(), {matrix.row, matrix.column});
    return memory::desc(extents, type_of(type), strides);
  }

  Exec exec_;
};

}  // namespace

std::unique_ptr<MatMul> matmul(const Env& env, const MatMulSpec& spec) {
  return std::make_unique<DnnlMatMul>(env, spec);
}

}  // namespace firesteel::onednn
