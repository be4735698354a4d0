// SPDX-License-Identifier: Apache-2.0
// A folder of checkpoints, step-0000000120.safetensors, the newest two; the same on Spark.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firesteel {

// Writes the file as a whole and removes older ones. Throws SystemError.
void write_checkpoint(const std::string& folder, int64_t step, std::string_view bytes);
// The paths of all, the newest first.
std::vector<std::string> checkpoints_of(const std::string& folder);

}  // namespace firesteel
