// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint_folder.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/safetensors.h"

namespace firesteel {
namespace {

namespace fs = std::filesystem;
constexpr size_t kKeep = 2;
constexpr std::string_view kPrefix = "step-", kSuffix = ".safetensors";

// Sorted by step, since the numbers have leading zeros.
std::vector<fs::path> checkpoints_in(const std::string& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename();
    if (name.starts_with(kPrefix) && name.ends_with(kSuffix)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

void write_checkpoint(const std::string& folder, int64_t step, std::string_view bytes) {
  std::error_code error;
  fs::create_directories(folder, error);
  require<SystemError>(!error, folder, ": cannot be made, ", error.message());
  std::string number = cat(step);
  number.insert(0, 10 - std::min<size_t>(10, number.size()), '0');
  write_file(cat(folder, "/", kPrefix, number, kSuffix), bytes);
  auto all = checkpoints_in(folder);
  for (size_t i = 0; i + kKeep < all.size(); ++i) fs::remove(all[i], error);
}

std::vector<std::string> checkpoints_of(const std::string& folder) {
  auto all = checkpoints_in(folder);
  return {all.rbegin(), all.rend()};
}

}  // namespace firesteel
