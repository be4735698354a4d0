// SPDX-License-Identifier: Apache-2.0
// Attention of several heads side by side: of each, shares = softmax(q k^T / sqrt(d)) and
// y = shares v. Vaswani et al., "Attention is all you need", 2017.
//
// With values of bf16 products are made of them, and scores and their softmax are f32.
#pragma once

#include <memory>

#include "backend/kernels/softmax.h"
#include "nn/prepare.h"

namespace firesteel {

struct HeadsSpec {
  int64_t rows = 0, queries = 0, keys = 0;  // steps of queries, and of keys and values
  int64_t heads = 1, width = 0, value_width = 0;  // of one head: of queries and keys, of values
  int64_t q_step = 0, k_step = 0, v_step = 0;  // numbers from step to step; y is dense
  float dropout = 0;
  bool causal = false;
  bool one_gradient = false;  // keys and values are one tensor: their gradients are added up
  size_t slot = 0;  // the first of three buffers that forward saves
};

class Heads {
 public:
  struct Values {
    const void *q, *k, *v;
  };
  struct Gradients {
    void *q, *k, *v;  // null: nobody wants it
  };

  // Saves what backward needs.
  Heads(Prepare& p, const HeadsSpec& spec);
  size_t scratch_bytes() const { return products_; }
  size_t backward_scratch_bytes() const { return shares_bytes_ + copy_bytes_ + products_; }

  // lengths: how many keys each row has before its padding; null: all.
  void forward(Run& r, const Values& x, const int64_t* lengths, void* y, void* scratch);
  void backward(Run& r, const Values& x, const int64_t* lengths, const void* dy,
                const Gradients& dx, void* scratch);

 private:
  void make_products(const Env& env);
  int64_t shares() const { return spec_.rows * spec_.heads * spec_.queries * spec_.keys; }
  bool drops(const Run& r) const { return r.training() && spec_.dropout > 0; }
  kernels::SoftmaxRows softmax_rows(const int64_t* lengths) const;
  // The shares that values are mixed by: in values' type, without those that dropout leaves out.
  const void* kept(Run& r);

  HeadsSpec spec_;
  kernels::Softmax softmax_;
  std::unique_ptr<Reorder> narrow_;  // null where products read what softmax writes
  std::unique_ptr<MatMul> scores_, mix_, diff_shares_, diff_q_, diff_k_, diff_v_;
  size_t products_ = 0, shares_bytes_ = 0, copy_bytes_ = 0;
};

}  // namespace firesteel
