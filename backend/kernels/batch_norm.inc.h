// SPDX-License-Identifier: Apache-2.0
// The functions of batch_norm.h.
#pragma once

#include "backend/kernels/batch_norm.h"
#include "backend/kernels/vector.inc.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

// Pixels after which f32 sums are taken over into f64.
constexpr int64_t kSpan = 512;

// Two sums per lane.
template <int kLanes>
struct Sums {
  double first[kLanes] = {}, second[kLanes] = {};

  void add(const typename Vector<kLanes>::Type& a, const typename Vector<kLanes>::Type& b) {
    auto* p = reinterpret_cast<const float*>(&a);
    auto* q = reinterpret_cast<const float*>(&b);
    for (int l = 0; l < kLanes; ++l) first[l] += p[l], second[l] += q[l];
  }
};

// What is the same for all pixels of a group: one number per lane.
template <int kLanes>
struct Coefficients {
  typename Vector<kLanes>::Type mean, scale, beta, offset, slope, most;
};

// A stretch of pixels of one row of a group. Steps are in elements from pixel to pixel.
template <class T>
struct Stretch {
  const T *x, *dy, *y, *sum;
  T *out, *dsum;
  int64_t count, x_step, y_step, sum_step, out_step;

  Stretch at(int64_t pixel, int64_t pixels) const {
    auto move = [&](auto* p, int64_t step) { return p ? p + pixel * step : p; };
    return {move(x, x_step),
            move(dy, y_step),
            move(y, y_step),
            move(sum, sum_step),
            move(out, out_step),
            move(dsum, sum_step),
            pixels,
            x_step,
            y_step,
            sum_step,
            out_step};
  }
};

// Sums of d and d^2, d = x - shift: no cancellation however far the mean is from zero, where shift
// is any of the numbers (Chan, Golub and LeVeque, 1983).
template <int kLanes, class T>
void add_moments(const Stretch<T>& s, const typename Vector<kLanes>::Type& shift,
                 Sums<kLanes>& sums) {
  using V = typename Vector<kLanes>::Type;
  constexpr int kWays = 4;  // independent sums, to hide the latency of additions
  for (int64_t from = 0; from < s.count; from += kSpan) {
    int64_t to = from + kSpan < s.count ? from + kSpan : s.count;
    V a[kWays] = {}, b[kWays] = {};
    int64_t i = from;
    for (; i + kWays <= to; i += kWays) {
      for (int w = 0; w < kWays; ++w) {
        V d;
        load<kLanes>(d, s.x + (i + w) * s.x_step) -= shift;
        a[w] += d;
        b[w] += d * d;
      }
    }
    for (; i < to; ++i) {
      V d;
      load<kLanes>(d, s.x + i * s.x_step) -= shift;
      a[0] += d;
      b[0] += d * d;
    }
    sums.add((a[0] + a[1]) + (a[2] + a[3]), (b[0] + b[1]) + (b[2] + b[3]));
  }
}

template <int kLanes, bool kRelu, bool kSum, class T>
void normalize(const Stretch<T>& s, const Coefficients<kLanes>& k) {
  using V = typename Vector<kLanes>::Type;
  const V zero = {};
  for (int64_t i = 0; i < s.count; ++i) {
    V v, term;
    load<kLanes>(v, s.x + i * s.x_step);
    v = (v - k.mean) * k.scale + k.beta;
    if constexpr (kSum) v += load<kLanes>(term, s.sum + i * s.sum_step);
    if constexpr (kRelu) {
      v = v > zero ? v : zero;
      v = v < k.most ? v : k.most;
    }
    store<kLanes>(s.out + i * s.out_step, v);
  }
}

// d = dy where the ReLU let through, else 0.
template <int kLanes, bool kRelu, bool kSum, class T>
inline void mask(typename Vector<kLanes>::Type& d, const typename Vector<kLanes>::Type& x,
                 const T* y, const Coefficients<kLanes>& k) {
  using V = typename Vector<kLanes>::Type;
  const V zero = {};
  if constexpr (kRelu && kSum) {
    V out;
    load<kLanes>(out, y);
    d = out > zero ? d : zero;
    d = out < k.most ? d : zero;
  } else if constexpr (kRelu) {
    V out = (x - k.mean) * k.scale + k.beta;
    d = out > zero ? d : zero;
    d = out < k.most ? d : zero;
  }
}

