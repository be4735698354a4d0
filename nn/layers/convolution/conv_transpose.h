// SPDX-License-Identifier: Apache-2.0
// What transposed convolutions share: each is the gradient of a convolution with respect to its
// input. Zeiler, Krishnan, Taylor and Fergus, "Deconvolutional networks", 2010.
#pragma once

#include <algorithm>

#include "nn/layers/convolution/convolution.h"

namespace firesteel {

template <size_t kSpatial>
struct TransposedConvolution : Convolution<kSpatial> {
  Dims output_padding = {0};

  void check() const override {
    Convolution<kSpatial>::check();
    Window w = this->window();
    Dims more = spread(output_padding, kSpatial);
    for (size_t i = 0; i < kSpatial; ++i) {
      require<AttrError>(more[i] < std::max(w.stride[i], w.dilation[i]), this->kind(),
                         ".output_padding: must be less than stride or dilation, got ",
                         output_padding);
    }
  }

  Shapes infer(const Shapes& in) const override {
    this->require_channels(in[0]);
    Window w = this->window();
    Dims more = spread(output_padding, kSpatial);
    Shape out = {in[0][0], this->out_channels};
    bool fits = true;
    for (size_t i = 0; i < kSpatial; ++i) {
      out.push_back((in[0][i + 2] - 1) * w.stride[i] + w.reach(i) - w.before[i] - w.after[i] +
                    more[i]);
      fits = fits && out.back() > 0;
    }
    require(fits, "a padding of ", this->padding, " leaves nothing of the input of ",
            without_batch(in[0]));
    return {out};
  }

  double flops(const Shapes& in, const Shapes&) const override {
    return 2.0 * static_cast<double>(numel(in[0]) * (this->out_channels / this->groups) *
                                     numel(this->window().kernel));
  }
  Fusable fuses(const Env&) const override { return {}; }

 protected:
  ConvSpec spec(const Shape& in, const Shape& out) const override {
    ConvSpec spec = Convolution<kSpatial>::spec(in, out);
    Dims more = spread(output_padding, kSpatial);
    for (size_t i = 0; i < kSpatial; ++i) spec.padding_end[i] -= more[i];
    spec.transposed = true;
    return spec;
  }
};

template <size_t kSpatial>
inline constexpr auto kCropping =
    attr("padding", &Convolution<kSpatial>::padding, "points left out on each side of the output",
         rules::PerDimension<kSpatial, 0>{});
template <size_t kSpatial>
inline constexpr auto kCroppingEnd =
    attr("padding_end", &Convolution<kSpatial>::padding_end,
         "points left out at the end, where they are not as many; empty: padding",
         rules::EmptyOr<rules::PerDimension<kSpatial, 0>>{});
template <size_t kSpatial>
inline constexpr auto kOutputPadding =
    attr("output_padding", &TransposedConvolution<kSpatial>::output_padding,
         "points added at the end of the output", rules::PerDimension<kSpatial, 0>{});

}  // namespace firesteel
