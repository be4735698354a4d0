// SPDX-License-Identifier: Apache-2.0
// safetensors files: u64 header length, JSON header, tensors. Reading makes views and copies
// nothing, so a mapped file of any size costs only its header. Writing is deterministic: larger
// element types first (every tensor is aligned to its elements), then by name.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/dtype.h"
#include "core/shape.h"

namespace firesteel {

struct StoredTensor {
  DType dtype = DType::f32;
  Shape shape;
  std::string_view bytes;  // belong to the file; in files of others they may be unaligned
};

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, StoredTensor> tensors;
};

// Throws FormatError unless every byte of the file is accounted for; `where` names its origin.
TensorFile parse_safetensors(std::string_view file, const std::string& where);
std::string write_safetensors(const TensorFile& file);

// A file's bytes, mapped read-only for as long as the object lives.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  const char* data_ = nullptr;
  size_t size_ = 0;
};

// Replaces the file at path as a whole or leaves it as it was: temporary file, fsync, rename.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace firesteel
