// SPDX-License-Identifier: Apache-2.0
#include "train/spill_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "core/error.h"
#include "sync/socket.h"

namespace firesteel {

SpillFile::SpillFile(const std::string& folder, bool encrypted) : folder_(folder) {
  std::error_code ignored;  // mkostemp says what is wrong
  std::filesystem::create_directories(folder, ignored);
  std::string name = folder + "/firesteel-data-XXXXXX";
  file_ = ::mkostemp(name.data(), O_CLOEXEC);
  require<SystemError>(file_ >= 0, folder,
                       ": no file for training data can be made there: ", errno_text(errno));
  ::unlink(name.c_str());
  if (encrypted) cipher_.emplace();
}

SpillFile::~SpillFile() {
  if (file_ >= 0) ::close(file_);
}

uint64_t SpillFile::append(std::string bytes) {
  uint64_t offset = size_;
  if (cipher_) cipher_->turn(offset, std::as_writable_bytes(std::span(bytes)));
  for (size_t written = 0; written < bytes.size();) {
    auto put = ::pwrite(file_, bytes.data() + written, bytes.size() - written,
                        static_cast<off_t>(offset + written));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      // A cipher's place must not be written again; a hole in the file costs nothing.
      size_ += bytes.size();
      fail<SystemError>(folder_, ": no room for ", bytes.size() >> 20,
                        " MB more of the training data, after ", offset >> 20,
                        " MB: ", errno_text(errno),
                        ". Give Spark larger local disks (spark.local.dir), or more executors");
    }
    written += static_cast<size_t>(put);
  }
  size_ += bytes.size();
  return offset;
}

void SpillFile::read(uint64_t offset, std::span<std::byte> to) const {
  for (size_t done = 0; done < to.size();) {
    auto got =
        ::pread(file_, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    require<SystemError>(got > 0, folder_,
                         ": training data that were put there cannot be read back: ",
                         got == 0 ? "the file is shorter" : errno_text(errno).c_str());
    done += static_cast<size_t>(got);
  }
  if (cipher_) cipher_->turn(offset, to);
}

void SpillFile::expect(uint64_t offset, size_t bytes) const {
  ::posix_fadvise(file_, static_cast<off_t>(offset), static_cast<off_t>(bytes),
                  POSIX_FADV_WILLNEED);
}

}  // namespace firesteel
