// SPDX-License-Identifier: Apache-2.0
// Run: the pointers that a layer computes with, resolved when the plan was bound.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "backend/ops.h"
#include "core/bfloat16.h"
#include "core/dtype.h"
#include "core/shape.h"
#include "nn/batch_sums.h"

namespace firesteel {

// Who is computed: random numbers are functions of these and of nothing else.
struct BatchContext {
  uint64_t seed = 0;
  int64_t step = 0;
  std::span<const int64_t> samples;  // the data set's row number of every row of the batch
  // How many steps every row has before its padding; empty: as many as the plan.
  std::span<const int64_t> lengths = {};
  BatchSums* sums = nullptr;  // over all parts of the batch; null: each part is one of its own
};

class Layer;

// The layer after another one that does it too.
struct Then {
  const Layer* layer = nullptr;  // null: there is none
  Shape out;                     // of output 0
  Tail tail;
  bool folded = false;
};

class Run {
 public:
  template <class Op>
  Op& op(size_t i = 0) {
    return *static_cast<Op*>(ops_[i].get());
  }
  const void* x(size_t i = 0) const { return x_[i]; }
  void* y(size_t i = 0) const { return y_[i]; }
  const void* dy(size_t i = 0) const { return dy_[i]; }
  void* dx(size_t i = 0) const { return dx_[i]; }  // null: nobody wants it
  // As in Prepare.
  const Tail& tail() const { return tail_; }
  bool folded() const { return folded_; }
  const Then& then() const { return then_; }
  // With a tail of sum: what is added, and where its gradient goes (null: nobody wants it).
  const void* sum() const { return sum_; }
  void* dsum() const { return dsum_; }
  const void* param(size_t i) const { return params_[i]; }
  void* dparam(size_t i) const { return dparams_[i]; }
  const void* packed(size_t i) const { return packed_[i]; }
  void* saved(size_t i = 0) const { return saved_[i]; }
  void* scratch() const { return scratch_; }

  const Shape& in(size_t i = 0) const { return in_[i]; }
  const Shape& out(size_t i = 0) const { return out_[i]; }
  int64_t rows() const { return in_[0][0]; }
  // Of the batch: rows() of a layer may be several steps of each.
  int64_t samples() const { return static_cast<int64_t>(batch_->samples.size()); }
  size_t inputs() const { return x_.size(); }
  // Steps of input 0's n-th row before its padding.
  int64_t length(int64_t n) const {
    return padded() ? batch_->lengths[static_cast<size_t>(n)] : in_[0][1];
  }
  // Whether rows of input 0 may end in padding.
  bool padded() const { return padded_ && !batch_->lengths.empty(); }
  DType dtype() const { return dtype_; }
  bool training() const { return training_; }
  // Of output 0, as it lies in memory: its type and how many elements there are.
  DType value_dtype() const { return value_dtype_; }
  int64_t elements() const { return elements_; }
  // Copies as many numbers, unless they are there already: in place.
  void pass_on(const void* from, void* to) const {
    if (from != to) std::memcpy(to, from, static_cast<size_t>(elements_) * size_of(value_dtype_));
  }
  // A key of this layer's random numbers, and the rows they belong to.
  uint64_t layer_key() const { return layer_key_; }
  const BatchContext& batch() const { return *batch_; }

 private:
  friend class PlanBuilder;
  friend class Plan;
  std::vector<std::shared_ptr<void>> ops_;
  std::vector<void*> x_, y_, dy_, dx_, saved_;
  std::vector<const void*> params_, packed_;
  std::vector<void*> dparams_;
  void *sum_ = nullptr, *dsum_ = nullptr, *scratch_ = nullptr;
  Shapes in_, out_;
  DType dtype_ = DType::f32, value_dtype_ = DType::f32;
  bool training_ = true, folded_ = false, padded_ = false;
  Tail tail_;
  Then then_;
  int64_t elements_ = 0;
  uint64_t layer_key_ = 0;
  const BatchContext* batch_ = nullptr;
};

// body.operator()<T>() with T = float or double.
template <class Body>
void by_dtype(DType dtype, const Body& body) {
  if (dtype == DType::f64) {
    body.template operator()<double>();
  } else {
    body.template operator()<float>();
  }
}
// body.operator()<T, Value>(), of what the run computes with and of what lies between layers.
template <class Body>
void by_types(const Run& run, const Body& body) {
  if (run.value_dtype() == DType::bf16) return body.template operator()<float, BFloat16>();
  by_dtype(run.dtype(), [&]<class T>() { body.template operator()<T, T>(); });
}
// As by_dtype, for values that may be bf16: T = float, double or BFloat16.
template <class Body>
void by_value_dtype(DType dtype, const Body& body) {
  if (dtype == DType::bf16) return body.template operator()<BFloat16>();
  by_dtype(dtype, body);
}

}  // namespace firesteel
