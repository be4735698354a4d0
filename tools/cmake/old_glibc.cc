// SPDX-License-Identifier: Apache-2.0
// Part of every shipped binary: what our static libstdc++ would otherwise take from a glibc newer than 2.34.
// ./dev lint --ci checks that nothing newer is left.
#include <sys/random.h>

#include <cstdint>

// std::random_device of GCC 12 calls arc4random, which glibc has since 2.36. The kernel's generator serves as well.
extern "C" [[gnu::visibility("hidden")]] uint32_t arc4random() noexcept {
  uint32_t value = 0;
  while (getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) {
  }
  return value;
}
