// SPDX-License-Identifier: Apache-2.0
// LpPool2d: y = (sum of x^p over each window)^(1/p), channel by channel; a sum for p = 1.
#include <cmath>

#include "core/buffer.h"
#include "core/threads.h"
#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct LpPool2d final : DescribedBy<LpPool2d, WindowedLayer<2>> {
  float norm_type = 2;

  static constexpr auto schema() {
    return Schema{"LpPool2d",
                  "pooling",
                  "Takes the p-norm of each window of an image.",
                  required("norm_type", &LpPool2d::norm_type, "p", positive),
                  kPoolKernel<2>,
                  kPoolStride<2>,
                  kCeilMode<2>};
  }
  static Sample sample() {
    return {.attrs = {{"norm_type", 3.0}, {"kernel_size", Dims{3, 2}}, {"stride", Dims{2}}},
            .in = {{2, 3, 6, 5}},
            .least = 0.1};
  }

  void prepare(Prepare& p) const override {
    Window w = window();
    PoolSpec spec{.kind = PoolSpec::Kind::average,
                  .src = p.in(),
                  .dst = p.out(),
                  .kernel = w.kernel,
                  .stride = w.stride,
                  .padding = w.before};
    auto& op = p.keep(make_pool(p.env(), spec, Layout(p.in(), p.env().dtype)));
    p.save(op.workspace_bytes);
    p.scratch(bytes(p.in(), p.env().dtype) + op.scratch_bytes);
    p.backward_reads_input();
    p.backward_reads_output();
  }

  // The sum is the mean times the points of the kernel, also where a window hangs over, as in
  // PyTorch.
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* powers = static_cast<T*>(r.scratch());
      auto* y = static_cast<T*>(r.y());
      T p = static_cast<T>(norm_type), points = static_cast<T>(this->points());
      raise(numel(r.in()), static_cast<const T*>(r.x()), p, powers);
      r.op<Pool>().forward(powers, y, r.training() ? r.saved() : nullptr, rest(r));
      each(numel(r.out()), [&](int64_t i) { y[i] *= points; });
      raise(numel(r.out()), y, 1 / p, y);
    });
  }

  // d y / d x = (x / y)^(p - 1).
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* slope = static_cast<T*>(r.scratch());
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<const T*>(r.y());
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      T p = static_cast<T>(norm_type), points = static_cast<T>(this->points());
      raise(numel(r.out()), y, 1 - p, slope);
      each(numel(r.out()),
           [&](int64_t i) { slope[i] = p > 1 && y[i] == 0 ? T(0) : slope[i] * dy[i] * points; });
      r.op<Pool>().backward(slope, r.saved(), dx, rest(r));
      each(numel(r.in()), [&](int64_t i) { dx[i] *= power(x[i], p - 1); });
    });
  }

 private:
  int64_t points() const { return kernel_size.front() * kernel_size.back(); }
  static size_t bytes(const Shape& shape, DType type) {
    return whole_lines(static_cast<size_t>(numel(shape)) * size_of(type));
  }
  // Scratch memory behind as many numbers as the input has.
  static void* rest(const Run& r) {
    return static_cast<std::byte*>(r.scratch()) + bytes(r.in(), r.dtype());
  }

  template <class T>
  static T power(T value, T exponent) {
    return exponent == 1 ? value : std::pow(value, exponent);
  }
  template <class Body>
  static void each(int64_t count, const Body& body) {
    constexpr int64_t kNumbersOfPart = 4 << 10;
    parallel_for(count, kNumbersOfPart, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) body(i);
    });
  }
  template <class T>
  static void raise(int64_t count, const T* from, T exponent, T* to) {
    if (exponent == 2) {
      each(count, [&](int64_t i) { to[i] = from[i] * from[i]; });
    } else if (exponent == T(0.5)) {
      each(count, [&](int64_t i) { to[i] = std::sqrt(from[i]); });
    } else if (exponent == -1) {
      each(count, [&](int64_t i) { to[i] = 1 / from[i]; });
    } else {
      each(count, [&](int64_t i) { to[i] = power(from[i], exponent); });
    }
  }
};
FIRESTEEL_LAYER(LpPool2d);

}  // namespace firesteel
