// SPDX-License-Identifier: Apache-2.0
// A folder of checkpoints, step-0000000120.safetensors, the newest two; the same on Spark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firesteel {

// Writes the file as a whole and removes older ones. Throws SystemError.
void write_checkpoint(const std::string& folder, int64_t step, std::string_view bytes);
// The path of the newest one.
std::optional<std::string> newest_checkpoint(const std::string& folder);

}  // namespace firesteel
