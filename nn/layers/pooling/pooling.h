// SPDX-License-Identifier: Apache-2.0
// What the pooling layers share.
#pragma once

#include "nn/layer.h"
#include "nn/window.h"

namespace firesteel {

// kernel, stride and padding with both dimensions written out; an empty stride is the kernel.
struct PoolWindow {
  Dims kernel, stride, padding;
  bool ceil_mode = false;

  PoolWindow(const Dims& kernel_size, const Dims& stride_, const Dims& padding_, bool ceil)
      : kernel(pair_of(kernel_size)),
        stride(stride_.empty() ? kernel : pair_of(stride_)),
        padding(pair_of(padding_)),
        ceil_mode(ceil) {}

  Shape output(const Shape& in) const {
    require_image(in);
    Shape out = {in[0], in[1], 0, 0};
    for (size_t i = 0; i < 2; ++i) {
      out[i + 2] = positions(in[i + 2], kernel[i], stride[i], padding[i], 1, ceil_mode);
    }
    require(out[2] > 0 && out[3] > 0, "a window of ", kernel, " does not fit into the input of ",
            without_batch(in));
    return out;
  }

  void check(const std::string& kind) const {
    require<AttrError>(2 * padding[0] <= kernel[0] && 2 * padding[1] <= kernel[1], kind,
                       ".padding: must be at most half of kernel_size, got ", padding);
  }
};

// What is configured alike for every kind of window.
struct WindowedLayer : Layer {
  Dims kernel_size = {1}, stride = {}, padding = {0};
  bool ceil_mode = false;

  static Sample sample() {
    return {.attrs = {{"kernel_size", Dims{3}},
                      {"stride", Dims{2}},
                      {"padding", Dims{1}},
                      {"ceil_mode", true}},
            .in = {{2, 3, 6, 5}}};
  }
  PoolWindow window() const { return {kernel_size, stride, padding, ceil_mode}; }
  void check() const override { window().check(kind()); }
  Shapes infer(const Shapes& in) const override { return {window().output(in[0])}; }
};
inline constexpr auto kKernelSize = required("kernel_size", &WindowedLayer::kernel_size,
                                             "height and width of the window", positive_pair);
inline constexpr auto kStride =
    attr("stride", &WindowedLayer::stride, "step of the window; empty: kernel_size",
         rules::EmptyOr<rules::Pair<1>>{});
inline constexpr auto kCeilMode =
    attr("ceil_mode", &WindowedLayer::ceil_mode, "round the number of windows up instead of down");

template <class Derived>
using WindowedLayerOf = DescribedBy<Derived, WindowedLayer>;

inline void prepare_pool(Prepare& p, PoolSpec::Kind kind, const PoolWindow& window) {
  PoolSpec spec{.kind = kind,
                .src = p.in(),
                .dst = p.out(),
                .kernel = window.kernel,
                .stride = window.stride,
                .padding = window.padding};
  if (!spec.plain_only()) p.take_as_offered();
  auto& op = p.keep(make_pool(p.env(), spec, p.offered()));
  p.set_output(0, op.dst);
  p.save(op.workspace_bytes);
  p.scratch(op.scratch_bytes);
}

inline void forward_pool(Run& r) {
  r.op<Pool>().forward(r.x(), r.y(), r.training() ? r.saved() : nullptr, r.scratch());
}
inline void backward_pool(Run& r) {
  if (r.dx()) r.op<Pool>().backward(r.dy(), r.saved(), r.dx(), r.scratch());
}

}  // namespace firesteel
