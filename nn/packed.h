// SPDX-License-Identifier: Apache-2.0
// Copies of parameters in the layouts that operations want, shared by all plans of a process and
// refreshed once after each update of the flat buffer.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "backend/ops.h"

namespace firesteel {

class PackedParams {
 public:
  // values: the flat buffer, of elements of env.dtype.
  PackedParams(const Env& env, const void* values) : env_(env), values_(values) {}

  const void* values() const { return values_; }
  // The parameter at `offset` in `layout`; a plain layout is the flat buffer itself.
  const void* get(int64_t offset, const Layout& layout);
  void refresh();

 private:
  struct Copy {
    int64_t offset;
    Layout layout;
    std::unique_ptr<Reorder> reorder;
    std::unique_ptr<std::byte[]> storage;
    void* data;
  };
  const std::byte* source(int64_t offset) const {
    return static_cast<const std::byte*>(values_) +
           static_cast<size_t>(offset) * size_of(env_.dtype);
  }

  Env env_;
  const void* values_;
  std::mutex mutex_;
  std::vector<Copy> copies_;
};

}  // namespace firesteel
