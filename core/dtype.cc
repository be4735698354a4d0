// SPDX-License-Identifier: Apache-2.0
#include "core/dtype.h"

#include <array>

#include "core/error.h"

namespace firesteel {
namespace {
constexpr std::array<std::string_view, 8> kNames = {"f32", "f64", "bf16", "f16",
                                                    "u8",  "s8",  "s32",  "s64"};
}

std::string_view name_of(DType type) { return kNames[static_cast<size_t>(type)]; }

DType dtype_from(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<DType>(i);
  }
  fail<AttrError>("dtype: must be one of f32, f64, bf16, f16, u8, s8, s32, s64, got '", name, "'");
}

}  // namespace firesteel