// Sums of d and of d (x - mean); writes d to dsum.
template <int kLanes, bool kRelu, bool kSum, class T>
void reduce(const Stretch<T>& s, const Coefficients<kLanes>& k, Sums<kLanes>& sums) {
  using V = typename Vector<kLanes>::Type;
  for (int64_t from = 0; from < s.count; from += kSpan) {
    int64_t to = from + kSpan < s.count ? from + kSpan : s.count;
    V a[2] = {}, b[2] = {};
    int way = 0;
    for (int64_t i = from; i < to; ++i, way ^= 1) {
      V v, d;
      load<kLanes>(v, s.x + i * s.x_step);
      load<kLanes>(d, s.dy + i * s.y_step);
      mask<kLanes, kRelu, kSum>(d, v, s.y + i * s.y_step, k);
      if (kSum && s.dsum) store<kLanes>(s.dsum + i * s.sum_step, d);
      a[way] += d;
      b[way] += d * (v - k.mean);
    }
    sums.add(a[0] + a[1], b[0] + b[1]);
  }
}

// dx = scale d - offset - (x - mean) slope.
template <int kLanes, bool kRelu, bool kSum, class T>
void differentiate(const Stretch<T>& s, const Coefficients<kLanes>& k) {
  using V = typename Vector<kLanes>::Type;
  // d as reduce() left it, where it did.
  const T* from = kSum && s.dsum ? s.dsum : s.dy;
  int64_t step = kSum && s.dsum ? s.sum_step : s.y_step;
  for (int64_t i = 0; i < s.count; ++i) {
    V v, d;
    load<kLanes>(v, s.x + i * s.x_step);
    load<kLanes>(d, from + i * step);
    if (!(kSum && s.dsum)) mask<kLanes, kRelu, kSum>(d, v, s.y + i * s.y_step, k);
    d = k.scale * d - k.offset - (v - k.mean) * k.slope;
    store<kLanes>(s.out + i * s.out_step, d);
  }
}

// One group: kLanes channels side by side, or with kPlane one channel whose pixels lie side by
// side, taken kLanes at a time.
template <class T, int kLanes, bool kPlane>
class Group {
 public:
  using V = typename Vector<kLanes>::Type;
  static constexpr int kChannels = kPlane ? 1 : kLanes;

  Group(const Channels& c, int64_t g) : c_(c), g_(g) {
    int64_t left = c.channels - g * kChannels;
    channels_ = static_cast<int>(left < kChannels ? left : kChannels);
  }

  void statistics(const Walk& walk, const void* x, float* mean, float* variance) const {
    const T* first = static_cast<const T*>(x) + g_ * walk.group;
    float base[kLanes] = {};
    if constexpr (kPlane) {
      load<1>(base[0], first);
    } else {
      V values;
      store<kLanes>(base, load<kLanes>(values, first));
    }
    V shift;
    spread(shift, base);
    Sums<kLanes> sums;
    Sums<1> rest;
    each_row([&](int64_t n) {
      Stretch<T> s{.x = first + n * walk.row, .count = c_.pixels, .x_step = walk.pixel};
      add_moments<kLanes>(whole(s), shift, sums);
      if constexpr (kPlane) add_moments<1>(tail(s), base[0], rest);
    });
    gather(sums, rest);
    auto count = static_cast<double>(c_.rows * c_.pixels);
    for (int l = 0; l < channels_; ++l) {
      double moved = sums.first[l] / count, spread = sums.second[l] / count - moved * moved;
      mean[g_ * kChannels + l] = static_cast<float>(base[l] + moved);
      variance[g_ * kChannels + l] = static_cast<float>(spread > 0 ? spread : 0);
    }
  }

