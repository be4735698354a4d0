// SPDX-License-Identifier: Apache-2.0
// The only header that shows oneDNN's types: formats as memory descriptors, and primitives with
// their arguments prepared once so that a run only sets pointers.
#pragma once

#include <dnnl.hpp>
#include <initializer_list>
#include <utility>
#include <vector>

#include "backend/layout.h"
#include "backend/ops.h"
#include "core/buffer.h"
#include "core/error.h"

namespace firesteel::onednn {

using dnnl::memory;

dnnl::engine& cpu();
// The calling thread's stream.
dnnl::stream& stream();

memory::data_type type_of(DType dtype);
memory::desc plain_desc(const Shape& shape, DType dtype = DType::f32);
memory::desc any_desc(const Shape& shape, DType dtype = DType::f32);
memory::desc desc_of(const Layout& layout);
// The layout of a descriptor; plain ones become plain Layouts.
Layout layout_of(const memory::desc& desc, const Shape& shape);

// Scratch is taken from the plan's arena, not from oneDNN's own pool.
dnnl::primitive_attr user_scratchpad();

// Runs `make` and turns dnnl::error into SystemError "oneDNN: <what>: <status>".
template <class Make>
auto guarded(const char* what, const Make& make) {
  try {
    return make();
  } catch (const dnnl::error& e) {
    fail<SystemError>("oneDNN: ", what, ": ", e.what());
  }
}

class Exec {
 public:
  Exec() = default;
  // arguments: index (DNNL_ARG_...) and format, in the order in which run() gets the pointers; the
  // last pointer is always the scratchpad.
  template <class PrimitiveDesc>
  Exec(const dnnl::primitive& primitive, const PrimitiveDesc& desc,
       std::initializer_list<std::pair<int, memory::desc>> arguments)
      : primitive_(primitive) {
    for (const auto& [index, format] : arguments) add(index, format);
    add(DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc());
    scratch_bytes_ = desc.scratchpad_desc().get_size();
  }

  size_t scratch_bytes() const { return scratch_bytes_; }
  void run(std::initializer_list<const void*> pointers);

 private:
  void add(int index, const memory::desc& format);

  dnnl::primitive primitive_;
  std::vector<memory> memories_;
  std::vector<dnnl_exec_arg_t> arguments_;
  std::vector<const void*> pointers_;  // that the memories have
  size_t scratch_bytes_ = 0;
};

}  // namespace firesteel::onednn
