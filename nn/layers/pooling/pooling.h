// SPDX-License-Identifier: Apache-2.0
// What the pooling layers over windows share, in one, two and three dimensions.
#pragma once

#include "nn/layer.h"
#include "nn/window.h"

namespace firesteel {

template <size_t kSpatial>
struct WindowedLayer : Layer {
  Dims kernel_size = {1}, stride = {}, padding = {0}, padding_end = {}, dilation = {1};
  bool ceil_mode = false;

  static Sample sample() {
    constexpr int64_t kExtents[] = {6, 5, 4};
    Shape in = {2, 3};
    in.insert(in.end(), kExtents, kExtents + kSpatial);
    return {.attrs = {{"kernel_size", Dims{3}},
                      {"stride", Dims{2}},
                      {"padding", Dims{1}},
                      {"ceil_mode", true}},
            .in = {in}};
  }
  // An empty stride is the kernel.
  Window window() const {
    return {.kernel = spread(kernel_size, kSpatial),
            .stride = spread(stride.empty() ? kernel_size : stride, kSpatial),
            .before = spread(padding, kSpatial),
            .after = spread(padding_end.empty() ? padding : padding_end, kSpatial),
            .dilation = spread(dilation, kSpatial),
            .ceil = ceil_mode};
  }
  void check() const override {
    Window w = window();
    for (size_t i = 0; i < kSpatial; ++i) {
      require<AttrError>(2 * w.before[i] <= w.reach(i), kind(),
                         ".padding: must be at most half of kernel_size, got ", w.before);
      require<AttrError>(2 * w.after[i] <= w.reach(i), kind(),
                         ".padding_end: must be at most half of kernel_size, got ", w.after);
    }
  }
  Shapes infer(const Shapes& in) const override {
    require_spatial(in[0], kSpatial);
    return {window().output(in[0], in[0][1], "window")};
  }
};

// Attributes that several of them list.
inline constexpr std::string_view kWindowWords[] = {"length of the window",
                                                    "height and width of the window",
                                                    "depth, height and width of the window"};
template <size_t kSpatial>
inline constexpr auto kPoolKernel =
    required("kernel_size", &WindowedLayer<kSpatial>::kernel_size, kWindowWords[kSpatial - 1],
             rules::PerDimension<kSpatial, 1>{});
template <size_t kSpatial>
inline constexpr auto kPoolStride =
    attr("stride", &WindowedLayer<kSpatial>::stride, "step of the window; empty: kernel_size",
         rules::EmptyOr<rules::PerDimension<kSpatial, 1>>{});
template <size_t kSpatial>
inline constexpr auto kPoolZeros = attr("padding", &WindowedLayer<kSpatial>::padding,
                                        "zeros on each side", rules::PerDimension<kSpatial, 0>{});
template <size_t kSpatial>
inline constexpr auto kPoolEdge =
    attr("padding", &WindowedLayer<kSpatial>::padding,
         "points on each side that never are the maximum", rules::PerDimension<kSpatial, 0>{});
template <size_t kSpatial>
inline constexpr auto kPoolEnd =
    attr("padding_end", &WindowedLayer<kSpatial>::padding_end,
         "padding after the end, where it is another one; empty: padding",
         rules::EmptyOr<rules::PerDimension<kSpatial, 0>>{});
template <size_t kSpatial>
inline constexpr auto kPoolDilation =
    attr("dilation", &WindowedLayer<kSpatial>::dilation, "distance of the window's points",
         rules::PerDimension<kSpatial, 1>{});
template <size_t kSpatial>
inline constexpr auto kCeilMode = attr("ceil_mode", &WindowedLayer<kSpatial>::ceil_mode,
                                       "round the number of windows up instead of down");

inline void prepare_pool(Prepare& p, PoolSpec::Kind kind, const Window& window) {
  PoolSpec spec{.kind = kind,
                .src = p.in(),
                .dst = p.out(),
                .kernel = window.kernel,
                .stride = window.stride,
                .padding = window.before,
                .padding_end = window.after,
                .dilation = window.dilation};
  // Windows with holes are fast on plain images only.
  bool plain = spec.plain_only() || spec.dilated();
  if (!plain) p.take_as_offered();
  auto& op = p.keep(make_pool(p.env(), spec, plain ? Layout(p.in(), p.env().dtype) : p.offered()));
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

template <size_t kSpatial>
struct MaximumLayer : WindowedLayer<kSpatial> {
  void prepare(Prepare& p) const override { prepare_pool(p, PoolSpec::Kind::max, this->window()); }
  void forward(Run& r) const override { forward_pool(r); }
  void backward(Run& r) const override { backward_pool(r); }
};

template <size_t kSpatial>
struct AveragingLayer : WindowedLayer<kSpatial> {
  bool count_include_pad = true;
  void prepare(Prepare& p) const override {
    using Kind = PoolSpec::Kind;
    prepare_pool(p, count_include_pad ? Kind::average_with_padding : Kind::average, this->window());
  }
  void forward(Run& r) const override { forward_pool(r); }
  void backward(Run& r) const override { backward_pool(r); }
};
template <size_t kSpatial>
inline constexpr auto kCountPadding =
    attr("count_include_pad", &AveragingLayer<kSpatial>::count_include_pad,
         "padding counts in the mean");

}  // namespace firesteel
