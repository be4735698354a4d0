// SPDX-License-Identifier: Apache-2.0
// What pooling over all positions shares, in one, two and three dimensions.
#pragma once

#include <algorithm>
#include <limits>

#include "nn/layer.h"
#include "nn/window.h"

namespace firesteel {

// A tensor as blocks of channels that are side by side in memory: Format::channel_block().
struct ChannelBlocks {
  int64_t rows, channels, plane, block;

  ChannelBlocks(const Shape& shape, int64_t size)
      : rows(shape[0]), channels(shape[1]), plane(numel(shape) / (rows * channels)), block(size) {}

  // body(first channel's place in the output, how many, first element in the input)
  template <class Body>
  void each(const Body& body) const {
    int64_t blocks = (channels + block - 1) / block;
    for_each_plane(rows * blocks, plane * block, [&](int64_t at) {
      int64_t n = at / blocks, b = at % blocks;
      body(n * channels + b * block, std::min(block, channels - b * block), at * plane * block);
    });
  }
};

template <size_t kSpatial>
struct GlobalLayer : Layer {
  static Sample sample() {
    constexpr int64_t kExtents[] = {4, 5, 2};
    Shape in = {2, 3};
    in.insert(in.end(), kExtents, kExtents + kSpatial);
    return {.attrs = {}, .in = {in}};
  }
  Shapes infer(const Shapes& in) const override {
    require_spatial(in[0], kSpatial);
    return {{in[0][0], in[0][1]}};
  }
  void prepare(Prepare& p) const override {
    int64_t block = p.offered().channel_block();
    bool fits = block > 0 && p.offered().dtype() == p.env().dtype;
    if (fits) p.take_as_offered();
    p.keep(std::make_unique<ChannelBlocks>(p.in(), fits ? block : 1));
  }
};

template <size_t kSpatial>
struct GlobalMean : GlobalLayer<kSpatial> {
  void forward(Run& r) const override {
    auto& blocks = r.op<ChannelBlocks>();
    by_dtype(r.dtype(), [&]<class T>() {
      blocks.each([&](int64_t c, int64_t count, int64_t begin) {
        auto* x = static_cast<const T*>(r.x()) + begin;
        auto* y = static_cast<T*>(r.y()) + c;
        std::fill_n(y, count, T(0));
        for (int64_t p = 0; p < blocks.plane; ++p, x += blocks.block) {
          for (int64_t i = 0; i < count; ++i) y[i] += x[i];
        }
        for (int64_t i = 0; i < count; ++i) y[i] /= static_cast<T>(blocks.plane);
      });
    });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    auto& blocks = r.op<ChannelBlocks>();
    by_dtype(r.dtype(), [&]<class T>() {
      blocks.each([&](int64_t c, int64_t count, int64_t begin) {
        auto* dy = static_cast<const T*>(r.dy()) + c;
        auto* dx = static_cast<T*>(r.dx()) + begin;
        for (int64_t p = 0; p < blocks.plane; ++p, dx += blocks.block) {
          for (int64_t i = 0; i < count; ++i) dx[i] = dy[i] / static_cast<T>(blocks.plane);
          // A block's places without a channel are zero.
          std::fill(dx + count, dx + blocks.block, T(0));
        }
      });
    });
  }
};

template <size_t kSpatial>
struct GlobalMaximum : GlobalLayer<kSpatial> {
  void prepare(Prepare& p) const override {
    GlobalLayer<kSpatial>::prepare(p);
    // The place of each maximum in its plane.
    auto places = static_cast<size_t>(numel(p.out())) * sizeof(int32_t);
    p.training() ? p.save(places) : p.scratch(places);
  }

  void forward(Run& r) const override {
    auto& blocks = r.op<ChannelBlocks>();
    auto* places = static_cast<int32_t*>(r.training() ? r.saved() : r.scratch());
    by_dtype(r.dtype(), [&]<class T>() {
      blocks.each([&](int64_t c, int64_t count, int64_t begin) {
        auto* x = static_cast<const T*>(r.x()) + begin;
        auto* y = static_cast<T*>(r.y()) + c;
        auto* place = places + c;
        std::copy_n(x, count, y);
        std::fill_n(place, count, 0);
        for (int64_t p = 1; p < blocks.plane; ++p) {
          x += blocks.block;
          for (int64_t i = 0; i < count; ++i) {
            bool more = x[i] > y[i];
            y[i] = more ? x[i] : y[i];
            place[i] = more ? static_cast<int32_t>(p) : place[i];
          }
        }
      });
    });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    auto& blocks = r.op<ChannelBlocks>();
    by_dtype(r.dtype(), [&]<class T>() {
      blocks.each([&](int64_t c, int64_t count, int64_t begin) {
        auto* dy = static_cast<const T*>(r.dy()) + c;
        auto* dx = static_cast<T*>(r.dx()) + begin;
        auto* place = static_cast<const int32_t*>(r.saved()) + c;
        std::fill_n(dx, blocks.plane * blocks.block, T(0));
        for (int64_t i = 0; i < count; ++i) dx[place[i] * blocks.block + i] = dy[i];
      });
    });
  }
};

}  // namespace firesteel
