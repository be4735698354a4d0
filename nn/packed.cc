// SPDX-License-Identifier: Apache-2.0
#include "nn/packed.h"

#include <cstring>

namespace firesteel {

const void* PackedParams::get(int64_t offset, const Layout& layout) {
  if (layout.plain()) return source(offset);
  std::lock_guard lock(mutex_);
  for (const Copy& copy : copies_) {
    if (copy.offset == offset && copy.layout == layout) return copy.data;
  }
  constexpr size_t kAlign = 64;
  Copy copy{offset, layout, make_reorder(env_, Layout(layout.shape(), layout.dtype()), layout),
            std::make_unique_for_overwrite<std::byte[]>(layout.bytes() + kAlign), nullptr};
  auto address = reinterpret_cast<uintptr_t>(copy.storage.get());
  copy.data = copy.storage.get() + (kAlign - address % kAlign);
  // Blocked layouts have padding that must be zero and stays so.
  std::memset(copy.data, 0, layout.bytes());
  copy.reorder->run(source(offset), copy.data);
  copies_.push_back(std::move(copy));
  return copies_.back().data;
}

void PackedParams::refresh() {
  std::lock_guard lock(mutex_);
  for (Copy& copy : copies_) copy.reorder->run(source(copy.offset), copy.data);
}

}  // namespace firesteel
