// SPDX-License-Identifier: Apache-2.0
// A folder that only this user may read, for the files of one run; removed with all it holds.
#pragma once

#include <filesystem>
#include <string>

namespace firesteel::spark {

class PrivateFolder {
 public:
  PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder();

  std::string file(const std::string& name) const { return path_ / name; }
  void write(const std::string& name, const std::string& text) const;  // readable by us alone
  // Keeps the logs, and only them, for the user to look at.
  void keep_logs() { keep_logs_ = true; }

 private:
  std::filesystem::path path_;
  bool keep_logs_ = false;
};

}  // namespace firesteel::spark
