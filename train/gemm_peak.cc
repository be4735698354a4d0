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

// a, b and their product, of one thread.
class Product {
 public:
  Product() : op_(make_matmul({}, spec())), scratch_(op_->scratch_bytes) {
    for (auto* matrix : {&a_, &b_, &dst_}) {
      *matrix = AlignedBuffer(kSide * kSide * sizeof(float));
      std::fill_n(reinterpret_cast<float*>(matrix->data()), kSide * kSide, 0.5f);
    }
  }
  void run() { op_->run(a_.data(), b_.data(), dst_.data(), scratch_.data()); }

 private:
  static MatMulSpec spec() {
    MatMulSpec::Matrix plain{.row = kSide};
    return {.m = kSide, .n = kSide, .k = kSide, .a = plain, .b = plain, .dst = plain};
  }

  std::unique_ptr<MatMul> op_;
  AlignedBuffer scratch_, a_, b_, dst_;
};

}  // namespace

double gemm_peak_gflops(int threads) {
  using Clock = std::chrono::steady_clock;
  Crew crew(threads);
  std::vector<std::unique_ptr<Product>> products(static_cast<size_t>(threads));
  crew.run([&](int t) { products[static_cast<size_t>(t)] = std::make_unique<Product>(); });
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
