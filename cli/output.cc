// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/error.h"
#include "core/safetensors.h"

namespace firesteel::cli {

void require_writable(const std::string& what, const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) == 0) {
    require<SystemError>(!S_ISDIR(info.st_mode), what, ": cannot write ", path, ", it is a folder");
    if (access(path.c_str(), W_OK) == 0) return;
  } else {
    std::string folder = std::filesystem::path(path).parent_path();
    if (access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0) return;
  }
  fail<SystemError>(what, ": cannot write ", path, ", ", std::strerror(errno));
}

Output::Output(const std::string& json, bool stdout_is_taken)
    : json_(json), human_(json == "-" || stdout_is_taken ? stderr : stdout) {
  if (!json_.empty() && json_ != "-") require_writable("json", json_);
}

void Output::json(const Json& result) const {
  if (json_.empty()) return;
  std::string text = result.dump(2) + "\n";
  if (json_ != "-") return write_file(json_, text);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace firesteel::cli
