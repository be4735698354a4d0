// SPDX-License-Identifier: Apache-2.0
// Conv2d: y[o] = b[o] + sum over c, i, j of W[o, c, i, j] x[c, s h + d i - p, s w + d j - p].
#include "nn/layers/convolution/convolution.h"

namespace firesteel {

struct Conv2d final : DescribedBy<Conv2d, Convolution<2>> {
  static constexpr auto schema() {
    return Schema{"Conv2d",
                  "convolution",
                  "Convolves images with learned kernels (cross-correlation).",
                  kInChannels<2>,
                  kOutChannels<2>,
                  kConvKernel<2>,
                  kConvStride<2>,
                  kConvPadding<2>,
                  kConvDilation<2>,
                  kConvGroups<2>,
                  kConvBias<2>,
                  kConvInit<2>,
                  kConvPaddingEnd<2>};
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

  bool does(const Layer& following, const Env& env, const Shape& in,
            const Shape& out) const override {
    auto* then = dynamic_cast<const Conv2d*>(&following);
    const Dims one = {1, 1}, none = {0, 0}, three = {3, 3};
    if (!then || groups != 1) return false;
    Window a = window(), b = then->window();
    if (a.kernel != one || a.stride != one || a.before != none || a.after != none) return false;
    bool depthwise = then->groups == out_channels && then->out_channels == out_channels;
    return depthwise && b.kernel == three && b.dilation == one && b.stride[0] == b.stride[1] &&
           b.before[0] == b.before[1] && b.after == b.before &&
           has_pointwise_depthwise(env, then->after_pointwise(in, out));
  }

  void prepare(Prepare& p) const override {
    p.then().layer ? prepare_with_depthwise(p) : Convolution<2>::prepare(p);
  }
  void forward(Run& r) const override {
    r.then().layer ? forward_with_depthwise(r) : Convolution<2>::forward(r);
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
