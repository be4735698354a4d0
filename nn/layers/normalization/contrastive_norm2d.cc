// SPDX-License-Identifier: Apache-2.0
// ContrastiveNorm2d: SubtractiveNorm2d, then DivisiveNorm2d, with the same weights: local contrast
// normalization.
#include "nn/composite.h"

namespace firesteel {

struct ContrastiveNorm2d final : CompositeOf<ContrastiveNorm2d> {
  Dims kernel_size = {9};
  std::vector<float> kernel;
  float threshold = 1e-4f, value = 1e-4f;

  static constexpr auto schema() {
    return Schema{
        "ContrastiveNorm2d",
        "normalization",
        "Takes the weighted mean around each pixel from it and divides by the weighted deviation.",
        attr("kernel_size", &ContrastiveNorm2d::kernel_size, "height and width of the window; odd",
             positive_pair),
        attr("kernel", &ContrastiveNorm2d::kernel,
             "the window's weights line by line, or for both directions the same; empty: all alike",
             nonnegative),
        attr("threshold", &ContrastiveNorm2d::threshold, "least deviation that is used",
             nonnegative),
        attr("value", &ContrastiveNorm2d::value, "what stands for one that is not", positive)};
  }
  static Sample sample() { return {.attrs = {{"kernel_size", Dims{3}}}, .in = {{2, 2, 4, 5}}}; }
  void check() const override { Registry<Layer>::instance().make("SubtractiveNorm2d", window()); }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    Attrs divisive = with_attr(window(), "threshold", to_attr(threshold));
    Ref centred = net.add("subtractive", "SubtractiveNorm2d", window(), {in[0]});
    return {net.add("divisive", "DivisiveNorm2d", with_attr(divisive, "value", to_attr(value)),
                    {centred})};
  }

 private:
  Attrs window() const { return {{"kernel_size", kernel_size}, {"kernel", to_attr(kernel)}}; }
};
FIRESTEEL_LAYER(ContrastiveNorm2d);

}  // namespace firesteel
