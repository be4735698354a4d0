// SPDX-License-Identifier: Apache-2.0
// Images whose channels lie side by side (NHWC), as AMX's convolutions want them.
#pragma once

#include "backend/layout.h"

namespace firesteel {

Layout channels_last(const Shape& shape, DType dtype);

}  // namespace firesteel
