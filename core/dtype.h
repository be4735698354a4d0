// SPDX-License-Identifier: Apache-2.0
// Element types of tensors, under the names that safetensors uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace firesteel {

enum class DType : uint8_t { f32, f64, bf16, f16, u8, s8, s32, s64 };

constexpr size_t size_of(DType type) {
  switch (type) {
    case DType::f64:
    case DType::s64:
      return 8;
    case DType::f32:
    case DType::s32:
      return 4;
    case DType::bf16:
    case DType::f16:
      return 2;
    case DType::u8:
    case DType::s8:
      return 1;
  }
  return 0;
}

std::string_view name_of(DType type);           // "f32"
DType dtype_from(std::string_view name);        // throws AttrError on an unknown name

}  // namespace firesteel
