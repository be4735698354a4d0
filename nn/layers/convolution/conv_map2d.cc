// SPDX-License-Identifier: Apache-2.0
// ConvMap2d: y[o] = b[o] + sum over connections n from a channel c to o and over i, j of
// W[n, i, j] x[c, s h + i - p, s w + j - p]. LeCun et al., "Gradient-based learning applied to
// document recognition", 1998. It is a convolution whose other kernels are zero.
#include <algorithm>

#include "core/buffer.h"
#include "nn/layer.h"
#include "nn/window.h"

namespace firesteel {

struct ConvMap2d final : LayerOf<ConvMap2d> {
  int64_t in_channels = 0, out_channels = 0;
  Dims connections, kernel_size = {1}, stride = {1}, padding = {0};
  bool bias = true;

  static constexpr auto schema() {
    return Schema{
        "ConvMap2d",
        "convolution",
        "Convolves images, with a kernel for each of some pairs of channels only.",
        required("in_channels", &ConvMap2d::in_channels, "channels of the input", positive),
        required("out_channels", &ConvMap2d::out_channels, "channels of the output", positive),
        required("connections", &ConvMap2d::connections,
                 "channel of the input and channel of the output, in turn", nonempty),
        required("kernel_size", &ConvMap2d::kernel_size, "height and width of a kernel",
                 positive_pair),
        attr("stride", &ConvMap2d::stride, "step of the window", positive_pair),
        attr("padding", &ConvMap2d::padding, "zeros on each side", nonnegative_pair),
        attr("bias", &ConvMap2d::bias, "add a learned bias")};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{3}},
                      {"out_channels", int64_t{4}},
                      {"connections", Dims{0, 0, 2, 1, 0, 2, 1, 2, 2, 0}},
                      {"kernel_size", Dims{3, 2}},
                      {"padding", Dims{1}}},
            .in = {{2, 3, 5, 4}}};
  }

  void check() const override {
    require<AttrError>(connections.size() % 2 == 0,
                       "ConvMap2d.connections: must be pairs of channels, got ", connections);
    for (size_t i = 0; i < connections.size(); ++i) {
      int64_t channels = i % 2 == 0 ? in_channels : out_channels;
      require<AttrError>(connections[i] >= 0 && connections[i] < channels,
                         "ConvMap2d.connections: must be channels of the input and of the output, "
                         "got ",
                         connections[i], " of ", channels);
    }
  }

  std::vector<ParamSpec> params() const override {
    Dims k = pair_of(kernel_size);
    // The mean of what an output sums up.
    Init init = Init::fan_in(std::max<int64_t>(1, count() / out_channels) * k[0] * k[1]);
    std::vector<ParamSpec> specs = {
        {.name = "weight", .shape = {count(), k[0], k[1]}, .init = init}};
    if (bias) {
      specs.push_back({.name = "bias", .shape = {out_channels}, .init = init, .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require_image(in[0]);
    require(in[0][1] == in_channels, "input must have ", in_channels, " channels, got ",
            without_batch(in[0]));
    return {window().output(in[0], out_channels, "kernel")};
  }
  double flops(const Shapes&, const Shapes& out) const override {
    return 2.0 * static_cast<double>(numel(out[0]) * in_channels * numel(window().kernel));
  }

  void prepare(Prepare& p) const override {
    Window w = window();
    ConvSpec spec{.src = p.in(),
                  .dst = p.out(),
                  .kernel = w.kernel,
                  .stride = w.stride,
                  .padding = w.before,
                  .dilation = w.dilation,
                  .bias = bias};
    auto& op = p.keep(make_conv(p.env(), spec, p.offered()));
    Layout all(spec.weights(), p.env().dtype);
    auto keep = [&](const Layout& packed) {
      return p.keep(std::make_unique<Packing>(p.env(), all, packed)).bytes();
    };
    size_t bytes = keep(op.weights);
    if (p.training()) bytes = std::max(bytes, keep(op.weights_backward));
    p.want(0, op.src);
    p.set_output(0, op.dst);
    p.backward_reads_input();
    p.scratch(bytes + op.scratch_bytes);
  }

  void forward(Run& r) const override {
    auto& kernels = r.op<Packing>(1);
    auto* rest = static_cast<std::byte*>(r.scratch()) + kernels.bytes();
    r.op<Conv>().forward(r.x(), all_kernels(r, kernels), bias ? r.param(1) : nullptr, r.y(), rest);
  }

  void backward(Run& r) const override {
    auto& kernels = r.op<Packing>(2);
    auto* rest = static_cast<std::byte*>(r.scratch()) + kernels.bytes();
    if (r.dx()) r.op<Conv>().backward_data(r.dy(), all_kernels(r, kernels), r.dx(), rest);
    r.op<Conv>().backward_weights(r.x(), r.dy(), r.scratch(), bias ? r.dparam(1) : nullptr, rest);
    by_dtype(r.dtype(), [&]<class T>() {
      auto* all = static_cast<const T*>(r.scratch());
      auto* dw = static_cast<T*>(r.dparam(0));
      each_kernel([&](int64_t own, int64_t in_all, int64_t points) {
        std::copy_n(all + in_all, points, dw + own);
      });
    });
  }

 private:
  // All kernels, those that are zero too, as the convolution wants them.
  struct Packing {
    Layout plain, packed;
    std::unique_ptr<Reorder> pack;

    Packing(const Env& env, const Layout& from, const Layout& to)
        : plain(from), packed(to), pack(make_reorder(env, from, to)) {}
    size_t bytes() const { return whole_lines(plain.bytes()) + whole_lines(packed.bytes()); }
  };

  int64_t count() const { return static_cast<int64_t>(connections.size()) / 2; }
  Window window() const {
    return {.kernel = pair_of(kernel_size),
            .stride = pair_of(stride),
            .before = pair_of(padding),
            .after = pair_of(padding),
            .dilation = {1, 1}};
  }

  // body(place of a kernel in the parameter, and among all kernels, how many points)
  template <class Body>
  void each_kernel(const Body& body) const {
    int64_t points = kernel_size.front() * kernel_size.back();
    for (int64_t n = 0; n < count(); ++n) {
      const int64_t* pair = connections.data() + 2 * n;
      body(n * points, (pair[1] * in_channels + pair[0]) * points, points);
    }
  }

  // Two connections of the same channels add up.
  const void* all_kernels(Run& r, Packing& kernels) const {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* all = static_cast<T*>(r.scratch());
      auto* w = static_cast<const T*>(r.param(0));
      std::fill_n(all, numel(kernels.plain.shape()), T(0));
      each_kernel([&](int64_t own, int64_t in_all, int64_t points) {
        for (int64_t i = 0; i < points; ++i) all[in_all + i] += w[own + i];
      });
    });
    auto* packed = static_cast<std::byte*>(r.scratch()) + whole_lines(kernels.plain.bytes());
    kernels.pack->run(r.scratch(), packed);
    return packed;
  }
};
FIRESTEEL_LAYER(ConvMap2d);

}  // namespace firesteel
