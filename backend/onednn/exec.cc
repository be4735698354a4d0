// SPDX-License-Identifier: Apache-2.0
#include "backend/onednn/exec.h"

#include "backend/onednn/make.h"
#include "core/error.h"

namespace firesteel::onednn {
namespace {

memory::dims strides_of(const Shape& shape) {
  memory::dims strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

using Type = memory::data_type;
DType dtype_of(Type type) { return type == Type::bf16 ? DType::bf16 : DType::f32; }

// Whether channels x one to three spatial extents are there.
bool spatial(const Shape& shape) { return shape.size() >= 3 && shape.size() <= 5; }

// Images, sequences or volumes in blocks of channels; a block of 0 is all channels.
memory::desc image_desc(const Shape& shape, int64_t block, Type type) {
  using Tag = memory::format_tag;
  constexpr Tag kTags[][3] = {{Tag::nCw16c, Tag::nCw8c, Tag::nwc},
                              {Tag::nChw16c, Tag::nChw8c, Tag::nhwc},
                              {Tag::nCdhw16c, Tag::nCdhw8c, Tag::ndhwc}};
  const Tag* tags = kTags[shape.size() - 3];
  return memory::desc(shape, type, block == 16 ? tags[0] : block == 8 ? tags[1] : tags[2]);
}

struct DnnlFormat final : Format {
  explicit DnnlFormat(memory::desc d) : desc(std::move(d)) {}
  size_t bytes() const override { return desc.get_size(); }
  bool same(const Format& other) const override {
    auto* o = dynamic_cast<const DnnlFormat*>(&other);
    return o && o->desc == desc;
  }
  int64_t channel_block() const override {
    Shape shape = desc.get_dims();
    if (!spatial(shape)) return 0;
    for (int64_t block : {16, 8, 0}) {
      if (desc == image_desc(shape, block, desc.get_data_type()))
        return block > 0 ? block : shape[1];
    }
    return 0;
  }
  std::shared_ptr<const Format> of(const Shape& shape) const override {
    int64_t block = channel_block();
    if (block == 0 || !spatial(shape)) return nullptr;
    bool all = desc.get_inner_nblks() == 0;
    return std::make_shared<DnnlFormat>(image_desc(shape, all ? 0 : block, desc.get_data_type()));
  }
  memory::desc desc;
};

}  // namespace

Layout image_layout(const Shape& shape, int64_t block) {
  return layout_of(image_desc(shape, block, Type::f32), shape);
}

Layout channels_last(const Shape& shape, DType dtype) {
  return layout_of(image_desc(shape, 0, type_of(dtype)), shape);
}

Layout kernel_layout(const Shape& shape, int64_t block) {
  using Tag = memory::format_tag;
  Tag wide = shape.size() == 4 ? Tag::Oihw16o : Tag::Goihw16g;
  Tag narrow = shape.size() == 4 ? Tag::Oihw8o : Tag::Goihw8g;
  return layout_of(memory::desc(shape, Type::f32, block == 16 ? wide : narrow), shape);
}

memory::data_type type_of(DType dtype) { return dtype == DType::bf16 ? Type::bf16 : Type::f32; }

dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& stream() {
  thread_local dnnl::stream stream(cpu());
  return stream;
}

memory::desc plain_desc(const Shape& shape, DType dtype) {
  return memory::desc(shape, type_of(dtype), strides_of(shape));
}

memory::desc any_desc(const Shape& shape, DType dtype) {
  return memory::desc(shape, type_of(dtype), memory::format_tag::any);
}

memory::desc desc_of(const Layout& layout) {
  if (auto* format = dynamic_cast<const DnnlFormat*>(layout.format())) return format->desc;
  return plain_desc(layout.shape(), layout.dtype());
}

Layout layout_of(const memory::desc& desc, const Shape& shape) {
  DType dtype = dtype_of(desc.get_data_type());
  if (desc == plain_desc(shape, dtype)) return Layout(shape, dtype);
  return Layout(shape, dtype, std::make_shared<DnnlFormat>(desc));
}

dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

void Exec::add(int index, const memory::desc& format) {
  memories_.push_back(memory(format, cpu(), DNNL_MEMORY_NONE));
  arguments_.push_back({index, memories_.back().get()});
  pointers_.push_back(nullptr);
}

void Exec::run(std::initializer_list<const void*> pointers) {
  size_t i = 0;
  for (const void* pointer : pointers) {
    // oneDNN allocates when it is given a pointer, and in a plan they stay the same.
    if (pointers_[i] != pointer) {
      dnnl_memory_set_data_handle(arguments_[i].memory, const_cast<void*>(pointer));
      pointers_[i] = pointer;
    }
    ++i;
  }
  auto status = dnnl_primitive_execute(primitive_.get(), stream().get(),
                                       static_cast<int>(arguments_.size()), arguments_.data());
  require<SystemError>(status == dnnl_success, "oneDNN: a primitive failed with status ",
                       static_cast<int>(status));
}

}  // namespace firesteel::onednn
