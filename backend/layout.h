// SPDX-License-Identifier: Apache-2.0
// How the elements of a tensor lie in memory: plain (dense, row-major) or an opaque format that
// only its backend understands, such as a blocked one.
#pragma once

#include <memory>
#include <utility>

#include "core/dtype.h"
#include "core/shape.h"

namespace firesteel {

// Base of a backend's own description of a format.
struct Format {
  virtual ~Format() = default;
  virtual size_t bytes() const = 0;
  virtual bool same(const Format& other) const = 0;
  // Channels (second extent) side by side in memory where the format is dense but for that: 16 of
  // nChw16c, all of NHWC; 0: another format.
  virtual int64_t channel_block() const = 0;
  // The same format for another shape; null: it has none.
  virtual std::shared_ptr<const Format> of(const Shape& shape) const = 0;
};

class Layout {
 public:
  Layout() = default;
  // Plain.
  Layout(Shape shape, DType dtype) : shape_(std::move(shape)), dtype_(dtype) {}
  Layout(Shape shape, DType dtype, std::shared_ptr<const Format> format)
      : shape_(std::move(shape)), dtype_(dtype), format_(std::move(format)) {}

  bool plain() const { return !format_; }
  const Shape& shape() const { return shape_; }
  DType dtype() const { return dtype_; }
  const Format* format() const { return format_.get(); }
  // Elements in memory, padding of a blocked format included.
  int64_t elements() const { return static_cast<int64_t>(bytes() / size_of(dtype_)); }
  size_t bytes() const {
    return format_ ? format_->bytes() : static_cast<size_t>(numel(shape_)) * size_of(dtype_);
  }
  // 1: plain; see Format.
  int64_t channel_block() const { return format_ ? format_->channel_block() : 1; }
  // This layout for a tensor of another shape; plain where it has none.
  Layout of(const Shape& shape) const {
    return Layout(shape, dtype_, format_ ? format_->of(shape) : nullptr);
  }
  bool operator==(const Layout& other) const {
    if (shape_ != other.shape_ || dtype_ != other.dtype_) return false;
    if (!format_ || !other.format_) return format_ == other.format_;
    return format_->same(*other.format_);
  }

 private:
  Shape shape_;
  DType dtype_ = DType::f32;
  std::shared_ptr<const Format> format_;
};

}  // namespace firesteel