  template <bool kRelu, bool kSum>
  void forward(const BatchNormForward& job) {
    set_coefficients(job);
    each_row([&](int64_t n) {
      Stretch<T> s{.x = at(job.x, job.x_walk, n),
                   .sum = kSum ? at(job.sum, job.sum_walk, n) : nullptr,
                   .out = at(job.y, job.y_walk, n),
                   .count = c_.pixels,
                   .x_step = job.x_walk.pixel,
                   .sum_step = job.sum_walk.pixel,
                   .out_step = job.y_walk.pixel};
      normalize<kLanes, kRelu, kSum>(whole(s), k_);
      if constexpr (kPlane) normalize<1, kRelu, kSum>(tail(s), one_);
    });
  }

  // Ioffe and Szegedy, 2015, section 3: dx = scale (d - mean(d) - xhat mean(d xhat)).
  template <bool kRelu, bool kSum>
  void backward(const BatchNormBackward& job) {
    set_coefficients(job);
    auto stretch = [&](int64_t n) {
      return Stretch<T>{.x = at(job.x, job.x_walk, n),
                        .dy = at(job.dy, job.y_walk, n),
                        .y = kRelu && kSum ? at(job.y, job.y_walk, n) : nullptr,
                        .out = job.dx ? at(job.dx, job.x_walk, n) : nullptr,
                        .dsum = kSum && job.dsum ? at(job.dsum, job.sum_walk, n) : nullptr,
                        .count = c_.pixels,
                        .x_step = job.x_walk.pixel,
                        .y_step = job.y_walk.pixel,
                        .sum_step = job.sum_walk.pixel,
                        .out_step = job.x_walk.pixel};
    };
    Sums<kLanes> sums;
    Sums<1> rest;
    bool given = job.all_dgamma;
    if (!given) {
      each_row([&](int64_t n) {
        reduce<kLanes, kRelu, kSum>(whole(stretch(n)), k_, sums);
        if constexpr (kPlane) reduce<1, kRelu, kSum>(tail(stretch(n)), one_, rest);
      });
      gather(sums, rest);
    }
    float offset[kLanes] = {}, slope[kLanes] = {};
    auto count = given ? job.all_count : static_cast<double>(c_.rows * c_.pixels);
    for (int l = 0; l < channels_; ++l) {
      int64_t channel = g_ * kChannels + l;
      double rstd = 1.0 / root(job.variance[channel] + job.eps);
      double scale = job.gamma[channel] * rstd;
      double first = given ? job.all_dbeta[channel] : sums.first[l];
      double second = given ? job.all_dgamma[channel] / rstd : sums.second[l];
      if (!given) {
        job.dgamma[channel] = static_cast<float>(second * rstd);
        job.dbeta[channel] = static_cast<float>(first);
      }
      offset[l] = static_cast<float>(scale * first / count);
      slope[l] = static_cast<float>(scale * rstd * rstd * second / count);
    }
    if (!job.dx || job.sums_only) return;
    spread(k_.offset, offset);
    spread(k_.slope, slope);
    one_.offset = offset[0];
    one_.slope = slope[0];
    each_row([&](int64_t n) {
      differentiate<kLanes, kRelu, kSum>(whole(stretch(n)), k_);
      if constexpr (kPlane) differentiate<1, kRelu, kSum>(tail(stretch(n)), one_);
    });
  }

 private:
  static float root(float value) { return __builtin_sqrtf(value); }
  const T* at(const void* tensor, const Walk& walk, int64_t n) const {
    return static_cast<const T*>(tensor) + g_ * walk.group + n * walk.row;
  }
  T* at(void* tensor, const Walk& walk, int64_t n) const {
    return static_cast<T*>(tensor) + g_ * walk.group + n * walk.row;
  }
  template <class Body>
  void each_row(const Body& body) const {
    for (int64_t n = 0; n < c_.rows; ++n) body(n);
  }

