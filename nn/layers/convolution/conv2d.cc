// SPDX-License-Identifier: Apache-2.0
// Conv2d: y[o] = b[o] + sum over c, i, j of W[o, c, i, j] x[c, s h + d i - p, s w + d j - p].
#include "nn/layer.h"
#include "nn/weight_init.h"
#include "nn/window.h"

namespace firesteel {

struct Conv2d final : LayerOf<Conv2d> {
  int64_t in_channels = 0, out_channels = 0;
  Dims kernel_size = {1}, stride = {1}, padding = {0}, dilation = {1};
  int64_t groups = 1;
  bool bias = true;
  std::string init = "default";

  static constexpr auto schema() {
    return Schema{
        "Conv2d",
        "convolution",
        "Convolves images with learned kernels (cross-correlation).",
        required("in_channels", &Conv2d::in_channels, "channels of the input", positive),
        required("out_channels", &Conv2d::out_channels, "channels of the output", positive),
        required("kernel_size", &Conv2d::kernel_size, "height and width of the kernel",
                 positive_pair),
        attr("stride", &Conv2d::stride, "step of the window", positive_pair),
        attr("padding", &Conv2d::padding, "zeros on each side", nonnegative_pair),
        attr("dilation", &Conv2d::dilation, "distance of the kernel's points", positive_pair),
        attr("groups", &Conv2d::groups, "groups of channels convolved apart", positive),
        attr("bias", &Conv2d::bias, "add a learned bias"),
        attr("init", &Conv2d::init, "first weights, as in torch.nn.init; kaiming_normal by fan_out",
             known_init)};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{4}},
                      {"out_channels", int64_t{6}},
                      {"kernel_size", Dims{3, 2}},
                      {"stride", Dims{2, 1}},
                      {"padding", Dims{1}},
                      {"groups", int64_t{2}}},
            .in = {{2, 4, 6, 5}}};
  }

  void check() const override {
    for (int64_t channels : {in_channels, out_channels}) {
      require<AttrError>(channels % groups == 0,
                         "Conv2d.groups: must divide in_channels and "
                         "out_channels, got ",
                         groups, " for ", channels, " channels");
    }
  }

  std::vector<ParamSpec> params() const override {
    Dims k = pair_of(kernel_size);
    int64_t window = k[0] * k[1], fan_in = in_channels / groups * window;
    std::vector<ParamSpec> specs = {{.name = "weight",
                                     .shape = {out_channels, in_channels / groups, k[0], k[1]},
                                     .init = weight_init(init, fan_in, out_channels * window)}};
    if (bias) {
      specs.push_back({.name = "bias",
                       .shape = {out_channels},
                       .init = bias_init(init, fan_in),
                       .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    require(in[0][1] == in_channels, "input must have ", in_channels, " channels, got ",
            without_batch(in[0]));
    Shape out = {in[0][0], out_channels, 0, 0};
    for (size_t i = 0; i < 2; ++i) {
      out[i + 2] = positions(in[0][i + 2], pair_of(kernel_size)[i], pair_of(stride)[i],
                             pair_of(padding)[i], pair_of(dilation)[i]);
    }
    require(out[2] > 0 && out[3] > 0, "a kernel of ", pair_of(kernel_size),
            " does not fit into the input of ", without_batch(in[0]));
    return {out};
  }

  double flops(const Shapes&, const Shapes& out) const override {
    Dims k = pair_of(kernel_size);
    return 2.0 * static_cast<double>(numel(out[0]) * (in_channels / groups) * k[0] * k[1]);
  }
  Fusable fuses(const Env& env) const override {
    return {.affine = !env.training, .sum = !env.training, .relu = true};
  }

  bool does(const Layer& following, const Env& env, const Shape& in,
            const Shape& out) const override {
    auto* then = dynamic_cast<const Conv2d*>(&following);
    const Dims one = {1, 1}, none = {0, 0}, three = {3, 3};
    if (!then || groups != 1 || pair_of(kernel_size) != one || pair_of(stride) != one ||
        pair_of(padding) != none) {
      return false;
    }
    Dims step = pair_of(then->stride), edge = pair_of(then->padding);
    bool depthwise = then->groups == out_channels && then->out_channels == out_channels;
    return depthwise && pair_of(then->kernel_size) == three && pair_of(then->dilation) == one &&
           step[0] == step[1] && edge[0] == edge[1] &&
           has_pointwise_depthwise(env, then->after_pointwise(in, out));
  }

  void prepare(Prepare& p) const override {
    if (p.then().layer) return prepare_with_depthwise(p);
    ConvSpec spec{.src = p.in(),
                  .dst = p.out(),
                  .groups = groups,
                  .kernel = pair_of(kernel_size),
                  .stride = pair_of(stride),
                  .padding = pair_of(padding),
                  .dilation = pair_of(dilation),
                  .bias = bias || p.folded(),
                  .tail = p.tail()};
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
    if (r.then().layer) return forward_with_depthwise(r);
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

 private:
  // As the depthwise convolution of such a pair.
  PointwiseDepthwiseSpec after_pointwise(const Shape& in, const Shape& out) const {
    return {.src = in, .dst = out, .stride = pair_of(stride)[0], .padding = pair_of(padding)[0]};
  }

  void prepare_with_depthwise(Prepare& p) const {
    auto* then = static_cast<const Conv2d*>(p.then().layer);
    auto spec = then->after_pointwise(p.in(), p.then().out);
    spec.first = p.tail();
    spec.second = p.then().tail;
    auto& op = p.keep(make_pointwise_depthwise(spec, p.offered()));
    p.want(0, op.src);
    p.set_output(0, op.dst);
    p.scratch(op.scratch_bytes);
    p.pack(0, op.pointwise);
    p.pack_of_then(0, op.depthwise);
    Layout numbers({out_channels}, p.env().dtype);
    if (bias || p.folded()) p.pack(1, numbers);
    if (then->bias || p.then().folded) p.pack_of_then(1, numbers);
  }

  void forward_with_depthwise(Run& r) const {
    auto* then = static_cast<const Conv2d*>(r.then().layer);
    PointwiseDepthwise::Parameters w{r.packed(0), nullptr, r.packed(1), nullptr};
    size_t next = 2;
    if (bias || r.folded()) w.pointwise_bias = r.packed(next++);
    if (then->bias || r.then().folded) w.depthwise_bias = r.packed(next);
    r.op<PointwiseDepthwise>().forward(r.x(), w, r.y(), r.scratch());
  }
};
FIRESTEEL_LAYER(Conv2d);

}  // namespace firesteel
