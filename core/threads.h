// SPDX-License-Identifier: Apache-2.0
// Threads. parallel_for and the primitives of oneDNN run on the same OpenMP threads, and the count
// is set by call and per calling thread, never by an environment variable.
#pragma once

#include <cstdint>

#include "core/function_ref.h"

namespace firesteel {

// Cores that this process may run on.
int available_cores();

// How many threads parallel_for and oneDNN use when called from the calling thread.
void set_threads(int threads);
int threads();

// Calls body(begin, end) on parts of [0, count), at least `grain` items each.
void parallel_for(int64_t count, int64_t grain, FunctionRef<void(int64_t, int64_t)> body);

// Runs body(0) ... body(n - 1), each on a thread of its own that uses `inside` threads in
// parallel_for and oneDNN; body(0) runs on the calling thread. The threads persist. The first
// exception is rethrown at the end.
class Crew {
 public:
  explicit Crew(int size, int inside = 1);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  int size() const;
  int inside() const;
  void run(FunctionRef<void(int)> body);

 private:
  struct State;
  State* state_;
};

}  // namespace firesteel
