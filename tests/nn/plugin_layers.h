// SPDX-License-Identifier: Apache-2.0
// Layers as plugins write them, right ones and wrong ones, in this program.
#pragma once

#include <algorithm>
#include <mutex>

#include "nn/plugin.h"
#include "plugin/plugin.hpp"

namespace firesteel::testing {

// y = share x
struct Halves {
  double share = 0.5;

  static auto schema() {
    return plugin::Schema{"Halves", "A share of each number.",
                          plugin::attr("share", &Halves::share, "of it", plugin::positive)};
  }
  static plugin::Sample<Halves> sample() { return {.layer = {.share = 0.25}, .in = {{3, 5}}}; }
  plugin::Shapes infer(const plugin::Shapes& in) const { return {in[0]}; }
  void prepare(plugin::Prepare& p) const { p.in_place(); }
  template <class T>
  void forward(plugin::Run<T>& r) const {
    scale(r, r.x(), r.y());
  }
  template <class T>
  void backward(plugin::Run<T>& r) const {
    if (r.dx()) scale(r, r.dy(), r.dx());
  }
  template <class T>
  void scale(plugin::Run<T>& r, const T* from, T* to) const {
    for (int64_t i = 0; i < plugin::numel(r.in()); ++i) to[i] = static_cast<T>(share) * from[i];
  }
};

// Every type of attribute; a layer for inference.
struct Attributes {
  bool flag = true;
  int64_t count = 0;
  double ratio = 0.5;
  std::string text = "x";
  plugin::Dims extents = {2};
  std::vector<double> numbers = {1.5};

