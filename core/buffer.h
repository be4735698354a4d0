// SPDX-License-Identifier: Apache-2.0
// Memory that starts at a cache line, as vector instructions like it best.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace firesteel {

constexpr size_t kCacheLine = 64;

// `bytes` rounded up to whole cache lines.
constexpr size_t whole_lines(size_t bytes) {
  return (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
}

// Not initialized.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t bytes)
      : data_(static_cast<std::byte*>(
            ::operator new(whole_lines(bytes), std::align_val_t{kCacheLine}))),
        bytes_(bytes) {}

  std::byte* data() const { return data_.get(); }
  size_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(std::byte* data) const {
      ::operator delete(data, std::align_val_t{kCacheLine});
    }
  };
  std::unique_ptr<std::byte, Free> data_;
  size_t bytes_ = 0;
};

}  // namespace firesteel
