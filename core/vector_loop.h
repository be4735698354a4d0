// SPDX-License-Identifier: Apache-2.0
#pragma once

// Before a loop whose iterations touch nothing of one another: the compiler need not ask whether
// the pointers overlap.
#ifdef __clang__
#define FIRESTEEL_VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety)")
#else
#define FIRESTEEL_VECTOR_LOOP _Pragma("GCC ivdep")
#endif
