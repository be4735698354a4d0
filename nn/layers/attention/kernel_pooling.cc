// SPDX-License-Identifier: Apache-2.0
// KernelPooling: y_k = sum over i of log(1 + sum over j of exp(-(x[i, j] - m_k)^2 / (2 s_k^2))),
// with the means m_k in equal steps over (-1, 1), and 1 for exact matches. Xiong et al., "End-to-end
// neural ad-hoc ranking with kernel pooling" (KNRM), 2017.
#include <algorithm>

#include "nn/layer.h"

namespace firesteel {

struct KernelPooling final : LayerOf<KernelPooling> {
  int64_t kernel_num = 21;
  float sigma = 0.1f, exact_sigma = 0.001f;

  static constexpr auto schema() {
    return Schema{
        "KernelPooling",
        "attention",
        "Counts softly how many numbers of a matrix, such as the cosines of CosineMatrix, are near "
        "each of several levels between -1 and 1: what KNRM ranks documents by.",
        attr("kernel_num", &KernelPooling::kernel_num, "levels, at least 2", positive),
        attr("sigma", &KernelPooling::sigma, "how far near is", positive),
        attr("exact_sigma", &KernelPooling::exact_sigma, "and for the last level, which is 1",
             positive)};
  }
  static Sample sample() {
    return {.attrs = {{"kernel_num", int64_t{5}}, {"sigma", 0.3}, {"exact_sigma", 0.2}},
            .in = {{2, 3, 4}}};
  }

  void check() const override {
    require<AttrError>(kernel_num >= 2, "KernelPooling.kernel_num: must be >= 2, got ", kernel_num);
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3, "input must be a matrix, got ", without_batch(in[0]));
    return {{in[0][0], kernel_num}};
  }

  void prepare(Prepare& p) const override {
    int64_t sums = p.in()[0] * p.in()[1] * kernel_num;
    p.save(static_cast<size_t>(sums) * size_of(p.env().dtype));
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t lines = r.in()[1], width = r.in()[2];
      auto* x = static_cast<const T*>(r.x());
      auto* sum = static_cast<T*>(r.saved());
      auto* y = static_cast<T*>(r.y());
      std::fill_n(y, r.rows() * kernel_num, T(0));
      for (int64_t i = 0; i < r.rows() * lines; ++i, x += width) {
        for (int64_t k = 0; k < kernel_num; ++k, ++sum) {
          Kernel<T> kernel(*this, k);
          *sum = 0;
          for (int64_t j = 0; j < width; ++j) *sum += kernel(x[j]);
          y[i / lines * kernel_num + k] += std::log1p(*sum);
        }
      }
    });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t lines = r.in()[1], width = r.in()[2];
      auto* x = static_cast<const T*>(r.x());
      auto* sum = static_cast<const T*>(r.saved());
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      std::fill_n(dx, numel(r.in()), T(0));
      for (int64_t i = 0; i < r.rows() * lines; ++i, x += width, dx += width) {
        for (int64_t k = 0; k < kernel_num; ++k, ++sum) {
          Kernel<T> kernel(*this, k);
          T factor = 2 * kernel.slope * dy[i / lines * kernel_num + k] / (1 + *sum);
          for (int64_t j = 0; j < width; ++j) dx[j] += factor * (x[j] - kernel.mean) * kernel(x[j]);
        }
      }
    });
  }

 private:
  template <class T>
  struct Kernel {
    T mean, slope;

    Kernel(const KernelPooling& of, int64_t k) {
      auto steps = static_cast<T>(of.kernel_num - 1);
      bool exact = k == of.kernel_num - 1;
      mean = exact ? T(1) : static_cast<T>(2 * k + 1) / steps - 1;
      T sigma = exact ? of.exact_sigma : of.sigma;
      slope = -1 / (2 * sigma * sigma);
    }
    T operator()(T x) const { return std::exp(slope * (x - mean) * (x - mean)); }
  };
};
FIRESTEEL_LAYER(KernelPooling);

}  // namespace firesteel
