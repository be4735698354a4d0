// SPDX-License-Identifier: Apache-2.0
// Registers of f32, and how they are read and written as f32 and bf16.
#pragma once

#include <cstdint>

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

// kLanes numbers, in as many registers as they take.
template <int kLanes>
struct Vector {
  typedef float Type __attribute__((vector_size(kLanes * 4)));
  typedef float Anywhere __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));
};
template <>
struct Vector<1> {
  using Type = float;
  using Anywhere = float;
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
struct Words {
  typedef uint32_t Type __attribute__((vector_size(kLanes * 4)));
  typedef uint16_t Half __attribute__((vector_size(kLanes * 2)));
  typedef uint16_t Anywhere __attribute__((vector_size(kLanes * 2), aligned(2), may_alias));
};
template <>
struct Words<1> {
  using Type = uint32_t;
  using Half = uint16_t;
};
template <int kLanes>
inline typename Vector<kLanes>::Type& load(typename Vector<kLanes>::Type& to,
                                           const BFloat16* from) {
  using W = Words<kLanes>;
  typename W::Type word;
  if constexpr (kLanes == 1) {
    word = *from;
  } else {
    typename W::Half half = *reinterpret_cast<const typename W::Anywhere*>(from);
    word = __builtin_convertvector(half, typename W::Type);
  }
  word <<= 16;
  __builtin_memcpy(&to, &word, sizeof to);
  return to;
}
// To the nearest, ties to even; what is not a number stays so.
template <int kLanes>
inline void store(BFloat16* to, const typename Vector<kLanes>::Type& value) {
  using W = Words<kLanes>;
  typename W::Type word;
  __builtin_memcpy(&word, &value, sizeof word);
  word = value == value ? word + 0x7fff + ((word >> 16) & 1) : word | 0x400000;
  word >>= 16;
  if constexpr (kLanes == 1) {
    *to = static_cast<BFloat16>(word);
  } else {
    *reinterpret_cast<typename W::Anywhere*>(to) = __builtin_convertvector(word, typename W::Half);
  }
}

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
