// SPDX-License-Identifier: Apache-2.0
#include "nn/packed.h"

#include <atomic>
#include <cstring>

namespace firesteel {

void PackedParams::update(Copy& copy) const {
  if (!copy.fill) return copy.reorder->run(source(copy.offset), copy.storage.data());
  AlignedBuffer plain(flat(copy.layout.shape()).bytes());
  copy.fill(plain.data());
  copy.reorder->run(plain.data(), copy.storage.data());
}

void* PackedParams::find(int64_t offset, const std::string& name, const Layout& layout) const {
  for (const Copy& copy : copies_) {
    if (copy.offset == offset && copy.name == name && copy.layout == layout) {
      return copy.storage.data();
    }
  }
  return nullptr;
}

void* PackedParams::add(Copy copy) {
  const Layout& layout = copy.layout;
  copy.reorder = make_reorder(env_, flat(layout.shape()), layout);
  copy.storage = AlignedBuffer(layout.bytes());
  // Blocked layouts have padding that must be zero and stays so.
  std::memset(copy.storage.data(), 0, layout.bytes());
  update(copy);
  copies_.push_back(std::move(copy));
  return copies_.back().storage.data();
}

const void* PackedParams::get(int64_t offset, const Layout& layout) {
  if (layout == flat(layout.shape())) return source(offset);
  std::lock_guard lock(mutex_);
  if (const void* found = find(offset, {}, layout)) return found;
  return add({.offset = offset, .layout = layout});
}

const void* PackedParams::derived(const std::string& name, const Layout& layout, Fill fill) {
  std::lock_guard lock(mutex_);
  if (const void* found = find(-1, name, layout)) return found;
  return add({.offset = -1, .name = name, .layout = layout, .fill = std::move(fill)});
}

void PackedParams::clear() {
  std::lock_guard lock(mutex_);
  copies_.clear();
}

void PackedParams::refresh(Crew& crew) {
  std::lock_guard lock(mutex_);
  std::atomic<size_t> next{0};
  crew.run([&](int) {
    for (size_t i = next++; i < copies_.size(); i = next++) update(copies_[i]);
  });
}

void PackedParams::refresh(Slice part) {
  std::lock_guard lock(mutex_);
  for (Copy& copy : copies_) {
    if (copy.offset >= part.begin && copy.offset < part.end) update(copy);
  }
}

}  // namespace firesteel