  // The part of a row that is taken in vectors, and the rest.
  static Stretch<T> whole(Stretch<T> s) {
    if constexpr (!kPlane) return s;
    s.count /= kLanes;
    s.x_step = s.y_step = s.sum_step = s.out_step = kLanes;
    return s;
  }
  static Stretch<T> tail(const Stretch<T>& s) {
    return s.at(s.count / kLanes * kLanes, s.count % kLanes);
  }
  // Numbers of the channels to the lanes.
  static void spread(V& to, const float* numbers) {
    if constexpr (kPlane) {
      to = V{} + *numbers;
    } else {
      load<kLanes>(to, numbers);
    }
  }
  static void gather(Sums<kLanes>& sums, const Sums<1>& rest) {
    if constexpr (!kPlane) return;
    for (int l = 1; l < kLanes; ++l) {
      sums.first[0] += sums.first[l];
      sums.second[0] += sums.second[l];
    }
    sums.first[0] += rest.first[0];
    sums.second[0] += rest.second[0];
  }

  // Lanes without a channel get zeros, and give zeros.
  template <class Job>
  void set_coefficients(const Job& job) {
    float mean[kLanes] = {}, scale[kLanes] = {}, beta[kLanes] = {};
    for (int l = 0; l < channels_; ++l) {
      int64_t channel = g_ * kChannels + l;
      mean[l] = job.mean[channel];
      scale[l] = job.gamma[channel] / root(job.variance[channel] + job.eps);
      beta[l] = job.beta[channel];
    }
    spread(k_.mean, mean);
    spread(k_.scale, scale);
    spread(k_.beta, beta);
    k_.most = V{} + job.most;
    one_ = {mean[0], scale[0], beta[0], 0, 0, job.most};
  }

  const Channels& c_;
  int64_t g_;
  int channels_;
  Coefficients<kLanes> k_;
  Coefficients<1> one_;  // of the rest of a plane
};

// body.template operator()<T, kLanes, kPlane>()
template <class T, class Body>
void by_lanes(const Channels& c, const Walk& walk, const Body& body) {
  if (c.lanes == 16) return body.template operator()<T, 16, false>();
  if (c.lanes == 8) return body.template operator()<T, 8, false>();
  if (walk.pixel == 1) return body.template operator()<T, 16, true>();
  body.template operator()<T, 1, false>();
}
template <class Body>
void by_lanes(const Channels& c, const Walk& walk, const Body& body) {
  by_value_type(c.bf16, [&]<class T>() { by_lanes<T>(c, walk, body); });
}
// body.template operator()<kRelu, kSum>()
template <class Body>
void by_tail(bool relu, bool sum, const Body& body) {
  if (relu && sum) return body.template operator()<true, true>();
  if (relu) return body.template operator()<true, false>();
  if (sum) return body.template operator()<false, true>();
  body.template operator()<false, false>();
}

constexpr BatchNormTable kTable = {
    [](const Channels& c, const Walk& walk, const void* x, float* mean, float* variance,
       int64_t begin, int64_t end) {
      by_lanes(c, walk, [&]<class T, int kLanes, bool kPlane>() {
        for (int64_t g = begin; g < end; ++g) {
          Group<T, kLanes, kPlane>(c, g).statistics(walk, x, mean, variance);
        }
      });
    },
    [](const Channels& c, const BatchNormForward& job, int64_t begin, int64_t end) {
      by_lanes(c, job.x_walk, [&]<class T, int kLanes, bool kPlane>() {
        by_tail(job.relu, job.sum, [&]<bool kRelu, bool kSum>() {
          for (int64_t g = begin; g < end; ++g) {
            Group<T, kLanes, kPlane>(c, g).template forward<kRelu, kSum>(job);
          }
        });
      });
    },
    [](const Channels& c, const BatchNormBackward& job, int64_t begin, int64_t end) {
      by_lanes(c, job.x_walk, [&]<class T, int kLanes, bool kPlane>() {
        by_tail(job.relu, job.sum, [&]<bool kRelu, bool kSum>() {
          for (int64_t g = begin; g < end; ++g) {
            Group<T, kLanes, kPlane>(c, g).template backward<kRelu, kSum>(job);
          }
        });
      });
    }};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
