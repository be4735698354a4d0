// SPDX-License-Identifier: Apache-2.0
// What convolutions over one, two and three spatial dimensions share.
#pragma once

#include "nn/layer.h"
#include "nn/weight_init.h"
#include "nn/window.h"

namespace firesteel {

template <size_t kSpatial>
struct Convolution : Layer {
  int64_t in_channels = 0, out_channels = 0;
  Dims kernel_size = {1}, stride = {1}, padding = {0}, padding_end = {}, dilation = {1};
  int64_t groups = 1;
  bool bias = true;
  std::string init = "default";

  void check() const override {
    for (int64_t channels : {in_channels, out_channels}) {
      require<AttrError>(channels % groups == 0, kind(),
                         ".groups: must divide in_channels and out_channels, got ", groups, " for ",
                         channels, " channels");
    }
  }

  std::vector<ParamSpec> params() const override {
    Shape weight = spec({0, in_channels}, {0, out_channels}).weights();
    int64_t points = numel(weight) / (weight[0] * weight[1]);
    std::vector<ParamSpec> specs = {
        {.name = "weight",
         .shape = weight,
         .init = weight_init(init, weight[1] * points, weight[0] * points)}};
    if (bias) {
      specs.push_back({.name = "bias",
                       .shape = {out_channels},
                       .init = bias_init(init, weight[1] * points),
                       .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require_channels(in[0]);
    return {window().output(in[0], out_channels, "kernel")};
  }

  double flops(const Shapes&, const Shapes& out) const override {
    return 2.0 *
           static_cast<double>(numel(out[0]) * (in_channels / groups) * numel(window().kernel));
  }
  Fusable fuses(const Env& env) const override {
    return {.affine = !env.training, .sum = !env.training, .relu = true};
  }

  void prepare(Prepare& p) const override {
    ConvSpec spec = this->spec(p.in(), p.out());
    spec.bias = bias || p.folded();
    spec.tail = p.tail();
    auto& op = p.keep(make_conv(p.env(), spec, p.offered()));
    p.want(0, op.src);
    p.set_output(0, op.dst);
    p.pack(0, op.weights);
    if (spec.bias) p.pack(1, Layout({out_channels}, p.env().dtype));
    if (p.training()) p.pack(0, op.weights_backward);
    if (p.tail().sum) p.sum_is_output();
    p.backward_reads_input();
    p.scratch(op.scratch_bytes);
    if (!p.training() || !p.tail().relu) return;
    Function relu = std::isinf(p.tail().most) ? Function::relu : Function::relu6;
    p.keep(make_elementwise(p.env(), relu, op.dst));
    p.backward_reads_output();
  }

  void forward(Run& r) const override {
    const void* b = bias || r.folded() ? r.packed(1) : nullptr;
    r.op<Conv>().forward(r.x(), r.packed(0), b, r.y(), r.scratch());
  }

  void backward(Run& r) const override {
    auto& op = r.op<Conv>();
    // The output's gradient is this step's alone.
    if (r.tail().relu) r.op<Elementwise>(1).backward(r.y(), r.dy(), const_cast<void*>(r.dy()));
    if (r.dx()) op.backward_data(r.dy(), r.packed(bias ? 2 : 1), r.dx(), r.scratch());
    op.backward_weights(r.x(), r.dy(), r.dparam(0), bias ? r.dparam(1) : nullptr, r.scratch());
  }

 protected:
  virtual Window window() const {
    return {.kernel = spread(kernel_size, kSpatial),
            .stride = spread(stride, kSpatial),
            .before = spread(padding, kSpatial),
            .after = spread(padding_end.empty() ? padding : padding_end, kSpatial),
            .dilation = spread(dilation, kSpatial)};
  }
  // bias and tail left out.
  virtual ConvSpec spec(const Shape& in, const Shape& out) const {
    Window w = window();
    return {.src = in,
            .dst = out,
            .groups = groups,
            .kernel = w.kernel,
            .stride = w.stride,
            .padding = w.before,
            .dilation = w.dilation,
            .padding_end = w.after};
  }
  void require_channels(const Shape& in) const {
    require_spatial(in, kSpatial);
    require(in[1] == in_channels, "input must have ", in_channels, " channels, got ",
            without_batch(in));
  }
};

// Attributes that all of them list.
inline constexpr std::string_view kKernelWords[] = {"length of the kernel",
                                                    "height and width of the kernel",
                                                    "depth, height and width of the kernel"};
template <size_t kSpatial>
inline constexpr auto kInChannels =
    required("in_channels", &Convolution<kSpatial>::in_channels, "channels of the input", positive);
template <size_t kSpatial>
inline constexpr auto kOutChannels = required("out_channels", &Convolution<kSpatial>::out_channels,
                                              "channels of the output", positive);
template <size_t kSpatial>
inline constexpr auto kConvKernel =
    required("kernel_size", &Convolution<kSpatial>::kernel_size, kKernelWords[kSpatial - 1],
             rules::PerDimension<kSpatial, 1>{});
template <size_t kSpatial>
inline constexpr auto kConvStride = attr("stride", &Convolution<kSpatial>::stride,
                                         "step of the window", rules::PerDimension<kSpatial, 1>{});
template <size_t kSpatial>
inline constexpr auto kConvPadding = attr("padding", &Convolution<kSpatial>::padding,
                                          "zeros on each side", rules::PerDimension<kSpatial, 0>{});
template <size_t kSpatial>
inline constexpr auto kConvPaddingEnd =
    attr("padding_end", &Convolution<kSpatial>::padding_end,
         "zeros after the end, where they are not as many; empty: padding",
         rules::EmptyOr<rules::PerDimension<kSpatial, 0>>{});
template <size_t kSpatial>
inline constexpr auto kConvDilation =
    attr("dilation", &Convolution<kSpatial>::dilation, "distance of the kernel's points",
         rules::PerDimension<kSpatial, 1>{});
template <size_t kSpatial>
inline constexpr auto kConvGroups =
    attr("groups", &Convolution<kSpatial>::groups, "groups of channels convolved apart", positive);
template <size_t kSpatial>
inline constexpr auto kConvBias = attr("bias", &Convolution<kSpatial>::bias, "add a learned bias");
template <size_t kSpatial>
inline constexpr auto kConvInit =
    attr("init", &Convolution<kSpatial>::init,
         "first weights, as in torch.nn.init; kaiming_normal by fan_out", known_init);

}  // namespace firesteel
