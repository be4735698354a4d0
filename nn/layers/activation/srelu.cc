// SPDX-License-Identifier: Apache-2.0
// SReLU: y = x between t_left and t = t_left + |t_right|, t_left + a_left (x - t_left) below, and
// t + a_right (x - t) above, all four learned for each element of a row. Jin et al., "Deep learning
// with S-shaped rectified linear activation units", 2016.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct SReLU final : LayerOf<SReLU> {
  Dims shape, shared_dims;

  static constexpr auto schema() {
    return Schema{
        "SReLU", "activation", "Three straight lines whose kinks and slopes are learned.",
        required("shape", &SReLU::shape, "extents of a row, without the batch", nonempty),
        attr("shared_dims", &SReLU::shared_dims,
             "extents along which elements share their parameters; the batch is 0", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"shape", Dims{3, 2, 2}}, {"shared_dims", Dims{2, 3}}}, .in = {{4, 3, 2, 2}}};
  }
  void check() const override {
    auto extents = static_cast<int64_t>(shape.size());
    for (int64_t d : shape) {
      require<AttrError>(d > 0, "SReLU.shape: must be > 0, got ", shape);
    }
    for (int64_t d : shared_dims) {
      require<AttrError>(d <= extents, "SReLU.shared_dims: must be 1 to ", extents, ", got ",
                         shared_dims);
    }
  }

  std::vector<ParamSpec> params() const override {
    Shape own = shape_of_params();
    // Glorot and Bengio's bound for as many inputs and outputs as the root of the elements.
    Init some = Init::uniform(std::sqrt(3.f / std::sqrt(static_cast<float>(numel(own)))));
    auto spec = [&](const char* name, Init init) {
      return ParamSpec{.name = name, .shape = own, .init = init, .decay = false};
    };
    return {spec("t_left", Init::constant(0)), spec("a_left", some), spec("t_right", some),
            spec("a_right", Init::constant(1))};
  }

  Shapes infer(const Shapes& in) const override {
    require(without_batch(in[0]) == shape, "input must have the shape ", shape, ", got ",
            without_batch(in[0]));
    return {in[0]};
  }

  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<Dims>(parameter_of_element()));
    // The parameters of each element, and their gradients.
    p.scratch(static_cast<size_t>(8 * numel(shape)) * size_of(p.env().dtype));
    p.backward_reads_input();
    p.in_place();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      Spread<T> all = spread<T>(r);
      int64_t n = numel(shape);
      parallel_for(r.rows(), 1 + kNumbersOfPointwise / n, [&](int64_t begin, int64_t end) {
        const auto [t_left, a_left, t, a_right] = all;
        for (int64_t row = begin; row < end; ++row) {
          auto* x = static_cast<const T*>(r.x()) + row * n;
          auto* y = static_cast<T*>(r.y()) + row * n;
          FIRESTEEL_VECTOR_LOOP
          for (int64_t i = 0; i < n; ++i) {
            T below = std::min(x[i] - t_left[i], T(0)), above = std::max(x[i] - t[i], T(0));
            y[i] = x[i] + (a_left[i] - 1) * below + (a_right[i] - 1) * above;
          }
        }
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  Shape shape_of_params() const {
    Shape own = shape;
    for (int64_t d : shared_dims) own[static_cast<size_t>(d - 1)] = 1;
    return own;
  }

  // Of every element of a row, which one of the parameters it has.
  Dims parameter_of_element() const {
    Shape own = shape_of_params();
    Dims of(static_cast<size_t>(numel(shape)));
    for (size_t i = 0; i < of.size(); ++i) {
      int64_t rest = static_cast<int64_t>(i), step = 1;
      for (size_t d = shape.size(); d-- > 0; rest /= shape[d], step *= own[d]) {
        of[i] += own[d] == 1 ? 0 : rest % shape[d] * step;
      }
    }
    return of;
  }

  template <class T>
  struct Spread {
    T *t_left, *a_left, *t, *a_right;
  };
  // The parameters of every element, t instead of t_right.
  template <class T>
  Spread<T> spread(Run& r) const {
    const Dims& of = r.op<Dims>();
    auto n = static_cast<int64_t>(of.size());
    auto* to = static_cast<T*>(r.scratch());
    for (size_t p = 0; p < 4; ++p) {
      auto* from = static_cast<const T*>(r.param(p));
      for (size_t i = 0; i < of.size(); ++i) *to++ = from[of[i]];
    }
    Spread<T> all{to - 4 * n, to - 3 * n, to - 2 * n, to - n};
    for (int64_t i = 0; i < n; ++i) all.t[i] = all.t_left[i] + std::abs(all.t[i]);
    return all;
  }

  template <class T>
  void backward_as(Run& r) const {
    Spread<T> all = spread<T>(r);
    int64_t n = numel(shape);
    T* sums = all.t_left + 4 * n;
    std::fill(sums, sums + 4 * n, T(0));
    // Threads share the elements of a row, so that each sum is made by one.
    parallel_for(n, 1 + kNumbersOfPointwise / r.rows(), [&](int64_t begin, int64_t end) {
      const auto [t_left, a_left, t, a_right] = all;
      T *dt_left = sums, *da_left = sums + n, *dt = sums + 2 * n, *da_right = sums + 3 * n;
      for (int64_t row = 0; row < r.rows(); ++row) {
        auto* x = static_cast<const T*>(r.x()) + row * n;
        auto* dy = static_cast<const T*>(r.dy()) + row * n;
        FIRESTEEL_VECTOR_LOOP
        for (int64_t i = begin; i < end; ++i) {
          T left = x[i] < t_left[i] ? dy[i] : T(0), right = x[i] > t[i] ? dy[i] : T(0);
          dt_left[i] += left * (1 - a_left[i]);
          da_left[i] += left * (x[i] - t_left[i]);
          dt[i] += right * (1 - a_right[i]);
          da_right[i] += right * (x[i] - t[i]);
        }
        if (!r.dx()) continue;
        auto* dx = static_cast<T*>(r.dx()) + row * n;
        FIRESTEEL_VECTOR_LOOP
        for (int64_t i = begin; i < end; ++i) {
          T left = x[i] < t_left[i] ? T(1) : T(0), right = x[i] > t[i] ? T(1) : T(0);
          dx[i] = dy[i] * (1 + left * (a_left[i] - 1) + right * (a_right[i] - 1));
        }
      }
    });
    gather(r, sums);
  }

  // Gradients of the elements, of t_left, a_left, t and a_right, into those of the parameters.
  template <class T>
  void gather(Run& r, const T* sums) const {
    const Dims& of = r.op<Dims>();
    auto n = static_cast<int64_t>(of.size());
    auto* t_right = static_cast<const T*>(r.param(2));
    for (size_t p = 0; p < 4; ++p) {
      auto* to = static_cast<T*>(r.dparam(p));
      std::fill(to, to + of.back() + 1, T(0));  // the last element has the last parameter
    }
    auto of_param = [&](size_t p) { return static_cast<T*>(r.dparam(p)); };
    for (int64_t i = 0; i < n; ++i) {
      int64_t at = of[static_cast<size_t>(i)];
      T dt = sums[2 * n + i];
      of_param(0)[at] += sums[i] + dt;
      of_param(1)[at] += sums[n + i];
      of_param(2)[at] += t_right[at] < 0 ? -dt : t_right[at] > 0 ? dt : T(0);
      of_param(3)[at] += sums[3 * n + i];
    }
  }
};
FIRESTEEL_LAYER(SReLU);

}  // namespace firesteel
