// SPDX-License-Identifier: Apache-2.0
// Linear layers: of few rows, as in the inference of one image, by backend/kernels/gemv.h; others by
// backend/kernels/gemm.h.
#include <algorithm>

#include "backend/kernels/gemm.h"
#include "backend/kernels/gemv.h"
#include "backend/native/make.h"
#include "backend/native/own_format.h"
#include "core/buffer.h"
#include "core/error.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

class FewRows final : public InnerProduct {
 public:
  explicit FewRows(const InnerProductSpec& spec) : shape_{spec.rows, spec.inputs, spec.outputs} {
    weights = Layout({spec.outputs, spec.inputs}, DType::f32);
  }

  void forward(const void* x, const void* w, const void* b, void* y, void*) override {
    parallel_for(shape_.outputs, rows_of_part(shape_.inputs), [&](int64_t from, int64_t to) {
      kernels::gemv()->run(shape_, f32(x), f32(w), f32(b), f32(y), from, to);
    });
  }
  void backward_data(const void*, const void*, void*, void*) override { refuse(); }
  void backward_weights(const void*, const void*, void*, void*, void*) override { refuse(); }

 private:
  [[noreturn]] static void refuse() { throw Error("made for inference: there is no backward"); }

  kernels::GemvShape shape_;
};

using kernels::Gemm;

int64_t panels_of(int64_t columns) {
  int64_t each = kernels::gemm()->columns;
  return (columns + each - 1) / each;
}
int64_t panel_bytes(int64_t depth, int64_t columns) {
  return panels_of(columns) * kernels::gemm()->columns * depth *
         static_cast<int64_t>(sizeof(float));
}

// k x n numbers, `row` and `column` apart, as panels.
class PackPanels final : public Reorder {
 public:
  PackPanels(int64_t k, int64_t n, int64_t row, int64_t column)
      : k_(k), n_(n), row_(row), column_(column) {}
  void run(const void* src, void* dst) override {
    parallel_for(panels_of(n_), rows_of_part(k_ * kernels::gemm()->columns),
                 [&](int64_t from, int64_t to) {
                   kernels::gemm()->pack(k_, n_, f32(src), row_, column_, from, to, f32(dst));
                 });
  }

 private:
  int64_t k_, n_, row_, column_;
};

// Weights, outputs x inputs, as the right factor of forward or, `back`, of the input's gradient.
struct Panels final : OwnFormat {
  Panels(int64_t outputs, int64_t inputs, bool back)
      : outputs(outputs), inputs(inputs), back(back) {}
  size_t bytes() const override {
    return static_cast<size_t>(back ? panel_bytes(outputs, inputs) : panel_bytes(inputs, outputs));
  }
  bool same(const Format& other) const override {
    auto* o = dynamic_cast<const Panels*>(&other);
    return o && o->outputs == outputs && o->inputs == inputs && o->back == back;
  }
  std::unique_ptr<Reorder> from_plain() const override {
    return back ? std::make_unique<PackPanels>(outputs, inputs, inputs, 1)
                : std::make_unique<PackPanels>(inputs, outputs, 1, inputs);
  }

  int64_t outputs, inputs;
  bool back;
};

class GemmInnerProduct final : public InnerProduct {
 public:
  GemmInnerProduct(const Env& env, const InnerProductSpec& spec)
      : rows_(spec.rows), inputs_(spec.inputs), outputs_(spec.outputs), parts_(threads()) {
    forward_ = {.m = rows_, .n = outputs_, .k = inputs_, .a_row = inputs_};
    data_ = {.m = rows_, .n = inputs_, .k = outputs_, .a_row = outputs_};
    // The gradient of the weights is the transposed gradient of the output times the input.
    weights_product_ = {.m = outputs_, .n = inputs_, .k = rows_, .a_row = 1, .a_column = outputs_};
    auto layout = [&](bool back) {
      return Layout({outputs_, inputs_}, DType::f32,
                    std::make_shared<Panels>(outputs_, inputs_, back));
    };
    weights = layout(false);
    scratch_bytes = block_bytes(forward_);
    if (!env.training) return;
    weights_backward = layout(true);
    panel_bytes_ = whole_lines(static_cast<size_t>(panel_bytes(rows_, inputs_)));
    scratch_bytes =
        std::max({scratch_bytes, block_bytes(data_), panel_bytes_ + block_bytes(weights_product_)});
  }

  void forward(const void* x, const void* w, const void* b, void* y, void* scratch) override {
    multiply(forward_, x, w, b, y, f32(scratch));
  }
  void backward_data(const void* dy, const void* w, void* dx, void* scratch) override {
    multiply(data_, dy, w, nullptr, dx, f32(scratch));
  }
  void backward_weights(const void* x, const void* dy, void* dw, void* db, void* scratch) override {
    PackPanels(rows_, inputs_, inputs_, 1).run(x, scratch);
    multiply(weights_product_, dy, scratch, nullptr, dw,
             f32(scratch) + panel_bytes_ / sizeof(float));
    if (!db) return;
    parallel_for(outputs_, std::max<int64_t>(64, rows_of_part(rows_)),
                 [&](int64_t from, int64_t to) {
                   kernels::gemm()->sum_rows(rows_, outputs_, f32(dy), from, to, f32(db));
                 });
  }

 private:
  // Each part has its own share of scratch.
  size_t block_bytes(const Gemm& gemm) const {
    return static_cast<size_t>(parts_ * gemm.scratch()) * sizeof(float);
  }
  void multiply(const Gemm& gemm, const void* a, const void* panels, const void* bias, void* c,
                float* scratch) const {
    int64_t count = panels_of(gemm.n);
    int64_t work = gemm.m * gemm.k * kernels::gemm()->columns;
    int64_t most = std::max<int64_t>(1, count * work / kProductsOfPart);
    int64_t parts = std::min({parts_, count, most});
    parallel_for(parts, 1, [&](int64_t from, int64_t to) {
      for (int64_t part = from; part < to; ++part) {
        kernels::gemm()->multiply(gemm, f32(a), f32(panels), f32(bias), f32(c),
                                  count * part / parts, count * (part + 1) / parts,
                                  scratch + part * gemm.scratch());
      }
    });
  }

  // Multiplications that are worth a thread's start.
  static constexpr int64_t kProductsOfPart = 256 << 10;

  int64_t rows_, inputs_, outputs_, parts_;
  Gemm forward_, data_, weights_product_;
  size_t panel_bytes_ = 0;
};

}  // namespace

std::unique_ptr<InnerProduct> inner_product(const Env& env, const InnerProductSpec& spec) {
  if (env.values() != DType::f32) return nullptr;
  auto* few = kernels::gemv();
  if (!env.training && few && spec.rows <= few->most_rows) return std::make_unique<FewRows>(spec);
  return kernels::gemm() ? std::make_unique<GemmInnerProduct>(env, spec) : nullptr;
}

}  // namespace firesteel::native
