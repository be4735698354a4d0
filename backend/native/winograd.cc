// SPDX-License-Identifier: Apache-2.0
// 3x3 convolutions by minimal filtering: see backend/kernels/winograd.h.
#include <algorithm>

#include "backend/kernels/winograd.h"
#include "backend/native/make.h"
#include "backend/native/own_format.h"
#include "backend/onednn/make.h"
#include "core/buffer.h"
#include "core/threads.h"

namespace firesteel::native {
namespace {

using kernels::kPlaces;
using kernels::TileRange;
using kernels::WinogradShape;
using kernels::WinogradTable;

const WinogradTable* table() { return kernels::winograd(); }

class TransformKernels final : public Reorder {
 public:
  TransformKernels(int64_t in, int64_t out, bool turned) : in_(in), out_(out), turned_(turned) {}
  void run(const void* src, void* dst) override {
    table()->transform_kernels(f32(src), in_, out_, turned_, f32(dst));
  }

 private:
  int64_t in_, out_;
  bool turned_;
};

// Kernels as 36 matrices of in x out channels.
struct TransformedKernels final : OwnFormat {
  TransformedKernels(const Shape& kernels, bool turn)
      : in(kernels[turn ? 0 : 1]), out(kernels[turn ? 1 : 0]), turned(turn) {}
  size_t bytes() const override { return static_cast<size_t>(kPlaces * in * out) * sizeof(float); }
  bool same(const Format& other) const override {
    auto* o = dynamic_cast<const TransformedKernels*>(&other);
    return o && o->in == in && o->out == out && o->turned == turned;
  }
  std::unique_ptr<Reorder> from_plain() const override {
    return std::make_unique<TransformKernels>(in, out, turned);
  }

  int64_t in, out;
  bool turned;  // those of the input's gradient
};

// How many tiles are transformed before they are multiplied. Many, so that the kernels are read
// from far away seldom; but transformed tiles should still be near when they are multiplied.
int64_t room_of(const WinogradShape& s, int64_t parts) {
  constexpr int64_t kNear = int64_t{1} << 20;
  auto matrix = static_cast<int64_t>(sizeof(float)) * kPlaces;
  int64_t tiles = std::max(kNear, matrix * s.in * s.out) / (matrix * (s.in + s.out));
  tiles = std::min(tiles, (s.tiles() + parts - 1) / parts);
  int64_t step = table()->tiles;
  return std::max<int64_t>(1, (tiles + step - 1) / step) * step;
}

// Bytes of transformed tiles that threads can hand to each other, for each of them.
constexpr size_t kShared = size_t{4} << 20;

class WinogradConv final : public Conv {
 public:
  WinogradConv(const Env& env, const ConvSpec& spec) : tail_(spec.tail), parts_(threads()) {
    there_ = {.rows = spec.src[0],
              .in = spec.src[1],
              .out = spec.dst[1],
              .height = spec.src[2],
              .width = spec.src[3],
              .out_height = spec.dst[2],
              .out_width = spec.dst[3],
              .pad_height = spec.padding[0],
              .pad_width = spec.padding[1]};
    // The gradient of the input is the convolution of the output's with the turned kernels.
    back_ = {.rows = there_.rows,
             .in = there_.out,
             .out = there_.in,
             .height = there_.out_height,
             .width = there_.out_width,
             .out_height = there_.height,
             .out_width = there_.width,
             .pad_height = 2 - there_.pad_height,
             .pad_width = 2 - there_.pad_width};
    Shape kernels = {there_.out, there_.in, 3, 3};
    int block = table()->lanes;
    src = onednn::image_layout(spec.src, block);
    dst = onednn::image_layout(spec.dst, block);
    auto layout = [&](bool turned) {
      return Layout(kernels, DType::f32, std::make_shared<TransformedKernels>(kernels, turned));
    };
    weights = layout(false);
    room_ = room_of(there_, parts_);
    scratch_bytes = convolve_bytes(there_, room_);
    if (!env.training) return;
    weights_backward = layout(true);
    back_room_ = room_of(back_, parts_);
    size_t gradient = whole_lines(weights.bytes()) + part_bytes(there_, room_ * parts_);
    scratch_bytes = std::max({scratch_bytes, convolve_bytes(back_, back_room_), gradient});
  }

  void forward(const void* x, const void* w, const void* b, void* y, void* scratch) override {
    convolve(there_, room_, f32(x), f32(w), f32(b), tail_, f32(y), scratch);
  }

  void backward_data(const void* dy, const void* w, void* dx, void* scratch) override {
    convolve(back_, back_room_, f32(dy), f32(w), nullptr, {}, f32(dx), scratch);
  }

