// SPDX-License-Identifier: Apache-2.0
// Or: at least one of several triggers fires.
#include <algorithm>

#include "train/triggers/joined.h"

namespace firesteel {
namespace {

struct Or final : JoinedOf<Or> {
  static constexpr auto schema() {
    return Schema{"Or", "trigger", "Ends a fit when one of several triggers says so.",
                  required("triggers", &JoinedOf<Or>::triggers,
                           "their documents, as a JSON list; in Python written with an operator")};
  }
  bool fires(const FitTime& at) const override {
    return std::ranges::any_of(parts(), [&](const auto& part) { return part->fires(at); });
  }
};
FIRESTEEL_REGISTER(Trigger, Or);

}  // namespace
}  // namespace firesteel
