// SPDX-License-Identifier: Apache-2.0
// Copies of parameters in the layouts that operations want, shared by all plans of a process and
// refreshed once after each update of the flat buffer.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backend/ops.h"
#include "core/buffer.h"
#include "core/collective.h"
#include "core/threads.h"

namespace firesteel {

class PackedParams {
 public:
  // values: the flat buffer, of elements of env.dtype.
  PackedParams(const Env& env, const void* values) : env_(env), values_(values) {}

  const void* values() const { return values_; }
  // The parameter at `offset` in `layout`; a plain layout of its type is the flat buffer itself.
  const void* get(int64_t offset, const Layout& layout);
  // Numbers that follow from parameters, in `layout`. fill writes them plain; the name says what
  // they are: two with one name and layout are the same.
  using Fill = std::function<void(void*)>;
  const void* derived(const std::string& name, const Layout& layout, Fill fill);
  // Forgets all copies: no plan may be left that has one.
  void clear();
  // All copies anew, by the threads of the crew.
  void refresh(Crew& crew);
  // Those of the parameters in a part of the flat buffer.
  void refresh(Slice part);

 private:
  struct Copy {
    int64_t offset;    // of the parameter; -1: derived
    std::string name;  // of what is derived
    Layout layout;
    Fill fill;
    std::unique_ptr<Reorder> reorder;
    AlignedBuffer storage;
  };
  // The copy of this parameter, or of this name; null: there is none yet.
  void* find(int64_t offset, const std::string& name, const Layout& layout) const;
  void* add(Copy copy);
  void update(Copy& copy) const;
  Layout flat(const Shape& shape) const { return Layout(shape, env_.dtype); }
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
