// SPDX-License-Identifier: Apache-2.0
#include "core/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"

namespace firesteel {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr uint64_t kMostHeader = 100'000'000;
constexpr size_t kPrefix = sizeof(uint64_t);
constexpr std::string_view kMetadata = "__metadata__";

struct Name {
  DType dtype;
  std::string_view name;
};
constexpr Name kNames[] = {{DType::f32, "F32"}, {DType::f64, "F64"}, {DType::bf16, "BF16"},
                           {DType::f16, "F16"}, {DType::u8, "U8"},   {DType::s8, "I8"},
                           {DType::s32, "I32"}, {DType::s64, "I64"}};

std::string_view stored_name(DType dtype) {
  for (const Name& n : kNames) {
    if (n.dtype == dtype) return n.name;
  }
  return "";
}

struct Entry {
  std::optional<DType> dtype;
  std::optional<std::vector<uint64_t>> shape;
  std::optional<std::vector<uint64_t>> offsets;
};

// Takes the header's JSON event by event, so that nothing but what a header may hold is stored.
// The callbacks' names are nlohmann's.
class HeaderReader {
 public:
  using Json = nlohmann::json;
  std::map<std::string, std::string> metadata;
  std::map<std::string, Entry> entries;
  std::string error;

  bool start_object(size_t) {
    if (depth_ == 0) return ++depth_, true;
    if (depth_ != 1) return unexpected("an object");
    ++depth_;
    if (key_ == kMetadata) return !std::exchange(has_metadata_, true) || duplicate(key_);
    name_ = key_;
    return entries.emplace(name_, Entry{}).second || duplicate(name_);
  }
  bool key(std::string& key) {
    key_ = key;
    return true;
  }
  bool end_object() {
    if (--depth_ == 1) name_.clear();
    return true;
  }
  bool start_array(size_t) {
    if (depth_ != 2 || name_.empty() || list_) return unexpected("a list");
    Entry& entry = entries[name_];
    auto* list = key_ == "shape" ? &entry.shape : key_ == "data_offsets" ? &entry.offsets : nullptr;
    if (!list) return unexpected("a list");
    if (*list) return duplicate(key_);
    list_ = &list->emplace();
    return true;
  }
  bool end_array() {
    list_ = nullptr;
    return true;
  }
  bool string(std::string& text) {
    if (list_ || depth_ != 2) return unexpected("a string");
    if (name_.empty()) return metadata.emplace(key_, text).second || duplicate(key_);
    if (key_ != "dtype") return unexpected("a string");
    Entry& entry = entries[name_];
    if (entry.dtype) return duplicate(key_);
    for (const Name& n : kNames) {
      if (n.name == text) entry.dtype = n.dtype;
    }
    return entry.dtype || failed(cat("tensor '", name_, "' has dtype '", text,
                                     "'; Firesteel reads F32, F64, BF16, F16, U8, I8, I32, I64"));
  }
  bool number_unsigned(uint64_t value) {
    if (!list_) return unexpected("a number");
    list_->push_back(value);
    return true;
  }
  bool number_integer(int64_t) { return unexpected("a negative number"); }
  bool number_float(double, const std::string&) { return unexpected("a fraction"); }
  bool boolean(bool) { return unexpected("a truth value"); }
  bool null() { return unexpected("null"); }
  bool binary(Json::binary_t&) { return unexpected("binary data"); }
  bool parse_error(size_t at, const std::string&, const nlohmann::detail::exception&) {
    return failed(cat("header is not JSON, at byte ", kPrefix + at));
  }

 private:
  bool failed(std::string text) {
    if (error.empty()) error = std::move(text);
    return false;
  }
  bool duplicate(const std::string& key) { return failed(cat("'", key, "' appears twice")); }
  bool unexpected(std::string_view what) {
    return failed(cat("header has ", what, " where none belongs",
                      key_.empty() ? "" : cat(", at '", key_, "'"),
                      name_.empty() ? "" : cat(" of tensor '", name_, "'")));
  }

