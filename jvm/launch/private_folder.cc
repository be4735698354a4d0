// SPDX-License-Identifier: Apache-2.0
#include "jvm/launch/private_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/error.h"

namespace firesteel::spark {

namespace fs = std::filesystem;

PrivateFolder::PrivateFolder() {
  std::error_code error;
  fs::path parent = fs::temp_directory_path(error);
  if (error) parent = "/tmp";
  std::string path = parent / "firesteel-XXXXXX";
  require<SystemError>(mkdtemp(path.data()) != nullptr, parent.string(),
                       ": cannot make a folder there, ", std::strerror(errno),
                       ". Set TMPDIR to a folder where one can write");
  path_ = path;
}

void PrivateFolder::write(const std::string& name, const std::string& text) const {
  std::string path = file(name);
  int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool written = fd >= 0;
  for (size_t at = 0; written && at < text.size();) {
    ssize_t n = ::write(fd, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    written = n >= 0;
    at += written ? static_cast<size_t>(n) : 0;
  }
  int why = errno;
  if (fd >= 0) close(fd);
  require<SystemError>(written, path, ": cannot write, ", std::strerror(why));
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!keep_logs_) {
    fs::remove_all(path_, ignored);
    return;
  }
  std::vector<fs::path> unwanted;
  for (const auto& entry : fs::recursive_directory_iterator(path_, ignored)) {
    fs::path name = entry.path().filename();
    bool log = name == "spark.log" || name == "stderr" || name == "stdout";
    if (entry.is_symlink(ignored) || (entry.is_regular_file(ignored) && !log)) {
      unwanted.push_back(entry.path());
    }
  }
  for (const fs::path& path : unwanted) fs::remove(path, ignored);
}

}  // namespace firesteel::spark
