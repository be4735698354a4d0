// SPDX-License-Identifier: Apache-2.0
// GlobalAvgPool2d: y[c] = mean of x[c] over height and width.
#include <algorithm>

#include "nn/layers/pooling/pooling.h"

namespace firesteel {

struct GlobalAvgPool2d final : LayerOf<GlobalAvgPool2d> {
  static constexpr auto schema() {
    return Schema{"GlobalAvgPool2d", "pooling",
                  "Takes the mean of each channel of an image; a row "
                  "of one number per channel results."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4, 5}}}; }

  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    return {{in[0][0], in[0][1]}};
  }
  void prepare(Prepare& p) const override {
    int64_t block = p.offered().channel_block();
    bool fits = block > 0 && p.offered().dtype() == p.env().dtype;
    if (fits) p.take_as_offered();
    p.keep(std::make_unique<Blocks>(p.in(), fits ? block : 1));
  }

  void forward(Run& r) const override {
    auto& blocks = r.op<Blocks>();
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
    auto& blocks = r.op<Blocks>();
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

 private:
  // An image as blocks of channels that are side by side in memory: Format::channel_block().
  struct Blocks {
    int64_t rows, channels, plane, block;
    Blocks(const Shape& image, int64_t size)
        : rows(image[0]), channels(image[1]), plane(image[2] * image[3]), block(size) {}

    // body(first channel's place in the output, how many, first element in the input)
    template <class Body>
    void each(const Body& body) const {
      int64_t blocks = (channels + block - 1) / block;
      for (int64_t n = 0; n < rows; ++n) {
        for (int64_t b = 0; b < blocks; ++b) {
          body(n * channels + b * block, std::min(block, channels - b * block),
               (n * blocks + b) * plane * block);
        }
      }
    }
  };
};
FIRESTEEL_LAYER(GlobalAvgPool2d);

}  // namespace firesteel