  int depth_ = 0;
  bool has_metadata_ = false;
  std::string key_, name_;
  std::vector<uint64_t>* list_ = nullptr;
};

std::string_view header_of(std::string_view file, const std::string& where) {
  require<FormatError>(file.size() >= kPrefix, where, ":0: not a safetensors file, it has only ",
                       file.size(), " bytes");
  uint64_t length;
  std::memcpy(&length, file.data(), kPrefix);
  require<FormatError>(length <= kMostHeader, where,
                       ":0: not a safetensors file, its header would have ", length, " bytes");
  require<FormatError>(length <= file.size() - kPrefix, where, ":0: truncated, the header has ",
                       length, " bytes and the file only ", file.size(), ". Copy the file again");
  auto header = file.substr(kPrefix, length);
  require<FormatError>(header.starts_with('{'), where, ":", kPrefix,
                       ": not a safetensors file, its header is not a JSON object");
  return header;
}

// The tensor's byte count from dtype and shape, or nothing when it has no 63-bit number.
std::optional<uint64_t> bytes_of(DType dtype, const std::vector<uint64_t>& shape) {
  uint64_t bytes = size_of(dtype);
  bool fits = true;
  for (uint64_t d : shape) {
    fits = fits && d <= uint64_t{std::numeric_limits<int64_t>::max()};
    fits = fits && !__builtin_mul_overflow(bytes, d, &bytes);
  }
  if (!fits || bytes > uint64_t{std::numeric_limits<int64_t>::max()}) return std::nullopt;
  return bytes;
}

StoredTensor checked(const std::string& name, const Entry& entry, std::string_view data,
                     const std::string& where) {
  auto here = [&] { return cat(where, ": tensor '", name, "'"); };
  require<FormatError>(entry.dtype && entry.shape && entry.offsets, here(),
                       " needs dtype, shape and data_offsets");
  require<FormatError>(entry.offsets->size() == 2, here(), ": data_offsets must be two numbers");
  uint64_t begin = (*entry.offsets)[0], end = (*entry.offsets)[1];
  require<FormatError>(begin <= end && end <= data.size(), here(), ": data_offsets ",
                       *entry.offsets, " lie outside the ", data.size(),
                       " bytes of data. The file is truncated or damaged; copy it again");
  auto bytes = bytes_of(*entry.dtype, *entry.shape);
  require<FormatError>(bytes && *bytes == end - begin, here(), ": ", stored_name(*entry.dtype),
                       *entry.shape, " does not have ", end - begin, " bytes");
  return {*entry.dtype, Shape(entry.shape->begin(), entry.shape->end()),
          data.substr(begin, end - begin)};
}

void require_no_gaps(const std::map<std::string, Entry>& entries, uint64_t data_bytes,
                     const std::string& where) {
  struct Range {
    uint64_t begin, end;
    const std::string* name;
  };
  std::vector<Range> ranges;
  for (const auto& [name, e] : entries) ranges.push_back({(*e.offsets)[0], (*e.offsets)[1], &name});
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  uint64_t at = 0;
  for (const Range& r : ranges) {
    require<FormatError>(r.begin >= at, where, ": tensor '", *r.name,
                         "' overlaps another at data offset ", r.begin);
    require<FormatError>(r.begin == at, where, ": nobody owns the bytes from data offset ", at,
                         " to ", r.begin);
    at = r.end;
  }
  require<FormatError>(at == data_bytes, where, ": ", data_bytes - at,
                       " bytes after the last tensor belong to nobody");
}

std::string quoted(const std::string& text, std::string_view what) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    fail<FormatError>("safetensors: ", what, " is not UTF-8");
  }
}

[[noreturn]] void fail_with_errno(const std::string& path, std::string_view what) {
  fail<SystemError>(path, ": ", what, ", ", std::strerror(errno));
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

}  // namespace

TensorFile parse_safetensors(std::string_view file, const std::string& where) {
  auto header = header_of(file, where);
  auto data = file.substr(kPrefix + header.size());
  HeaderReader reader;
  bool read = nlohmann::json::sax_parse(header.begin(), header.end(), &reader);
  require<FormatError>(read, where, ": ", reader.error);
  TensorFile out{std::move(reader.metadata), {}};
  for (const auto& [name, entry] : reader.entries) {
    out.tensors.emplace_hint(out.tensors.end(), name, checked(name, entry, data, where));
  }
  require_no_gaps(reader.entries, data.size(), where);
  return out;
}

