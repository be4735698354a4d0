// SPDX-License-Identifier: Apache-2.0
#include "core/narrow.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/bfloat16.h"

namespace firesteel {
namespace {

constexpr float kMostHalf = 65504;

// With arithmetic alone, so that the loops become vectors: a number that is subnormal as f16 gets its
// rounding from an f32 addition, the others from the sixteen bits below.
uint16_t to_half(float value) {
  auto word = std::bit_cast<uint32_t>(value);
  uint32_t sign = (word >> 16) & 0x8000, size = word & 0x7fffffff;
  uint32_t most = std::bit_cast<uint32_t>(kMostHalf);
  uint32_t clamped = std::min(size, most);
  uint32_t normal = (clamped + 0xfff + ((clamped >> 13) & 1) - (112u << 23)) >> 13;
  // 2^-24 is one unit of a subnormal f16, and of an f32 from 0.5 on.
  float raised = std::bit_cast<float>(clamped) + 0.5f;
  uint32_t small = std::bit_cast<uint32_t>(raised) - std::bit_cast<uint32_t>(0.5f);
  uint32_t bits = clamped < (113u << 23) ? small : normal;
  bits = size > 0x7f800000 ? 0x7e00 : bits;
  return static_cast<uint16_t>(sign | bits);
}

float from_half(uint16_t half) {
  uint32_t sign = uint32_t{half & 0x8000u} << 16, size = half & 0x7fffu;
  uint32_t normal = (size << 13) + (112u << 23);
  float small = static_cast<float>(static_cast<int32_t>(size)) * 0x1p-24f;
  uint32_t bits = size < 0x400 ? std::bit_cast<uint32_t>(small) : normal;
  bits = size >= 0x7c00 ? 0x7f800000 | (size & 0x3ff) << 13 : bits;
  return std::bit_cast<float>(sign | bits);
}

}  // namespace

void narrow(DType type, const float* from, uint16_t* to, int64_t count) {
  if (type == DType::f16) {
    for (int64_t i = 0; i < count; ++i) to[i] = to_half(from[i]);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = BFloat16(from[i]).bits;
  }
}

void widen(DType type, const uint16_t* from, float* to, int64_t count) {
  if (type == DType::f16) {
    for (int64_t i = 0; i < count; ++i) to[i] = from_half(from[i]);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = std::bit_cast<float>(uint32_t{from[i]} << 16);
  }
}

std::byte* pack(DType type, const float* from, int64_t count, std::byte* to) {
  auto bytes = static_cast<size_t>(count) * size_of(type);
  if (type == DType::f32) {
    std::memcpy(to, from, bytes);
  } else {
    narrow(type, from, reinterpret_cast<uint16_t*>(to), count);
  }
  return to + bytes;
}

const std::byte* unpack(DType type, const std::byte* from, int64_t count, float* to) {
  auto bytes = static_cast<size_t>(count) * size_of(type);
  if (type == DType::f32) {
    std::memcpy(to, from, bytes);
  } else {
    widen(type, reinterpret_cast<const uint16_t*>(from), to, count);
  }
  return from + bytes;
}

void round_to(DType type, float* numbers, int64_t count) {
  if (type == DType::f32) return;
  constexpr int64_t kChunk = 4096;
  uint16_t narrowed[kChunk];
  for (int64_t at = 0; at < count; at += kChunk) {
    int64_t n = std::min(kChunk, count - at);
    narrow(type, numbers + at, narrowed, n);
    widen(type, narrowed, numbers + at, n);
  }
}

}  // namespace firesteel
