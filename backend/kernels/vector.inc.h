// SPDX-License-Identifier: Apache-2.0
// Registers of f32, and how they are read and written as f32 and bf16.
#pragma once

#include <cstdint>

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

// kLanes numbers, in as many registers as they take.
template <int kLanes, class Number = float>
struct Vector {
  static constexpr int kBytes = kLanes * sizeof(Number);
  typedef Number Type __attribute__((vector_size(kBytes)));
  typedef Number Anywhere __attribute__((vector_size(kBytes), aligned(sizeof(Number)), may_alias));
};
template <class Number>
struct Vector<1, Number> {
  using Type = Number;
  using Anywhere = Number;
};

// The upper half of an f32.
using BFloat16 = uint16_t;

// Vectors go by reference: how they are passed by value depends on the instruction set.
template <int kLanes>
inline typename Vector<kLanes>::Type& load(typename Vector<kLanes>::Type& to, const float* from) {
  return to = *reinterpret_cast<const typename Vector<kLanes>::Anywhere*>(from);
}
template <int kLanes>
inline void store(float* to, const typename Vector<kLanes>::Type& value) {
  *reinterpret_cast<typename Vector<kLanes>::Anywhere*>(to) = value;
}

template <int kLanes>
inline typename Vector<kLanes>::Type& load(typename Vector<kLanes>::Type& to,
                                           const BFloat16* from) {
  using Half = Vector<kLanes, BFloat16>;
  typename Vector<kLanes, uint32_t>::Type word;
  if constexpr (kLanes == 1) {
    word = *from;
  } else {
    typename Half::Type half = *reinterpret_cast<const typename Half::Anywhere*>(from);
    word = __builtin_convertvector(half, decltype(word));
  }
  word <<= 16;
  __builtin_memcpy(&to, &word, sizeof to);
  return to;
}
// To the nearest, ties to even; what is not a number stays so.
template <int kLanes>
inline void store(BFloat16* to, const typename Vector<kLanes>::Type& value) {
  using Half = Vector<kLanes, BFloat16>;
  typename Vector<kLanes, uint32_t>::Type word;
  __builtin_memcpy(&word, &value, sizeof word);
  word = value == value ? word + 0x7fff + ((word >> 16) & 1) : word | 0x400000;
  word >>= 16;
  if constexpr (kLanes == 1) {
    *to = static_cast<BFloat16>(word);
  } else {
    *reinterpret_cast<typename Half::Anywhere*>(to) =
        __builtin_convertvector(word, typename Half::Type);
  }
}

// body.template operator()<T>() with T = float or BFloat16. Kernels for bf16 are compiled where
// FIRESTEEL_BF16 is defined, for instruction sets that CPUs with bf16 have.
template <class Body>
inline void by_value_type([[maybe_unused]] bool bf16, const Body& body) {
#ifdef FIRESTEEL_BF16
  if (bf16) return body.template operator()<BFloat16>();
#endif
  body.template operator()<float>();
}

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