std::string write_safetensors(const TensorFile& file) {
  std::vector<const std::pair<const std::string, StoredTensor>*> order;
  for (const auto& item : file.tensors) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) {
    return size_of(a->second.dtype) > size_of(b->second.dtype);
  });

  std::string out(kPrefix, '\0');
  out += '{';
  auto comma = [&] { out += out.size() > kPrefix + 1 ? "," : ""; };
  if (!file.metadata.empty()) {
    append(out, cat('"', kMetadata, "\":"));
    char before = '{';
    for (const auto& [key, value] : file.metadata) {
      append(out, cat(std::exchange(before, ','), quoted(key, "a metadata key"), ":",
                      quoted(value, cat("metadata '", key, "'"))));
    }
    out += '}';
  }
  uint64_t at = 0;
  for (const auto* item : order) {
    const auto& [name, tensor] = *item;
    require<FormatError>(name != kMetadata, "safetensors: a tensor cannot be called ", kMetadata);
    std::vector<uint64_t> shape(tensor.shape.begin(), tensor.shape.end());
    auto bytes = bytes_of(tensor.dtype, shape);
    require<FormatError>(bytes && *bytes == tensor.bytes.size(), "safetensors: tensor '", name,
                         "': ", stored_name(tensor.dtype), tensor.shape, " does not have ",
                         tensor.bytes.size(), " bytes");
    comma();
    append(out,
           cat(quoted(name, "a tensor's name"), ":{\"dtype\":\"", stored_name(tensor.dtype),
               "\",\"shape\":", tensor.shape, ",\"data_offsets\":[", at, ",", at + *bytes, "]}"));
    at += *bytes;
  }
  out += '}';
  out.resize((out.size() + 7) / 8 * 8, ' ');
  uint64_t length = out.size() - kPrefix;
  require<FormatError>(length <= kMostHeader, "safetensors: the header would have ", length,
                       " bytes, more than the format's ", kMostHeader);
  std::memcpy(out.data(), &length, kPrefix);
  out.reserve(out.size() + at);
  for (const auto* item : order) out += item->second.bytes;
  return out;
}

MappedFile::MappedFile(const std::string& path) : path_(path) {
  Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) fail_with_errno(path, "cannot open");
  struct stat info{};
  if (fstat(file.fd, &info) != 0) fail_with_errno(path, "cannot read");
  require<SystemError>(S_ISREG(info.st_mode), path, ": cannot read, not a file");
  if (info.st_size == 0) return;
  size_t size = static_cast<size_t>(info.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (data == MAP_FAILED) fail_with_errno(path, "cannot map");
  data_ = static_cast<const char*>(data);
  size_ = size;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_) munmap(const_cast<char*>(data_), size_);
}

void write_file(const std::string& path, std::string_view bytes) {
  static std::atomic<int> count{0};
  struct stat info{};
  // What is no file (a pipe, /dev/null) cannot be replaced, only written to.
  bool replace = stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode);
  std::string target = replace ? cat(path, ".", getpid(), "-", ++count, ".tmp") : path;
  int flags = O_WRONLY | O_CLOEXEC | (replace ? O_CREAT | O_EXCL : O_TRUNC);
  Descriptor file{open(target.c_str(), flags, 0666)};
  if (file.fd < 0) fail_with_errno(path, "cannot write");
  auto give_up = [&] {
    int why = errno;
    if (replace) unlink(target.c_str());
    errno = why;
    fail_with_errno(path, "cannot write");
  };
  for (auto rest = bytes; !rest.empty();) {
    ssize_t n = write(file.fd, rest.data(), std::min<size_t>(rest.size(), 1 << 30));
    if (n < 0 && errno != EINTR) give_up();
    if (n > 0) rest.remove_prefix(static_cast<size_t>(n));
  }
  if (!replace) return;
  if (fsync(file.fd) != 0 || rename(target.c_str(), path.c_str()) != 0) give_up();
  auto slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  Descriptor directory{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.fd >= 0) fsync(directory.fd);
}

}  // namespace firesteel
