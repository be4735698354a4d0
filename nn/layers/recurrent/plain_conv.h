// SPDX-License-Identifier: Apache-2.0
// A convolution of plain images inside a layer: copies them into the formats that the operation
// wants, and back.
#pragma once

#include <memory>

#include "backend/ops.h"
#include "core/buffer.h"

namespace firesteel {

class PlainConv {
 public:
  PlainConv(const Env& env, const ConvSpec& spec)
      : conv_(make_conv(env, spec, Layout(spec.src, env.dtype))),
        src_(env, Layout(spec.src, env.dtype), conv_->src),
        dst_(env, Layout(spec.dst, env.dtype), conv_->dst) {}

  const Layout& weights() const { return conv_->weights; }
  const Layout& weights_backward() const { return conv_->weights_backward; }
  size_t scratch_bytes() const { return src_.bytes + dst_.bytes + conv_->scratch_bytes; }

  void forward(const void* src, const void* weights, const void* bias, void* dst, void* scratch) {
    Room room = room_of(scratch);
    void* to = dst_.place(dst, room.dst);
    conv_->forward(src_.read(src, room.src), weights, bias, to, room.rest);
    dst_.written(to, dst);
  }
  void backward_data(const void* diff_dst, const void* weights, void* diff_src, void* scratch) {
    Room room = room_of(scratch);
    void* to = src_.place(diff_src, room.src);
    conv_->backward_data(dst_.read(diff_dst, room.dst), weights, to, room.rest);
    src_.written(to, diff_src);
  }
  void backward_weights(const void* src, const void* diff_dst, void* diff_weights, void* diff_bias,
                        void* scratch) {
    Room room = room_of(scratch);
    conv_->backward_weights(src_.read(src, room.src), dst_.read(diff_dst, room.dst), diff_weights,
                            diff_bias, room.rest);
  }

 private:
  // Images that lie plain outside and may have another format inside.
  struct Side {
    Side(const Env& env, const Layout& plain, const Layout& wanted) {
      if (plain == wanted) return;
      bytes = whole_lines(wanted.bytes());
      in = make_reorder(env, plain, wanted);
      out = make_reorder(env, wanted, plain);
    }
    const void* read(const void* outside, void* inside) const {
      if (!in) return outside;
      in->run(outside, inside);
      return inside;
    }
    void* place(void* outside, void* inside) const { return out ? inside : outside; }
    void written(const void* inside, void* outside) const {
      if (out) out->run(inside, outside);
    }
    size_t bytes = 0;
    std::unique_ptr<Reorder> in, out;
  };
  struct Room {
    void *src, *dst, *rest;
  };
  Room room_of(void* scratch) const {
    auto* at = static_cast<std::byte*>(scratch);
    return {at, at + src_.bytes, at + src_.bytes + dst_.bytes};
  }

  std::unique_ptr<Conv> conv_;
  Side src_, dst_;
};

}  // namespace firesteel
