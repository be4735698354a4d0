// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/cat.h"

namespace firesteel::testing {

// An empty folder of this process.
inline std::string scratch_folder(const std::string& name) {
  namespace fs = std::filesystem;
  fs::path folder = fs::path(::testing::TempDir()) / cat("firesteel-", name, "-", ::getpid());
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

}  // namespace firesteel::testing
