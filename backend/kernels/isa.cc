// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/isa.h"

#include "backend/ops.h"

namespace firesteel::kernels {

Isa isa() {
  static const Isa kIsa = [] {
    std::string name = effective_isa();
    // Files for AVX2 are compiled with FMA, which oneDNN's name does not promise.
    if (!__builtin_cpu_supports("fma") || !__builtin_cpu_supports("avx2")) return Isa::sse41;
    // One that is newer than our list of names has AVX-512, whatever it is called.
    bool newer = name.starts_with("isa_") && __builtin_cpu_supports("avx512bw");
    if (name.starts_with("avx512") || name.starts_with("avx10") || newer) return Isa::avx512;
    return name.starts_with("avx2") ? Isa::avx2 : Isa::sse41;
  }();
  return kIsa;
}

const char* name_of(Isa isa) {
  constexpr const char* kNames[] = {"sse41", "avx2", "avx512"};
  return kNames[static_cast<int>(isa)];
}

}  // namespace firesteel::kernels