  void backward_weights(const void* x, const void* dy, void* dw, void* db, void* scratch) override {
    const WinogradShape& s = there_;
    int64_t lanes = table()->lanes, room = room_ * parts_;
    float* du = f32(scratch);
    float* v = du + whole_lines(weights.bytes()) / sizeof(float);
    float* dm = v + kPlaces * room * s.in;
    for (int64_t begin = 0; begin < s.tiles(); begin += room) {
      TileRange range{begin, std::min(begin + room, s.tiles()), room};
      parallel_for(range.end - begin, table()->tiles, [&](int64_t from, int64_t to) {
        TileRange part{begin + from, begin + to, room};
        table()->transform_input(s, f32(x), part, v + from * lanes);
        table()->transform_gradient(s, f32(dy), part, dm + from * lanes);
      });
      parallel_for(kPlaces, 1, [&](int64_t from, int64_t to) {
        table()->accumulate(s, v, dm, range, begin == 0, from, to, du);
      });
    }
    table()->transform_kernel_gradient(du, s.in, s.out, f32(dw));
    if (db) table()->sum_pixels(s, f32(dy), f32(db));
  }

 private:
  static size_t part_bytes(const WinogradShape& s, int64_t room) {
    return static_cast<size_t>(kPlaces * room * (s.in + s.out)) * sizeof(float);
  }

  // Whether all transformed tiles are near enough for the threads to share them.
  bool together(const WinogradShape& s) const {
    return parts_ > 1 && part_bytes(s, s.tiles()) <= static_cast<size_t>(parts_) * kShared;
  }

  size_t convolve_bytes(const WinogradShape& s, int64_t room) const {
    if (together(s)) return part_bytes(s, s.tiles());
    return static_cast<size_t>(parts_) * part_bytes(s, room);
  }

  void convolve(const WinogradShape& s, int64_t room, const float* x, const float* u,
                const float* bias, Tail tail, float* y, void* scratch) const {
    if (together(s)) return convolve_together(s, x, u, bias, tail, y, scratch);
    int64_t blocks = (s.tiles() + room - 1) / room, parts = std::min(parts_, blocks);
    parallel_for(parts, 1, [&](int64_t from, int64_t to) {
      for (int64_t part = from; part < to; ++part) {
        float* v = f32(scratch) + static_cast<size_t>(part) * part_bytes(s, room) / sizeof(float);
        float* m = v + kPlaces * room * s.in;
        for (int64_t b = blocks * part / parts; b < blocks * (part + 1) / parts; ++b) {
          TileRange range{b * room, std::min((b + 1) * room, s.tiles()), room};
          table()->transform_input(s, x, range, v);
          table()->multiply(s, v, u, range, 0, kPlaces, m);
          table()->transform_output(s, m, range, bias, tail.sum, tail.relu, tail.most, y);
        }
      }
    });
  }

  // All tiles at once, so that each thread reads its share of the kernels only.
  static void convolve_together(const WinogradShape& s, const float* x, const float* u,
                                const float* bias, Tail tail, float* y, void* scratch) {
    int64_t tiles = s.tiles(), lanes = table()->lanes;
    float* v = f32(scratch);
    float* m = v + kPlaces * tiles * s.in;
    parallel_for(tiles, 1, [&](int64_t from, int64_t to) {
      table()->transform_input(s, x, {from, to, tiles}, v + from * lanes);
    });
    parallel_for(kPlaces, 1, [&](int64_t from, int64_t to) {
      table()->multiply(s, v, u, {0, tiles, tiles}, from, to, m);
    });
    parallel_for(tiles, 1, [&](int64_t from, int64_t to) {
      table()->transform_output(s, m + from * lanes, {from, to, tiles}, bias, tail.sum, tail.relu,
                                tail.most, y);
    });
  }

  WinogradShape there_, back_;
  Tail tail_;
  int64_t parts_, room_ = 0, back_room_ = 0;
};

// Whether it pays: the kernels are four times as large as before, so there must be tiles enough to
// use them on, also for what is read and kept of them. In training they are made anew for each
// step, twice, and the gradient's besides.
bool suits(const Env& env, const ConvSpec& spec) {
  constexpr int64_t kLeastTiles = 12;
  const Dims three = {3, 3}, one = {1, 1};
  if (!table() || spec.kernel != three || spec.stride != one || spec.dilation != one) return false;
  if (spec.transposed || spec.end() != spec.padding) return false;
  if (spec.groups != 1 || std::max(spec.padding[0], spec.padding[1]) > 2) return false;
  int64_t lanes = table()->lanes, in = spec.src[1], out = spec.dst[1];
  WinogradShape s{.rows = spec.dst[0], .out_height = spec.dst[2], .out_width = spec.dst[3]};
  if (in % lanes != 0 || out % lanes != 0 || s.tiles() < kLeastTiles) return false;
  return (env.training ? 5 : 20) * s.tiles() * (in + out) >= 2 * in * out;
}

}  // namespace

std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec) {
  if (!env.winograd || env.values() != DType::f32 || !suits(env, spec)) return nullptr;
  return std::make_unique<WinogradConv>(env, spec);
}

}  // namespace firesteel::native
