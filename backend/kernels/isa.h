// SPDX-License-Identifier: Apache-2.0
// Own loops that are compiled once per instruction set and picked at run time.
//
// A family of kernels is a table of functions on raw pointers, declared in <name>.h. Its code is in
// <name>.inc.h, inside the namespace FIRESTEEL_ISA and there without external linkage, and is
// compiled by <name>_sse41.cc, <name>_avx2.cc and <name>_avx512.cc (tools/cmake/Rooms.cmake knows
// these names). They include no header with inline functions: the linker keeps one copy of such a
// function for everybody, maybe the one that needs AVX-512.
#pragma once

namespace firesteel::kernels {

enum class Isa { sse41, avx2, avx512 };

// The widest that the CPU has and that oneDNN may use too. Settled by the first call.
Isa isa();

const char* name_of(Isa isa);  // "sse41", "avx2", "avx512"

template <class Table>
const Table& pick(const Table& sse41, const Table& avx2, const Table& avx512) {
  switch (isa()) {
    case Isa::avx512:
      return avx512;
    case Isa::avx2:
      return avx2;
    case Isa::sse41:
      break;
  }
  return sse41;
}

}  // namespace firesteel::kernels
