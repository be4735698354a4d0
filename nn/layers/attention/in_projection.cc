// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/attention/in_projection.h"

#include <algorithm>
#include <array>

namespace firesteel {
namespace {

class OneInput final : public InProjection {
 public:
  OneInput(Prepare& p, bool bias) : training_(p.training()) {
    int64_t width = p.in()[2];
    op_ = make_inner_product(
        p.env(),
        {.rows = numel(p.in()) / width, .inputs = width, .outputs = 3 * width, .bias = bias});
    numbers = 3 * numel(p.in());
    q = {0, 3 * width}, k = {width, 3 * width}, v = {2 * width, 3 * width};
    scratch_bytes = op_->scratch_bytes;
    p.pack(0, op_->weights);
    if (training_) p.pack(0, op_->weights_backward);
    packs = training_ ? 2 : 1;
    p.backward_reads_input();
  }

  void forward(Run& r, const void* bias, void* result) override {
    op_->forward(r.x(), r.packed(0), bias, result, r.scratch());
  }
  void backward(Run& r, void* dbias, const void* diff, void* scratch) override {
    op_->backward_weights(r.x(), diff, r.dparam(0), dbias, scratch);
    if (r.dx()) op_->backward_data(diff, r.packed(1), r.dx(), scratch);
  }

 private:
  bool training_;
  std::unique_ptr<InnerProduct> op_;
};

// One of q, k and v: products with some rows of a parameter.
struct Part {
  size_t input, param;
  int64_t first_row;          // of the parameter
  int64_t rows, inputs;       // steps, and numbers of one
  InProjection::Place place;  // of the result
  std::unique_ptr<MatMul> forward, weights, data;
};

class EachInput final : public InProjection {
 public:
  EachInput(Prepare& p, int64_t outputs, bool fused) : outputs_(outputs) {
    const std::array<Place*, 3> places = {&q, &k, &v};
    for (size_t i = 0; i < 3; ++i) {
      size_t input = std::min(i, p.inputs() - 1), param = fused ? 0 : i;
      int64_t width = p.in(input)[2], rows = numel(p.in(input)) / width;
      *places[i] = {numbers, outputs};
      numbers += rows * outputs;
      if (!fused || i == 0) p.pack(param, p.plain_values({fused ? 3 * outputs : outputs, width}));
      int64_t first_row = fused ? static_cast<int64_t>(i) * outputs : 0;
      parts_[i] = {input, param, first_row, rows, width, *places[i], {}, {}, {}};
      // k has given the input that it shares with v a gradient by then.
      make(p.env(), parts_[i], i > 0 && input == parts_[i - 1].input);
      p.backward_reads_input(input);
    }
    packs = fused ? 1 : 3;
  }

  void forward(Run& r, const void* bias, void* result) override {
    by_types(r, [&]<class T, class Value>() {
      auto* b = static_cast<const T*>(bias);
      for (Part& part : parts_) {
        auto* y = static_cast<Value*>(result) + part.place.first;
        for (int64_t row = 0; row < part.rows; ++row) {
          for (int64_t o = 0; o < outputs_; ++o) y[row * outputs_ + o] = Value(b ? b[o] : T(0));
        }
        part.forward->run(r.x(part.input), weights<Value>(r, part), y, r.scratch());
        if (b) b += outputs_;
      }
    });
  }

  void backward(Run& r, void* dbias, const void* diff, void* scratch) override {
    by_types(r, [&]<class T, class Value>() {
      auto* db = static_cast<T*>(dbias);
      for (Part& part : parts_) {
        auto* dy = static_cast<const Value*>(diff) + part.place.first;
        auto* dw = static_cast<T*>(r.dparam(part.param)) + part.first_row * part.inputs;
        part.weights->run(dy, r.x(part.input), dw, scratch);
        void* dx = r.dx(part.input);
        if (dx) part.data->run(dy, weights<Value>(r, part), dx, scratch);
        if (!db) continue;
        std::fill_n(db, outputs_, T(0));
        for (int64_t row = 0; row < part.rows; ++row) {
          for (int64_t o = 0; o < outputs_; ++o) db[o] += static_cast<T>(dy[row * outputs_ + o]);
        }
        db += outputs_;
      }
    });
  }

 private:
  void make(const Env& env, Part& part, bool adds) {
    MatMulSpec::Matrix x{part.inputs, 1, {}}, y{outputs_, 1, {}}, weight{part.inputs, 1, {}};
    auto flip = [](const MatMulSpec::Matrix& m) {
      return MatMulSpec::Matrix{m.column, m.row, m.batch};
    };
    auto keep = [&](std::unique_ptr<MatMul>& op, const MatMulSpec& spec) {
      op = make_matmul(env, spec);
      scratch_bytes = std::max(scratch_bytes, op->scratch_bytes);
    };
    // What is there is the bias.
    keep(part.forward, {.m = part.rows,
                        .n = outputs_,
                        .k = part.inputs,
                        .a = x,
                        .b = flip(weight),
                        .dst = y,
                        .accumulate = true});
    if (!env.training) return;
    keep(part.weights, {.m = outputs_,
                        .n = part.inputs,
                        .k = part.rows,
                        .a = flip(y),
                        .b = x,
                        .dst = weight,
                        .wide_dst = true});
    keep(part.data, {.m = part.rows,
                     .n = part.inputs,
                     .k = outputs_,
                     .a = y,
                     .b = weight,
                     .dst = x,
                     .accumulate = adds});
  }

  template <class Value>
  static const Value* weights(const Run& r, const Part& part) {
    return static_cast<const Value*>(r.packed(part.param)) + part.first_row * part.inputs;
  }

  int64_t outputs_;
  std::array<Part, 3> parts_;
};

}  // namespace

std::unique_ptr<InProjection> project_one(Prepare& p, bool bias) {
  return std::make_unique<OneInput>(p, bias);
}
std::unique_ptr<InProjection> project_each(Prepare& p, int64_t outputs, bool fused) {
  return std::make_unique<EachInput>(p, outputs, fused);
}

}  // namespace firesteel
