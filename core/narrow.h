// SPDX-License-Identifier: Apache-2.0
// f32 as bf16 or f16 and back, for numbers that travel: to the nearest, ties to even, the same bits on
// every CPU. What is not a number stays so; f16 has nothing beyond +-65504, and numbers beyond become
// that.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/dtype.h"

namespace firesteel {

// type: bf16 or f16.
void narrow(DType type, const float* from, uint16_t* to, int64_t count);
void widen(DType type, const uint16_t* from, float* to, int64_t count);

// To and from bytes as they travel, of f32 too. They return where the next ones are. The bytes are as aligned
// as numbers of the type are.
std::byte* pack(DType type, const float* from, int64_t count, std::byte* to);
const std::byte* unpack(DType type, const std::byte* from, int64_t count, float* to);
// What is left of numbers that have travelled.
void round_to(DType type, float* numbers, int64_t count);

}  // namespace firesteel
