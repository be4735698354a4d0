// SPDX-License-Identifier: Apache-2.0
// Prepare: what a layer says of itself when a plan is compiled for given shapes.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "backend/layout.h"
#include "backend/ops.h"
#include "core/shape.h"
#include "nn/run.h"

namespace firesteel {

class Prepare {
 public:
  Prepare(const Env& env, Shapes in, Shapes out, std::vector<Layout> in_layouts)
      : env_(env), in_(std::move(in)), out_(std::move(out)), offered_(std::move(in_layouts)) {
    for (const Shape& shape : in_) wanted_.emplace_back(shape, env.dtype);
    for (const Shape& shape : out_) results_.emplace_back(shape, env.dtype);
  }

  const Env& env() const { return env_; }
  bool training() const { return env_.training; }
  const Shape& in(size_t i = 0) const { return in_[i]; }
  const Shape& out(size_t i = 0) const { return out_[i]; }
  size_t inputs() const { return in_.size(); }
  size_t outputs() const { return out_.size(); }
  // What forward does to output 0 besides, and backward on its way back: run.sum(), run.dsum().
  const Tail& tail() const { return tail_; }
  // An affine layer is folded into the parameters: packs of parameter 0 (weight) and 1 (bias, even
  // where the layer has none) hold the product.
  bool folded() const { return folded_; }
  // The layer after that, which this one does too, with its own tail and whether it is folded; null:
  // there is none. Output 0 is then that layer's.
  const Then& then() const { return then_; }

  // Layouts. Inputs are converted to plain unless the layer takes them as they come or asks for
  // another layout; outputs are plain unless set.
  const Layout& offered(size_t i = 0) const { return offered_[i]; }
  void take_as_offered(size_t i = 0) { wanted_[i] = offered_[i]; }
  void want(size_t i, Layout layout) { wanted_[i] = std::move(layout); }
  void set_output(size_t i, Layout layout) { results_[i] = std::move(layout); }
  // Plain, of numbers that products are made of: bf16 where the fit computes in it.
  Layout plain_values(const Shape& shape) const { return Layout(shape, env_.values()); }
  const Layout& result(size_t i = 0) const { return results_[i]; }

  // The operation that forward and backward find again as run.op<Op>(i).
  template <class Op>
  Op& keep(std::unique_ptr<Op> op) {
    ops_.emplace_back(std::shared_ptr<void>(std::move(op)));
    return *static_cast<Op*>(ops_.back().get());
  }
  // A copy of parameter `index` in another layout, refreshed after each step: run.packed(slot).
  size_t pack(size_t index, Layout layout) {
    packs_.push_back({index, std::move(layout), false});
    return packs_.size() - 1;
  }
  // Likewise, of then()'s parameters.
  size_t pack_of_then(size_t index, Layout layout) {
    packs_.push_back({index, std::move(layout), true});
    return packs_.size() - 1;
  }
  // A buffer from forward to backward, found as run.saved(slot).
  void save(size_t bytes) { saved_.push_back(bytes); }
  void scratch(size_t bytes) { scratch_ = bytes; }
  // Output 0 need not be kept for the backward runs of its readers: Layer::recompute makes it anew,
  // cheaply, while the input is there for this layer's own backward.
  void recomputes() { recomputes_ = true; }
  // What backward reads besides the gradient of the output.
  void backward_reads_input(size_t i = 0) { reads_input_ |= uint64_t{1} << i; }
  void backward_reads_output() { reads_output_ = true; }
  // Output 0 may take the place of input 0, and likewise their gradients.
  void in_place() { in_place_ = gradient_in_place_ = true; }
  void gradient_in_place() { gradient_in_place_ = true; }
  // The gradient of what is added may take the place of the output's.
  void sum_in_place() { sum_in_place_ = true; }
  // Output 0 is the inputs' rows side by side, in order: an input may be written there at once, and
  // is then found at its place.
  void joins() { joins_ = true; }
  // The operation adds to what is in output 0.
  void sum_is_output() { sum_is_output_ = true; }

 private:
  friend class PlanBuilder;
  Env env_;
  Shapes in_, out_;
  std::vector<Layout> offered_, wanted_, results_;
  std::vector<std::shared_ptr<void>> ops_;
  struct Pack {
    size_t index;
    Layout layout;
    bool of_then;
  };
  std::vector<Pack> packs_;
  std::vector<size_t> saved_;
  Tail tail_;
  bool folded_ = false;
  Then then_;
  size_t scratch_ = 0;
  uint64_t reads_input_ = 0;  // a bit for each: Layer::most_inputs() is at most 64
  bool reads_output_ = false;
  bool in_place_ = false, gradient_in_place_ = false;
  bool recomputes_ = false;
  bool sum_in_place_ = false, sum_is_output_ = false, joins_ = false;
};

}  // namespace firesteel