  static auto schema() {
    using plugin::attr;
    return plugin::Schema{
        "Attributes",
        "Adds up what it is told.",
        attr("flag", &Attributes::flag, "a flag"),
        plugin::required("count", &Attributes::count, "a number", plugin::nonnegative),
        attr("ratio", &Attributes::ratio, "a share", plugin::fraction),
        attr("text", &Attributes::text, "a text", plugin::nonempty),
        attr("extents", &Attributes::extents, "a list", plugin::nonempty),
        attr("numbers", &Attributes::numbers, "another list")};
  }
  static plugin::Sample<Attributes> sample() {
    return {.layer = {.count = 2, .extents = {3, 4}}, .in = {{2, 3}}};
  }
  std::vector<plugin::Param> params() const {
    plugin::require(count != 13, count, " is unlucky");
    return {};
  }
  plugin::Shapes infer(const plugin::Shapes& in) const { return {in[0]}; }
  template <class T>
  void forward(plugin::Run<T>& r) const {
    double sum = flag + static_cast<double>(count) + ratio + static_cast<double>(text.size());
    for (int64_t e : extents) sum += static_cast<double>(e);
    for (double n : numbers) sum += n;
    for (int64_t i = 0; i < plugin::numel(r.in()); ++i) r.y()[i] = r.x()[i] + static_cast<T>(sum);
  }
};

// y = x u, with random u that forward and backward draw alike.
struct Noise {
  static auto schema() { return plugin::Schema{"Noise", "Times random numbers."}; }
  static plugin::Sample<Noise> sample() { return {.in = {{4, 6}}}; }
  plugin::Shapes infer(const plugin::Shapes& in) const { return {in[0]}; }
  void prepare(plugin::Prepare&) const {}
  template <class T>
  void forward(plugin::Run<T>& r) const {
    times(r, r.x(), r.y());
  }
  template <class T>
  void backward(plugin::Run<T>& r) const {
    if (r.dx()) times(r, r.dy(), r.dx());
  }
  template <class T>
  void times(plugin::Run<T>& r, const T* from, T* to) const {
    int64_t row_size = plugin::numel(r.in()) / r.rows();
    r.parallel_for(r.rows(), 1, [&](int64_t begin, int64_t end) {
      std::vector<float> u(static_cast<size_t>(row_size));
      for (int64_t row = begin; row < end; ++row) {
        r.uniform(row, row_size, u.data());
        for (int64_t i = 0; i < row_size; ++i) {
          bool kept = r.training() && (i + row) % 2 == 0;
          to[row * row_size + i] =
              from[row * row_size + i] * (kept ? T(u[static_cast<size_t>(i)]) : T(1));
        }
      }
    });
  }
};

// What the check of plugins has to find.
struct WrongGradient : Halves {
  static auto schema() { return plugin::Schema{"WrongGradient", "Its backward doubles."}; }
  static plugin::Sample<WrongGradient> sample() { return {.in = {{3, 5}}}; }
  template <class T>
  void backward(plugin::Run<T>& r) const {
    for (int64_t i = 0; i < plugin::numel(r.in()); ++i) r.dx()[i] = T(2) * r.dy()[i];
  }
};

// y = x w, with the gradient of w summed up as threads come.
struct OrderMatters {
  static auto schema() { return plugin::Schema{"OrderMatters", "Sums up by threads."}; }
  static plugin::Sample<OrderMatters> sample() { return {.in = {{7, 31}}}; }
  std::vector<plugin::Param> params() const {
    return {{.name = "w", .shape = {1}, .init = plugin::Init::normal(1)}};
  }
  plugin::Shapes infer(const plugin::Shapes& in) const { return {in[0]}; }
  template <class T>
  void forward(plugin::Run<T>& r) const {
    for (int64_t i = 0; i < plugin::numel(r.in()); ++i) r.y()[i] = r.x()[i] * r.param()[0];
  }
  template <class T>
  void backward(plugin::Run<T>& r) const {
    std::mutex mutex;
    r.dparam()[0] = 0;
    r.parallel_for(plugin::numel(r.in()), 8, [&](int64_t begin, int64_t end) {
      T sum = 0;
      for (int64_t i = begin; i < end; ++i) {
        sum += r.dy()[i] * r.x()[i];
        if (r.dx()) r.dx()[i] = r.dy()[i] * r.param()[0];
      }
      std::lock_guard lock(mutex);
      r.dparam()[0] += sum;
    });
  }
};

struct FillsNull : OrderMatters {
  static auto schema() { return plugin::Schema{"FillsNull", "Fills dx, wanted or not."}; }
  static plugin::Sample<FillsNull> sample() { return {.in = {{3, 5}}}; }
  template <class T>
  void backward(plugin::Run<T>& r) const {
    r.dparam()[0] = 0;
    for (int64_t i = 0; i < plugin::numel(r.in()); ++i) {
      r.dparam()[0] += r.dy()[i] * r.x()[i];
      r.dx()[i] = r.dy()[i] * r.param()[0];
    }
  }
};

struct Throws : Halves {
  static auto schema() { return plugin::Schema{"Throws", "Throws in its threads."}; }
  static plugin::Sample<Throws> sample() { return {.in = {{3, 5}}}; }
  template <class T>
  void forward(plugin::Run<T>& r) const {
    r.parallel_for(r.rows(), 1, [&](int64_t begin, int64_t end) {
      plugin::require(begin > 1 || end <= 1, "row 1 is bad");
    });
  }
};

struct ForgetsInput : Halves {
  static auto schema() { return plugin::Schema{"ForgetsInput", "Reads what it did not ask for."}; }
  static plugin::Sample<ForgetsInput> sample() { return {.in = {{3, 5}}}; }
  template <class T>
  void backward(plugin::Run<T>& r) const {
    r.dx()[0] = r.x()[0];
  }
};

struct Transposes : Halves {
  static auto schema() { return plugin::Schema{"Transposes", "Takes the batch for an extent."}; }
  static plugin::Sample<Transposes> sample() { return {.in = {{3, 5}}}; }
  plugin::Shapes infer(const plugin::Shapes& in) const { return {{in[0][1], in[0][0]}}; }
};

// The plugin of all of them.
inline Plugin made_here() {
  static const Plugin kPlugin = register_plugin(
      plugin::describe<Halves, Attributes, Noise, WrongGradient, OrderMatters, FillsNull, Throws,
                       ForgetsInput, Transposes>("made_here", "1"),
      "here", "1");
  return kPlugin;
}

}  // namespace firesteel::testing
