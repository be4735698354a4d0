// SPDX-License-Identifier: Apache-2.0
// Counts what a program asks of the allocator and of oneDNN: counters.cc takes the place of malloc
// and its kin and of some functions of oneDNN, and passes the calls on.
#pragma once

#include <cstddef>

namespace firesteel::testing {

struct Counts {
  size_t allocations = 0;
  size_t bytes = 0;
  size_t library_bytes = 0;  // allocated by oneDNN while it runs a primitive, or meanwhile
  size_t primitives = 0;  // created
  size_t runs = 0;  // of primitives
};

// Whether this build counts: a sanitizer wants to be the allocator itself.
bool counts();
// Of all threads, since the start.
Counts counted();

}  // namespace firesteel::testing
