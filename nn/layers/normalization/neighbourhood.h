// SPDX-License-Identifier: Apache-2.0
// What local subtractive and divisive normalization share: weighted sums over the pixels around
// each one and all channels. Jarrett, Kavukcuoglu, Ranzato and LeCun, "What is the best multi-stage
// architecture for object recognition?", 2009, in Torch's form: sums are divided by the share of
// the weights that lies within the image.
#pragma once

#include <numeric>
#include <vector>

#include "core/threads.h"
#include "nn/layer.h"
#include "nn/layers/normalization/shifted.h"
#include "nn/layers/normalization/sums.h"
#include "nn/window.h"

namespace firesteel {

// Weights, made to have the sum 1, around each pixel of a plane.
template <class T>
class Neighbourhood {
 public:
  // kernel: empty for a box, height numbers for both directions, or height x width numbers.
  Neighbourhood(const Dims& size, const std::vector<float>& kernel, int64_t height, int64_t width)
      : lines_(size[0]), columns_(size[1]), height_(height), width_(width) {
    auto count = static_cast<int64_t>(kernel.size());
    apart_ = count == 0 || (count == lines_ && lines_ == columns_);
    if (count == 0) {
      of_line_.assign(static_cast<size_t>(columns_), T(1));
      of_column_.assign(static_cast<size_t>(lines_), T(1));
    } else {
      of_line_.assign(kernel.begin(), kernel.end());
      if (apart_) of_column_ = of_line_;
    }
    for (auto* weights : {&of_line_, &of_column_}) {
      T sum = std::accumulate(weights->begin(), weights->end(), T(0));
      for (T& weight : *weights) weight /= sum;
    }
    within_.resize(static_cast<size_t>(height * width));
    std::vector<T> ones(within_.size(), T(1)), rest(within_.size());
    sum(ones.data(), rest.data(), within_.data());
  }

  // The share of the weights around each pixel that lies within the image.
  const T* within() const { return within_.data(); }
  // to = the weighted sum around each pixel; `rest` is as large.
  void sum(const T* from, T* rest, T* to) const { sum(from, rest, to, 1); }
  // The gradient of `from`, given that of `to`.
  void sum_backward(const T* from, T* rest, T* to) const { sum(from, rest, to, -1); }

 private:
  void sum(const T* from, T* rest, T* to, int64_t sign) const {
    int64_t n = height_ * width_;
    if (apart_) {
      add_lines(from, rest, sign, of_line_.data());
      std::fill_n(to, n, T(0));
      for (int64_t i = 0; i < lines_; ++i)
        add_below(i, sign, of_column_[static_cast<size_t>(i)], rest, to);
      return;
    }
    std::fill_n(to, n, T(0));
    for (int64_t i = 0; i < lines_; ++i) {
      add_lines(from, rest, sign, of_line_.data() + i * columns_);
      add_below(i, sign, T(1), rest, to);
    }
  }
  // to = the sums along the lines.
  void add_lines(const T* from, T* to, int64_t sign, const T* weights) const {
    std::fill_n(to, height_ * width_, T(0));
    for (int64_t h = 0; h < height_; ++h) {
      for (int64_t j = 0; j < columns_; ++j) {
        add_shifted(width_, sign * (j - columns_ / 2), weights[j], from + h * width_,
                    to + h * width_);
      }
    }
  }
  // The i-th line of the window, by whole lines of the plane.
  void add_below(int64_t i, int64_t sign, T weight, const T* from, T* to) const {
    add_shifted(height_ * width_, sign * (i - lines_ / 2) * width_, weight, from, to);
  }

  int64_t lines_, columns_, height_, width_;
  bool apart_;  // the weights are products of one of a line and one of a column
  std::vector<T> of_line_, of_column_, within_;
};

struct NeighbourhoodLayer : Layer {
  Dims kernel_size = {9};
  std::vector<float> kernel;

  void check() const override {
    Dims size = pair_of(kernel_size);
    require<AttrError>(size[0] % 2 == 1 && size[1] % 2 == 1, kind(),
                       ".kernel_size: must be odd, got ", kernel_size);
    auto count = static_cast<int64_t>(kernel.size());
    bool square = size[0] == size[1] && count == size[0];
    require<AttrError>(count == 0 || count == size[0] * size[1] || square, kind(),
                       ".kernel: must have a number for each pixel of kernel_size, got ", count);
    require<AttrError>(count == 0 || kernel[kernel.size() / 2] > 0, kind(),
                       ".kernel: must be > 0 in the middle, got ",
                       count == 0 ? 0 : kernel[kernel.size() / 2]);
  }

  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    return {in[0]};
  }

 protected:
  template <class T>
  std::unique_ptr<Neighbourhood<T>> neighbourhood(const Shape& in) const {
    return std::make_unique<Neighbourhood<T>>(pair_of(kernel_size), kernel, in[2], in[3]);
  }
  // Calls body(image, where it begins, channels, pixels) for every image, on all threads.
  template <class Body>
  static void each_image(const Run& r, const Body& body) {
    int64_t channels = r.in()[1], pixels = r.in()[2] * r.in()[3], n = channels * pixels;
    parallel_for(r.rows(), pieces_of_part(n), [&](int64_t from, int64_t to) {
      for (int64_t i = from; i < to; ++i) body(i, i * n, channels, pixels);
    });
  }
  // to[i] = the mean over the channels of term(number).
  template <class T, class Term>
  static void mean_of_channels(int64_t channels, int64_t pixels, T* to, const Term& term) {
    std::fill_n(to, pixels, T(0));
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t i = 0; i < pixels; ++i) to[i] += term(c * pixels + i);
    }
    T factor = T(1) / static_cast<T>(channels);
    for (int64_t i = 0; i < pixels; ++i) to[i] *= factor;
  }
};

inline constexpr auto kNeighbourhoodSize =
    attr("kernel_size", &NeighbourhoodLayer::kernel_size, "height and width of the window; odd",
         positive_pair);
inline constexpr auto kNeighbourhoodKernel =
    attr("kernel", &NeighbourhoodLayer::kernel,
         "the window's weights line by line, or for both directions the same; empty: all alike",
         nonnegative);

template <class Derived>
using NeighbourhoodLayerOf = DescribedBy<Derived, NeighbourhoodLayer>;

}  // namespace firesteel
