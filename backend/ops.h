// SPDX-License-Identifier: Apache-2.0
// The operations that layers are made of. Each is made once for given shapes (it picks its memory
// layouts and scratch then) and run often. Two implementations: oneDNN, and plain loops in ref/
// that also compute in f64; which one is chosen by Env.
//
// Names are oneDNN's: src, dst, weights, diff_*. Pointers are to f32 (f64 when Env.dtype says so);
// src, dst and packed weights are of the type that their Layout names.
// A null diff_src means that nobody wants it.
#pragma once

#include <limits>
#include <memory>
#include <string>

#include "backend/layout.h"

namespace firesteel {

// What a training step computes again in backward instead of keeping it: nothing, what is cheap, or
// all that lies within segments of the graph, which costs a forward run.
enum class Recompute { none, cheap, segments };

struct Env {
  DType dtype = DType::f32;  // f32, or f64 on the reference implementation
  // bf16: layers that can compute from bf16 values, with f32 sums, parameters and their gradients.
  DType compute = DType::f32;
  bool reference = false;
  bool training = true;
  bool input_gradients = false;  // in training, of the model's inputs too
  bool fuse = true;  // several layers as one operation
  bool winograd = true;  // 3x3 convolutions by minimal filtering, where it is faster
  Recompute recompute = Recompute::cheap;

  bool plain_loops() const { return reference || dtype == DType::f64; }
  // Of the values that such layers read and write.
  DType values() const { return plain_loops() ? dtype : compute; }
};

// What an operation does to its result before it is written: dst = relu?(result + sum?).
struct Tail {
  bool sum = false, relu = false;
  float most = std::numeric_limits<float>::infinity();  // upper limit of the ReLU
};

// Convolution (cross-correlation) of N x C x one to three spatial extents, with weights of
// C_out x C/groups x kernel. Transposed: what the gradient of a convolution from dst to src is;
// weights are C x C_out/groups x kernel.
struct ConvSpec {
  Shape src, dst;
  int64_t groups = 1;
  Dims kernel, stride, padding, dilation;  // of each spatial dimension; dilation 1 = dense
  bool bias = true;
  Tail tail;  // in training a ReLU at most; none of a transposed one
  // After the end; empty: padding. Of a transposed one as the extents of dst want it, also below 0.
  Dims padding_end = {};
  bool transposed = false;

  const Dims& end() const { return padding_end.empty() ? padding : padding_end; }
  // The shape of plain weights.
  Shape weights() const {
    Shape shape = {transposed ? src[1] : dst[1], (transposed ? dst[1] : src[1]) / groups};
    shape.insert(shape.end(), kernel.begin(), kernel.end());
    return shape;
  }
  // A transposed one that ends in points which no window reaches is only in the plain loops.
  bool plain_only() const {
    for (size_t i = 0; transposed && i < kernel.size(); ++i) {
      if (end()[i] + stride[i] <= 0) return true;
    }
    return false;
  }
};
class Conv {
 public:
  virtual ~Conv() = default;
  Layout src, dst;
  Layout weights, weights_backward;  // layouts of the packed copies for forward and backward data
  size_t scratch_bytes = 0;
  // With tail.sum dst holds what is to be added.
  virtual void forward(const void* src, const void* weights, const void* bias, void* dst,
                       void* scratch) = 0;
  // With tail.relu diff_dst has gone through the ReLU already: Elementwise does it.
  virtual void backward_data(const void* diff_dst, const void* weights, void* diff_src,
                             void* scratch) = 0;
  // diff_weights is plain.
  virtual void backward_weights(const void* src, const void* diff_dst, void* diff_weights,
                                void* diff_bias, void* scratch) = 0;
};
// offered: the layout in which src comes now; the op may ask for another one.
std::unique_ptr<Conv> make_conv(const Env& env, const ConvSpec& spec, const Layout& offered);

// In inference: a 1x1 convolution of stride 1, then a depthwise 3x3 convolution of its result, which
// is not written.
struct PointwiseDepthwiseSpec {
  Shape src, dst;  // N x C x H x W
  int64_t stride = 1, padding = 0;  // of the depthwise convolution
  Tail first, second;  // of the two; a ReLU at most
};
class PointwiseDepthwise {
 public:
  // Packed; a null bias is zero.
  struct Parameters {
    const void *pointwise, *pointwise_bias, *depthwise, *depthwise_bias;
  };
  virtual ~PointwiseDepthwise() = default;
  Layout src, dst;
  Layout pointwise, depthwise;  // of the packed weights
  size_t scratch_bytes = 0;
  virtual void forward(const void* src, const Parameters& parameters, void* dst, void* scratch) = 0;
};
// Whether it can be made and is faster than the two convolutions.
bool has_pointwise_depthwise(const Env& env, const PointwiseDepthwiseSpec& spec);
std::unique_ptr<PointwiseDepthwise> make_pointwise_depthwise(const PointwiseDepthwiseSpec& spec,
                                                             const Layout& offered);

// dst[n, o] = sum_i src[n, i] weights[o, i] + bias[o].
struct InnerProductSpec {
  int64_t rows = 0, inputs = 0, outputs = 0;
  bool bias = true;
  // Results of Env::dtype, to compute with further: of forward, and of backward_data.
  bool wide_dst = false, wide_diff_src = false;
};
// src, dst and their gradients are rows of Env::values(), unless results are wide.
class InnerProduct {
 public:
  virtual ~InnerProduct() = default;
  Layout weights, weights_backward;
  size_t scratch_bytes = 0;
  virtual void forward(const void* src, const void* weights, const void* bias, void* dst,
                       void* scratch) = 0;
  virtual void backward_data(const void* diff_dst, const void* weights, void* diff_src,
                             void* scratch) = 0;
  virtual void backward_weights(const void* src, const void* diff_dst, void* diff_weights,
                                void* diff_bias, void* scratch) = 0;
};
std::unique_ptr<InnerProduct> make_inner_product(const Env& env, const InnerProductSpec& spec);

// Pooling over windows of N x C x one to three spatial extents.
struct PoolSpec {
  enum class Kind { max, average, average_with_padding } kind = Kind::max;
  Shape src, dst;
  Dims kernel, stride, padding;
  Dims padding_end = {};  // after the end; empty: padding
  Dims dilation = {};  // of a maximum; empty: dense

