// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "backend/ref/make.h"

namespace firesteel::ref {
namespace {

template <class T>
class RefBatchNorm final : public BatchNormalization {
 public:
  RefBatchNorm(const BatchNormSpec& spec, const Shape& shape)
      : eps_(static_cast<T>(spec.eps)), tail_(spec.tail), rows_(shape[0]), channels_(shape[1]) {
    plane_ = numel(shape) / (rows_ * channels_);
    dst_row_ = channels_ * plane_;
  }

  void forward_training(const Forward& run) override {
    statistics(run);
    forward_inference(run);
  }

  void statistics(const Forward& run) override {
    auto* x = static_cast<const T*>(run.src);
    auto* mean = static_cast<T*>(run.mean);
    auto* variance = static_cast<T*>(run.variance);
    T count = static_cast<T>(rows_ * plane_);
    for (int64_t c = 0; c < channels_; ++c) {
      T sum = 0, squares = 0;
      each(c, [&](int64_t i, int64_t) { sum += x[i]; });
      mean[c] = sum / count;
      each(c, [&](int64_t i, int64_t) { squares += (x[i] - mean[c]) * (x[i] - mean[c]); });
      variance[c] = squares / count;
    }
  }

  void forward_inference(const Forward& run) override {
    auto* x = static_cast<const T*>(run.src);
    auto* z = static_cast<const T*>(run.sum);
    auto* y = static_cast<T*>(run.dst);
    for (int64_t c = 0; c < channels_; ++c) {
      T rstd = rstd_of(run.variance, c), mean = at(run.mean, c);
      each(c, [&](int64_t i, int64_t o) {
        T value = at(run.gamma, c) * (x[i] - mean) * rstd + at(run.beta, c);
        if (tail_.sum) value += z[i];
        y[o] = tail_.relu ? std::clamp(value, T(0), T(tail_.most)) : value;
      });
    }
  }

  // Ioffe and Szegedy, 2015, section 3.
  void backward(const Backward& run) override { backward(run, false); }
  void backward_sums(const Backward& run) override { backward(run, true); }

  bool stride_dst(int64_t elements) override {
    dst_row_ = elements;
    return true;
  }

 private:
  void backward(const Backward& run, bool sums_only) {
    auto* x = static_cast<const T*>(run.src);
    auto* dy = static_cast<const T*>(run.diff_dst);
    auto* dx = static_cast<T*>(run.diff_src);
    auto* dz = static_cast<T*>(run.diff_sum);
    auto* y = static_cast<const T*>(run.dst);
    std::vector<T> passed(static_cast<size_t>(rows_ * plane_));  // dy behind the ReLU
    T count = run.all_gamma ? static_cast<T>(run.all_count) : static_cast<T>(rows_ * plane_);
    for (int64_t c = 0; c < channels_; ++c) {
      T rstd = rstd_of(run.variance, c), mean = at(run.mean, c), gamma = at(run.gamma, c);
      T dg = 0, db = 0;
      size_t k = 0;
      each(c, [&](int64_t i, int64_t o) {
        T out = tail_.relu && tail_.sum ? y[o] : gamma * (x[i] - mean) * rstd + at(run.beta, c);
        T d = tail_.relu && !(out > 0 && out < T(tail_.most)) ? 0 : dy[o];
        if (dz) dz[i] = d;
        dg += d * (x[i] - mean) * rstd;
        db += d;
        passed[k++] = d;
      });
      if (run.all_gamma) {
        dg = at(run.all_gamma, c);
        db = at(run.all_beta, c);
      } else {
        static_cast<T*>(run.diff_gamma)[c] = dg;
        static_cast<T*>(run.diff_beta)[c] = db;
      }
      if (!dx || sums_only) continue;
      k = 0;
      each(c, [&](int64_t i, int64_t) {
        T normalized = (x[i] - mean) * rstd;
        dx[i] = gamma * rstd * (passed[k++] - (db + normalized * dg) / count);
      });
    }
  }

  static T at(const void* numbers, int64_t i) { return static_cast<const T*>(numbers)[i]; }
  T rstd_of(const void* variance, int64_t c) const { return 1 / std::sqrt(at(variance, c) + eps_); }

  // body(index in src, index in dst)
  template <class Body>
  void each(int64_t channel, const Body& body) const {
    for (int64_t n = 0; n < rows_; ++n) {
      for (int64_t p = 0; p < plane_; ++p) {
        body((n * channels_ + channel) * plane_ + p, n * dst_row_ + channel * plane_ + p);
      }
    }
  }

  T eps_;
  Tail tail_;
  int64_t rows_, channels_, plane_, dst_row_;
};

}  // namespace

std::unique_ptr<BatchNormalization> batch_norm(const Env& env, const BatchNormSpec& spec,
                                               const Layout& src) {
  return by_dtype(env, [&]<class T>() -> std::unique_ptr<BatchNormalization> {
    return std::make_unique<RefBatchNorm<T>>(spec, src.shape());
  });
}

}  // namespace firesteel::ref
