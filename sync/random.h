// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync/wire.h"

namespace firesteel {

// From the kernel, for keys and nonces. Throws SystemError.
Bytes32 random_bytes();

}  // namespace firesteel