  int64_t end(size_t i) const { return padding_end.empty() ? padding[i] : padding_end[i]; }
  int64_t hole(size_t i) const { return dilation.empty() ? 1 : dilation[i]; }
  // How far a window spans along dimension i.
  int64_t reach(size_t i) const { return hole(i) * (kernel[i] - 1) + 1; }
  bool dilated() const {
    for (size_t i = 0; i < kernel.size(); ++i) {
      if (hole(i) > 1) return true;
    }
    return false;
  }
  // Whether a window hangs over the padded image, as when positions are rounded up.
  bool overhangs() const {
    for (size_t i = 0; i < kernel.size(); ++i) {
      if ((dst[i + 2] - 1) * stride[i] + reach(i) > src[i + 2] + padding[i] + end(i)) return true;
    }
    return false;
  }
  // A mean over padding that leaves out what hangs over is only in the plain loops: oneDNN always
  // divides by the whole window.
  bool plain_only() const { return kind == Kind::average_with_padding && overhangs(); }
};
class Pool {
 public:
  virtual ~Pool() = default;
  Layout dst;
  size_t workspace_bytes = 0;  // written by forward, read by backward
  size_t scratch_bytes = 0;
  virtual void forward(const void* src, void* dst, void* workspace, void* scratch) = 0;
  virtual void backward(const void* diff_dst, const void* workspace, void* diff_src,
                        void* scratch) = 0;
};
std::unique_ptr<Pool> make_pool(const Env& env, const PoolSpec& spec, const Layout& src);

// dst = relu?(gamma (src - mean) / sqrt(variance + eps) + beta + sum?) per channel (second extent).
struct BatchNormSpec {
  float eps = 1e-5f;
  Tail tail;
};
class BatchNormalization {
 public:
  struct Forward {
    const void *src, *gamma, *beta, *sum;
    void *dst, *mean, *variance;
  };
  struct Backward {
    const void *src, *dst, *diff_dst;  // dst is read where there is a tail of sum and relu
    const void *gamma, *beta, *mean, *variance;
    void *diff_src, *diff_sum;  // diff_src may be diff_dst, and else diff_sum may be
    void *diff_gamma, *diff_beta;
    // Where src is part of a batch: its sums of all parts, and how many numbers a channel has in
    // them. Null: src is the whole batch.
    const void *all_gamma = nullptr, *all_beta = nullptr;
    double all_count = 0;
  };
  virtual ~BatchNormalization() = default;
  // Uses the statistics of the batch, and writes mean and biased variance.
  virtual void forward_training(const Forward& run) = 0;
  // Writes mean and biased variance alone.
  virtual void statistics(const Forward& run) = 0;
  // Reads mean and variance.
  virtual void forward_inference(const Forward& run) = 0;
  // With all_gamma only diff_src is written, after backward_sums.
  virtual void backward(const Backward& run) = 0;
  // Writes diff_gamma, diff_beta and diff_sum alone.
  virtual void backward_sums(const Backward& run) = 0;
  // dst and diff_dst become part of the rows of a larger tensor, `elements` from row to row. False:
  // not possible.
  virtual bool stride_dst(int64_t elements) = 0;
};
// src: plain, or a layout with channel_block().
std::unique_ptr<BatchNormalization> make_batch_norm(const Env& env, const BatchNormSpec& spec,
                                                    const Layout& src);

// Functions of one element. `alpha` is the slope below zero of leaky_relu, the limit below zero of
// elu, and how sharply softplus bends: -1 makes it log(sigmoid(x)).
enum class Function {
  relu,
  relu6,
  tanh,
  sigmoid,
  leaky_relu,
  elu,
  clip,  // between alpha and beta, with slope zero at both
  exp,
  sqrt,
  gelu,  // x times the normal distribution's cumulative probability
  gelu_tanh,  // an approximation of it
  silu,
  softplus,
  abs,  // slope zero at zero
  log,
  square,
  power,  // alpha x^beta
  hard_sigmoid,  // alpha x + beta, between 0 and 1
  hard_swish,  // x times that
  mish,
  linear  // alpha x + beta
};
// Whether backward needs dst; else it needs src.
constexpr bool backward_needs_dst(Function function) { return function <= Function::sqrt; }
// Whether backward reads neither, and may be given anything.
constexpr bool backward_needs_nothing(Function function) { return function == Function::linear; }
// Whether zero stays zero, forward and backward, and so does the padding of a blocked layout.
bool keeps_zero(Function function, float alpha, float beta);
class Elementwise {
 public:
  virtual ~Elementwise() = default;
  virtual void forward(const void* src, void* dst) = 0;
  virtual void backward(const void* src_or_dst, const void* diff_dst, void* diff_src) = 0;
};
// layout: without padding, or the function keeps_zero().
std::unique_ptr<Elementwise> make_elementwise(const Env& env, Function function,
                                              const Layout& layout, float alpha = 0,
                                              float beta = 0);

// Copies between layouts of the same shape; numbers are rounded to the nearest, ties to even.
class Reorder {
 public:
  virtual ~Reorder() = default;
  virtual void run(const void* src, void* dst) = 0;
};
std::unique_ptr<Reorder> make_reorder(const Env& env, const Layout& from, const Layout& to);

// dst = a b, or dst += a b, for each pair of matrices of a batch.
struct MatMulSpec {
  // How a matrix lies in memory: the distance of its rows and of its columns, one of them 1, and of
  // the matrices in each dimension of the batch.
  struct Matrix {
    int64_t row = 1, column = 1;
    Dims batch;
  };
  Dims batch;  // extents
  int64_t m = 0, n = 0, k = 0;
  Matrix a, b, dst;  // m x k, k x n, m x n; of Env::values()
  bool wide_dst = false;  // dst is of Env::dtype, to compute with further
  bool accumulate = false;
};
class MatMul {
 public:
  virtual ~MatMul() = default;
  size_t scratch_bytes = 0;
  virtual void run(const void* a, const void* b, void* dst, void* scratch) = 0;
};
std::unique_ptr<MatMul> make_matmul(const Env& env, const MatMulSpec& spec);

// What the CPU offers and what oneDNN may use of it: "sse41", "avx2", "avx512_core", ...
std::string effective_isa();
// What products of bf16 are made with: "amx", "avx512_bf16" or "none".
std::string bf16_unit();
// Throws AttrError unless the type is f32 or bf16.
void check_compute_type(DType type);
// The type to compute in where `wanted` (f32 or bf16) is asked for: f32 where this CPU has no fast
// products of bf16, and then *note is the line that says so. Throws AttrError on another type.
DType compute_type(DType wanted, std::string* note);
// Caps the instruction set of this process; only before the first operation is made. Throws
// AttrError on an unknown name, SystemError when it is too late for the cap.
void cap_isa(const std::string& name);
std::string cpu_name();
std::string onednn_version();

// y[c] = x[c] / (k + alpha / size * sum of x^2 over the `size` channels around c)^beta; size is odd.
struct LocalResponseSpec {
  int64_t size = 5;
  float alpha = 1e-4f, beta = 0.75f, k = 1;
};
class LocalResponse {
 public:
  virtual ~LocalResponse() = default;
  size_t scratch_bytes = 0;
  virtual void forward(const void* src, void* dst, void* scratch) = 0;
  virtual void backward(const void* src, const void* diff_dst, void* diff_src, void* scratch) = 0;
};
// src: images, plain or in a layout with channel_block().
std::unique_ptr<LocalResponse> make_local_response(const Env& env, const LocalResponseSpec& spec,
                                                   const Layout& src);

}  // namespace firesteel
