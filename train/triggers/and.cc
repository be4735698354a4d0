// SPDX-License-Identifier: Apache-2.0
// And: every of several triggers fires.
#include <algorithm>

#include "train/triggers/joined.h"

namespace firesteel {
namespace {

struct And final : JoinedOf<And> {
  static constexpr auto schema() {
    return Schema{"And", "trigger", "Ends a fit when all of several triggers say so.",
                  required("triggers", &JoinedOf<And>::triggers,
                           "their documents, as a JSON list; in Python written with an operator")};
  }
  bool fires(const FitTime& at) const override {
    return std::ranges::all_of(parts(), [&](const auto& part) { return part->fires(at); });
  }
};
FIRESTEEL_REGISTER(Trigger, And);

}  // namespace
}  // namespace firesteel
