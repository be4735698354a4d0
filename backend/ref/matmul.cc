// SPDX-License-Identifier: Apache-2.0
#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

template <class T>
class RefMatMul final : public MatMul {
 public:
  explicit RefMatMul(const MatMulSpec& spec) : spec_(spec) {}

  void run(const void* a, const void* b, void* dst, void*) override {
    for (int64_t i = 0; i < numel(spec_.batch); ++i) {
      multiply(static_cast<const T*>(a) + offset(i, spec_.a),
               static_cast<const T*>(b) + offset(i, spec_.b),
               static_cast<T*>(dst) + offset(i, spec_.dst));
    }
  }

 private:
  // Where matrix `i` of the batch begins.
  int64_t offset(int64_t i, const MatMulSpec::Matrix& matrix) const {
    int64_t at = 0;
    for (size_t d = spec_.batch.size(); d-- > 0; i /= spec_.batch[d]) {
      at += i % spec_.batch[d] * matrix.batch[d];
    }
    return at;
  }

  void multiply(const T* a, const T* b, T* dst) const {
    const auto &A = spec_.a, &B = spec_.b, &D = spec_.dst;
    for (int64_t i = 0; i < spec_.m; ++i)
      for (int64_t j = 0; j < spec_.n; ++j) {
        T& to = dst[i * D.row + j * D.column];
        T sum = spec_.accumulate ? to : T(0);
        for (int64_t l = 0; l < spec_.k; ++l) {
          sum += a[i * A.row + l * A.column] * b[l * B.row + j * B.column];
        }
        to = sum;
      }
  }

  MatMulSpec spec_;
};

}  // namespace

std::unique_ptr<MatMul> matmul(const Env& env, const MatMulSpec& spec) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<MatMul> {
    return std::make_unique<RefMatMul<T>>(spec);
  });
}

}  // namespace firesteel::ref
