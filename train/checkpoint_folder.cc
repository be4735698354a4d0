// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint_folder.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <utility>

#include "core/error.h"
#include "core/safetensors.h"

namespace firesteel {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kPrefix = "step-", kSuffix = ".safetensors", kBest = "best.safetensors";

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

CheckpointFolder::CheckpointFolder(std::string folder, int64_t keep)
    : folder_(std::move(folder)), keep_(keep) {}

CheckpointFolder::~CheckpointFolder() {
  if (writing_.valid()) writing_.wait();
}

void CheckpointFolder::write_now(int64_t step, const std::string& bytes, bool best) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  require<SystemError>(!error, folder_, ": cannot be made, ", error.message());
  std::string number = cat(step);
  number.insert(0, 10 - std::min<size_t>(10, number.size()), '0');
  write_file(cat(folder_, "/", kPrefix, number, kSuffix), bytes);
  if (best) write_file(cat(folder_, "/", kBest), bytes);
  auto all = checkpoints_in(folder_);
  for (size_t i = 0; i + static_cast<size_t>(keep_) < all.size(); ++i) fs::remove(all[i], error);
}

void CheckpointFolder::write(int64_t step, std::string bytes, bool best) {
  std::exception_ptr failed;
  try {
    wait();
  } catch (const SystemError&) {
    failed = std::current_exception();
  }
  writing_ = std::async(std::launch::async, [this, step, bytes = std::move(bytes), best] {
    write_now(step, bytes, best);
  });
  if (failed) std::rethrow_exception(failed);
}

void CheckpointFolder::wait() {
  if (writing_.valid()) std::exchange(writing_, {}).get();
}

std::vector<std::string> CheckpointFolder::newest() const {
  auto all = checkpoints_in(folder_);
  return {all.rbegin(), all.rend()};
}

}  // namespace firesteel
