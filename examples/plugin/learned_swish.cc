// SPDX-License-Identifier: Apache-2.0
// Swish with a learned temperature: y = x sigmoid(beta x), with a beta for each channel (second
// extent) or one for all. Ramachandran et al., "Searching for activation functions", 2017.
//
//   g++ -std=c++20 -O2 -shared -fPIC -fvisibility=hidden -I build/dist/include
//       examples/plugin/learned_swish.cc -o learned_swish.so
#include <firesteel/plugin.hpp>

#include <cmath>

using namespace firesteel::plugin;

struct LearnedSwish {
  int64_t channels = 1;
  double init = 1;

  static constexpr bool each_step = true;  // for models whose rows have padding

  static auto schema() {
    return Schema{"LearnedSwish", "x sigmoid(beta x), with learned beta.",
                  attr("channels", &LearnedSwish::channels,
                       "1, or as many as the input has: a beta for each", positive),
                  attr("init", &LearnedSwish::init, "first value of beta")};
  }
  static Sample<LearnedSwish> sample() { return {.layer = {.channels = 3}, .in = {{2, 3, 4}}}; }

  std::vector<Param> params() const {
    return {{.name = "beta", .shape = {channels}, .init = Init::constant(init), .decay = false}};
  }

  Shapes infer(const Shapes& in) const {
    bool fits = channels == 1 || (in[0].size() >= 2 && in[0][1] == channels);
    require(fits, "input must have ", channels, " channels, got ", in[0]);
    return {in[0]};
  }

  void prepare(Prepare& p) const {
    p.backward_reads_input();
    p.scratch(p.in()[0] * channels);
  }

  template <class T>
  void forward(Run<T>& r) const {
    r.parallel_for(r.rows(), 16, [&](int64_t begin, int64_t end) {
      each_number(r, begin, end, [&](int64_t i, int64_t, T beta) {
        r.y()[i] = r.x()[i] * sigmoid(beta * r.x()[i]);
      });
    });
  }

  template <class T>
  void backward(Run<T>& r) const {
    // Sums by row, then over the rows in order: the same numbers on any number of threads.
    T* sums = r.scratch();
    r.parallel_for(r.rows(), 16, [&](int64_t begin, int64_t end) {
      std::fill(sums + begin * channels, sums + end * channels, T(0));
      each_number(r, begin, end, [&](int64_t i, int64_t sum, T beta) {
        T x = r.x()[i], dy = r.dy()[i], s = sigmoid(beta * x);
        sums[sum] += dy * x * x * s * (1 - s);
        if (r.dx()) r.dx()[i] = dy * s * (1 + beta * x * (1 - s));
      });
    });
    for (int64_t c = 0; c < channels; ++c) {
      r.dparam()[c] = 0;
      for (int64_t row = 0; row < r.rows(); ++row) r.dparam()[c] += sums[row * channels + c];
    }
  }

 private:
  template <class T>
  static T sigmoid(T x) {
    return 1 / (1 + std::exp(-x));
  }

  // body(element, its place among rows x channels, beta) for all numbers of some rows.
  template <class T, class Body>
  void each_number(const Run<T>& r, int64_t begin, int64_t end, const Body& body) const {
    int64_t row_size = numel(r.in()) / r.rows(), plane = row_size / channels;
    for (int64_t i = begin * row_size; i < end * row_size; ++i) {
      int64_t row = i / row_size, c = i % row_size / plane;
      body(i, row * channels + c, r.param()[c]);
    }
  }
};
FIRESTEEL_PLUGIN("learned_swish", "1.0", LearnedSwish)
