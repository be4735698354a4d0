// SPDX-License-Identifier: Apache-2.0
// Floats that begin as zeros. The memory of many takes its pages as they are first written, so that a
// buffer of which a worker uses a part costs no more than that part.
#pragma once

#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace firesteel {

class ZeroedFloats {
 public:
  ZeroedFloats() = default;
  explicit ZeroedFloats(size_t count)
      : data_(static_cast<float*>(std::calloc(count ? count : 1, sizeof(float)))), count_(count) {
    if (!data_) throw std::bad_alloc();
  }

  float* data() const { return data_.get(); }
  size_t size() const { return count_; }
  std::span<float> span() const { return {data_.get(), count_}; }

 private:
  struct Free {
    void operator()(float* data) const { std::free(data); }
  };
  std::unique_ptr<float, Free> data_;
  size_t count_ = 0;
};

}  // namespace firesteel
