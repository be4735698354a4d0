// SPDX-License-Identifier: Apache-2.0
#include "train/gemm_peak.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "backend/ops.h"
#include "core/buffer.h"
#include "core/threads.h"

namespace firesteel {
namespace {

constexpr int64_t kSide = 1024;
constexpr int kRounds = 12;

// Rows, weights and their product, of one thread.
class Product {
 public:
  explicit Product(DType dtype) {
    Env env{.compute = dtype, .training = false};
    op_ =
        make_inner_product(env, {.rows = kSide, .inputs = kSide, .outputs = kSide, .bias = false});
    Shape square = {kSide, kSide};
    AlignedBuffer plain(kSide * kSide * sizeof(float));
    std::fill_n(reinterpret_cast<float*>(plain.data()), kSide * kSide, 0.5f);
    auto fill = [&](AlignedBuffer& buffer, const Layout& layout) {
      buffer = AlignedBuffer(layout.bytes());
      make_reorder(env, Layout(square, DType::f32), layout)->run(plain.data(), buffer.data());
    };
    fill(rows_, Layout(square, dtype));
    fill(dst_, Layout(square, dtype));
    fill(weights_, op_->weights);
    scratch_ = AlignedBuffer(op_->scratch_bytes);
  }
  void run() { op_->forward(rows_.data(), weights_.data(), nullptr, dst_.data(), scratch_.data()); }

 private:
  std::unique_ptr<InnerProduct> op_;
  AlignedBuffer rows_, weights_, dst_, scratch_;
};

}  // namespace

double gemm_peak_gflops(int threads, DType dtype) {
  using Clock = std::chrono::steady_clock;
  Crew crew(threads);
  std::vector<std::unique_ptr<Product>> products(static_cast<size_t>(threads));
  crew.run([&](int t) { products[static_cast<size_t>(t)] = std::make_unique<Product>(dtype); });
  double best = 0;
  for (int round = 0; round < kRounds; ++round) {
    auto start = Clock::now();
    crew.run([&](int t) { products[static_cast<size_t>(t)]->run(); });
    double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, 2.0 * kSide * kSide * kSide * threads / seconds / 1e9);
  }
  return best;
}

}  // namespace firesteel
