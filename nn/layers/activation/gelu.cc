// SPDX-License-Identifier: Apache-2.0
// GELU: y = x P(N(0, 1) < x). Hendrycks and Gimpel, "Gaussian error linear units", 2016.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct GELU final : ActivationOf<GELU, Function::gelu> {
  std::string approximate = "none";

  static constexpr auto schema() {
    return Schema{
        "GELU", "activation", "Gaussian error linear unit of each element.",
        attr("approximate", &GELU::approximate, "none, or tanh for a formula without erf")};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  void check() const override {
    require<AttrError>(approximate == "none" || approximate == "tanh",
                       "GELU.approximate: must be none or tanh, got '", approximate, "'");
  }
  Function function() const override {
    return approximate == "tanh" ? Function::gelu_tanh : Function::gelu;
  }
};
FIRESTEEL_LAYER(GELU);

}  // namespace firesteel
