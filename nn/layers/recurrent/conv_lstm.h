// SPDX-License-Identifier: Apache-2.0
// What convolutional LSTMs share: an LSTM whose products with the input and with the state are
// convolutions that keep the extents. Shi et al., "Convolutional LSTM network: a machine learning
// approach for precipitation nowcasting", 2015; peepholes have a factor for each channel.
//
// The convolution of x is one operation for all steps, as are the gradients of the weights and of
// x. A state is channels x positions, so that the step of an LSTM with so many numbers is the
// cell's.
#pragma once

#include "backend/kernels/recurrent.h"
#include "nn/layers/recurrent/plain_conv.h"
#include "nn/layers/recurrent/steps.h"
#include "nn/window.h"

namespace firesteel {

struct ConvLSTMLayer : StepsLayer {
  int64_t in_channels = 0, hidden_channels = 0;
  Dims kernel_size = {1}, state_kernel_size = {};
  bool bias = true, peepholes = false;

  // Height and width, or depth too.
  virtual size_t dimensions() const = 0;

  void check() const override;
  std::vector<ParamSpec> params() const override;
  Shapes infer(const Shapes& in) const override;
  double flops(const Shapes& in, const Shapes& out) const override;
  void prepare(Prepare& p) const override;
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { forward_as<T>(r); });
  }
  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  enum Op : size_t { kCell, kFromX, kFromH, kWeightHh };
  enum Pack : size_t { kIh, kHh, kHhBackward, kIhBackward };
  enum Slot : size_t { kX, kGates, kH, kC };  // saved, steps first

  Dims input_kernel() const { return spread(kernel_size, dimensions()); }
  Dims state_kernel() const {
    return state_kernel_size.empty() ? input_kernel() : spread(state_kernel_size, dimensions());
  }
  // The convolution of so many images into the gates.
  ConvSpec convolution(const Shape& in, int64_t images, int64_t channels, const Dims& kernel,
                       bool with_bias) const;
  int64_t positions(const Shape& in) const { return numel(in) / (in[0] * in[1] * in_channels); }
  // Numbers of a row's state.
  int64_t state_of(const Shape& in) const { return hidden_channels * positions(in); }
  // Bytes of scratch before that of the convolutions: a step's sums in forward, dh, dc and both of
  // rows that have ended in backward, and behind them the peepholes of every position.
  size_t own_scratch(const Shape& in, DType dtype) const {
    auto count = static_cast<size_t>((4 * in[0] + 3) * state_of(in));
    return whole_lines(count * size_of(dtype));
  }
  size_t peepholes_param() const { return bias ? 3 : 2; }
  template <class T>
  T* peepholes_of_all(const Run& r) const {
    return static_cast<T*>(r.scratch()) + 4 * r.rows() * state_of(r.in());
  }
  template <class T>
  void spread_peepholes(Run& r) const;
  template <class T>
  kernels::RecurrentStep step(const Run& r, int64_t s) const;
  template <class T>
  void forward_as(Run& r) const;
  template <class T>
  void backward_as(Run& r) const;
  template <class T>
  void backward_peepholes(Run& r) const;
};

// What the two kinds declare alike.
inline constexpr auto kConvLstmIn =
    required("in_channels", &ConvLSTMLayer::in_channels, "channels of the input", positive);
inline constexpr auto kConvLstmHidden =
    required("hidden_channels", &ConvLSTMLayer::hidden_channels, "channels of the state", positive);
inline constexpr auto kConvLstmBias = attr("bias", &ConvLSTMLayer::bias, "add a learned bias");
inline constexpr auto kConvLstmPeepholes = attr("peepholes", &ConvLSTMLayer::peepholes,
                                                "gates see the cell, by a factor for each channel");

template <class Derived>
using ConvLSTMLayerOf = DescribedBy<Derived, ConvLSTMLayer>;

}  // namespace firesteel
