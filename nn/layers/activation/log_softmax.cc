// SPDX-License-Identifier: Apache-2.0
// LogSoftmax: y = x - log(sum of exp(x)), over one extent. With m the largest x and P its
// probability, that is x - m + log(P): nothing overflows, and P is no less than 1 / extent.
#include <cstring>

#include "nn/layers/activation/softmax.h"
#include "nn/layers/math/lanes.h"

namespace firesteel {

struct LogSoftmax final : SoftmaxOf<LogSoftmax> {
  static constexpr auto schema() {
    return Schema{"LogSoftmax", "activation", "Logarithms of the probabilities of Softmax.",
                  attr("dim", &LogSoftmax::dim, kDimDoc)};
  }
  static Sample sample() { return {.attrs = {{"dim", int64_t{1}}}, .in = {{3, 5, 2}}}; }

  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<kernels::Softmax>(kernels::softmax(p.env())));
    p.save(bytes(p));  // probabilities, in rows
    if (!in_rows(p.in())) p.scratch(bytes(p));
    p.in_place();
  }

  void forward(Run& r) const override {
    bool direct = in_rows(r.in());
    const void* x = direct ? r.x() : r.scratch();
    void* y = direct ? r.y() : r.scratch();
    if (!direct) to_rows(r, r.x(), r.scratch());
    std::memcpy(r.saved(), x, static_cast<size_t>(r.elements()) * size_of(r.dtype()));
    r.op<kernels::Softmax>().forward(rows(r), r.saved());
    each_row(r, x, y, []<class T>(int64_t n, const T* numbers, const T* probabilities, T* to) {
      T most = most_of(n, numbers), log_p = std::log(most_of(n, probabilities));
      FIRESTEEL_VECTOR_LOOP
      for (int64_t i = 0; i < n; ++i) to[i] = numbers[i] - most + log_p;
    });
    if (!direct) from_rows(r, y, r.y());
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    bool direct = in_rows(r.in());
    const void* dy = direct ? r.dy() : r.scratch();
    void* dx = direct ? r.dx() : r.scratch();
    if (!direct) to_rows(r, r.dy(), r.scratch());
    each_row(r, dy, dx, []<class T>(int64_t n, const T* d, const T* probabilities, T* to) {
      T sum = sum_of<T>(n, [d](int64_t i) { return d[i]; });
      FIRESTEEL_VECTOR_LOOP
      for (int64_t i = 0; i < n; ++i) to[i] = d[i] - probabilities[i] * sum;
    });
    if (!direct) from_rows(r, dx, r.dx());
  }

 private:
  // body(width, row of `from`, its probabilities, row of `to`).
  template <class Body>
  void each_row(const Run& r, const void* from, void* to, const Body& body) const {
    int64_t n = rows(r).width, count = rows(r).rows;
    by_dtype(r.dtype(), [&]<class T>() {
      parallel_for(count, 1 + kNumbersOfPointwise / n, [&](int64_t begin, int64_t end) {
        for (int64_t at = begin * n; at < end * n; at += n) {
          body(n, static_cast<const T*>(from) + at, static_cast<const T*>(r.saved()) + at,
               static_cast<T*>(to) + at);
        }
      });
    });
  }
};
FIRESTEEL_LAYER(LogSoftmax);

}  // namespace firesteel
