// SPDX-License-Identifier: Apache-2.0
#include "core/dtype.h"

#include "core/names.h"

namespace firesteel {
namespace {
constexpr Names<8> kNames = {"f32", "f64", "bf16", "f16", "u8", "s8", "s32", "s64"};
}

std::string_view name_of(DType type) { return kNames[static_cast<size_t>(type)]; }

DType dtype_from(std::string_view name) { return value_of<DType>(name, kNames, "dtype"); }

}  // namespace firesteel
