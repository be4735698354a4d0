// SPDX-License-Identifier: Apache-2.0
#include "sync/random.h"

#include <sys/random.h>

#include <cerrno>

#include "core/error.h"
#include "sync/socket.h"

namespace firesteel {

Bytes32 random_bytes() {
  Bytes32 bytes;
  size_t filled = 0;
  while (filled < bytes.size()) {
    auto got = ::getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (got > 0) {
      filled += static_cast<size_t>(got);
    } else if (errno != EINTR) {
      fail<SystemError>("no random numbers: ", errno_text(errno));
    }
  }
  return bytes;
}

}  // namespace firesteel
