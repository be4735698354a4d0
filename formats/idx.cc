// SPDX-License-Identifier: Apache-2.0
#include "formats/idx.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/error.h"

namespace firesteel {
namespace {

constexpr int64_t kMostBytes = int64_t{1} << 40;

class GzipOrPlain {
 public:
  explicit GzipOrPlain(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rbe")) {
    require<SystemError>(file_ != nullptr, path, ": cannot open, ", std::strerror(errno));
    gzbuffer(file_.get(), 1 << 18);
  }

  // Reads up to `bytes` bytes; less only at the end of the file.
  size_t read(void* to, size_t bytes) {
    int n = gzread(file_.get(), to, static_cast<unsigned>(bytes));
    int code = Z_OK;
    std::string text = gzerror(file_.get(), &code);  // "path: reason"
    if (text.starts_with(path_ + ": ")) text.erase(0, path_.size() + 2);
    if (code == Z_BUF_ERROR) text = "the file is truncated";
    require<SystemError>(code != Z_ERRNO, path_, ": cannot read, ", std::strerror(errno));
    require<FormatError>(n >= 0 && (code == Z_OK || code == Z_STREAM_END), path_, ":", at_,
                         ": damaged gzip data, ", text, ". Fetch the file again");
    at_ += n;
    return static_cast<size_t>(n);
  }

 private:
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::remove_pointer_t<gzFile>, Close> file_;
  int64_t at_ = 0;
};

}  // namespace

IdxFile read_idx(const std::string& path, int rank) {
  GzipOrPlain file(path);
  uint8_t magic[4] = {};
  size_t got = file.read(magic, sizeof magic);
  require<FormatError>(got == sizeof magic && magic[0] == 0 && magic[1] == 0, path,
                       ":0: not an IDX file, it does not begin with two zero bytes and a type");
  require<FormatError>(magic[2] == 0x08, path, ":2: must hold unsigned bytes (type 8), got type ",
                       int{magic[2]});
  require<FormatError>(magic[3] == rank, path, ":3: must have ", rank, " dimensions, got ",
                       int{magic[3]});
  IdxFile out;
  int64_t size = 1;
  int64_t at = 4;
  for (int i = 0; i < rank; ++i, at += 4) {
    uint8_t d[4] = {};
    require<FormatError>(file.read(d, 4) == 4, path, ":", at, ": truncated within its header");
    int64_t extent = int64_t{d[0]} << 24 | int64_t{d[1]} << 16 | int64_t{d[2]} << 8 | int64_t{d[3]};
    require<FormatError>(extent > 0 && extent <= kMostBytes / size, path, ":", at, ": dimension ",
                         i, " is ", extent, ", which cannot be");
    size *= extent;
    out.shape.push_back(extent);
  }
  // Memory grows with what the file really holds, not with what its header promises.
  while (static_cast<int64_t>(out.bytes.size()) < size) {
    size_t have = out.bytes.size();
    size_t want = std::min<size_t>(static_cast<size_t>(size) - have, size_t{1} << 24);
    out.bytes.resize(have + want);
    size_t n = file.read(out.bytes.data() + have, want);
    require<FormatError>(n == want, path, ":", at + static_cast<int64_t>(have + n),
                         ": truncated, the header announces ", at + size,
                         " bytes. Fetch the file again");
  }
  char more;
  require<FormatError>(file.read(&more, 1) == 0, path, ":", at + size,
                       ": bytes follow the last of the ", at + size, " that the header announces");
  return out;
}

}  // namespace firesteel
