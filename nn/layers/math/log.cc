// SPDX-License-Identifier: Apache-2.0
// Log: y = the natural logarithm of x.
#include "nn/layers/activation/elementwise.h"

namespace firesteel {

struct Log final : ActivationOf<Log, Function::log> {
  static constexpr auto schema() {
    return Schema{"Log", "math", "Natural logarithm of each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .least = 0.2}; }
};
FIRESTEEL_LAYER(Log);

}  // namespace firesteel
