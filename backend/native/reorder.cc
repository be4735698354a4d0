// SPDX-License-Identifier: Apache-2.0
#include "backend/native/make.h"
#include "backend/native/own_format.h"

namespace firesteel::native {

std::unique_ptr<Reorder> reorder(const Layout&, const Layout& to) {
  auto* own = dynamic_cast<const OwnFormat*>(to.format());
  return own ? own->from_plain() : nullptr;
}

}  // namespace firesteel::native
