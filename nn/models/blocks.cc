// SPDX-License-Identifier: Apache-2.0
#include "nn/models/blocks.h"

namespace firesteel {

Maps NetBuilder::input(const Shape& shape) { return {graph_.input("input", shape), shape}; }

Maps NetBuilder::add(const std::string& name, const std::string& kind, const Attrs& attrs,
                     const std::vector<Maps>& inputs) {
  auto made = layer(kind, attrs);
  std::vector<Ref> refs;
  Shapes shapes;
  for (const Maps& x : inputs) {
    refs.push_back(x.ref);
    shapes.push_back(with_batch(1, x.shape));
  }
  return {graph_.add(name, made, refs), without_batch(made->infer(shapes)[0])};
}

Maps NetBuilder::conv(const std::string& name, const Maps& x, int64_t channels,
                      const ConvSize& size) {
  return add(name, "Conv2d",
             {{"in_channels", x.channels()},
              {"out_channels", channels},
              {"kernel_size", Dims{size.kernel}},
              {"stride", Dims{size.stride}},
              {"padding", Dims{size.padding < 0 ? size.kernel / 2 : size.padding}},
              {"dilation", Dims{size.dilation}},
              {"groups", size.groups},
              {"bias", size.bias},
              {"init", init_}},
             {x});
}

Maps NetBuilder::batch_norm(const std::string& name, const Maps& x, double eps) {
  return add(name, "BatchNorm", {{"num_features", x.channels()}, {"eps", eps}}, {x});
}

Maps NetBuilder::last_batch_norm(const std::string& name, const Maps& x) {
  if (!zero_init_residuals_) return batch_norm(name, x);
  return add(name, "BatchNorm", {{"num_features", x.channels()}, {"init_weight", 0.0}}, {x});
}

Maps NetBuilder::pool(const std::string& name, const std::string& kind, const Maps& x,
                      const PoolSize& size) {
  return add(name, kind,
             {{"kernel_size", Dims{size.kernel}},
              {"stride", Dims{size.stride}},
              {"padding", Dims{size.padding}},
              {"ceil_mode", size.ceil_mode}},
             {x});
}
Maps NetBuilder::max_pool(const std::string& name, const Maps& x, const PoolSize& size) {
  return pool(name, "MaxPool2d", x, size);
}
Maps NetBuilder::avg_pool(const std::string& name, const Maps& x, const PoolSize& size) {
  return pool(name, "AvgPool2d", x, size);
}

Maps NetBuilder::concat(const std::string& name, const std::vector<Maps>& inputs) {
  return add(name, "Concat", {}, inputs);
}

Maps NetBuilder::linear(const std::string& name, const Maps& x, int64_t features) {
  return add(name, "Linear", {{"in_features", x.shape.back()}, {"out_features", features}}, {x});
}

Maps NetBuilder::classifier(const std::string& fc, const Maps& x, int64_t classes, double p) {
  Maps y = add("avgpool", "GlobalAvgPool2d", {}, {x});
  if (p > 0) y = add("dropout", "Dropout", {{"p", p}}, {y});
  return linear(fc, y, classes);
}

Graph NetBuilder::graph(const std::vector<Maps>& outputs) {
  for (const Maps& y : outputs) graph_.output(y.ref);
  return std::move(graph_);
}

Maps basic_conv(NetBuilder& net, const std::string& name, const Maps& x, int64_t channels,
                const ConvSize& size) {
  Maps y = net.batch_norm(name + ".bn", net.conv(name + ".conv", x, channels, size), 1e-3);
  return net.relu(name + ".relu", y);
}

Maps add_shortcut(NetBuilder& net, const std::string& block, const Maps& input,
                  const Maps& residual, int64_t stride, Shortcut kind) {
  Maps shortcut = input;
  if (input.shape != residual.shape && kind == Shortcut::zeros) {
    shortcut = net.avg_pool(block + ".downsample.0", input, {.kernel = 1, .stride = stride});
    int64_t zeros = residual.channels() - input.channels();
    shortcut = net.add(block + ".downsample.1", "Pad",
                       {{"padding", Dims{0, 0, 0, 0, zeros / 2, zeros - zeros / 2}}}, {shortcut});
  } else if (input.shape != residual.shape) {
    shortcut = net.conv(block + ".downsample.0", input, residual.channels(), {.stride = stride});
    shortcut = net.batch_norm(block + ".downsample.1", shortcut);
  }
  Maps sum = net.add(block + ".add", "Add", {}, {residual, shortcut});
  return net.relu(block + ".relu", sum);
}

Maps basic_block(NetBuilder& net, const std::string& name, const Maps& input, int64_t channels,
                 int64_t stride, Shortcut kind) {
  Maps x = net.conv(name + ".conv1", input, channels, {.kernel = 3, .stride = stride});
  x = net.relu(name + ".relu1", net.batch_norm(name + ".bn1", x));
  x = net.conv(name + ".conv2", x, channels, {.kernel = 3});
  x = net.last_batch_norm(name + ".bn2", x);
  return add_shortcut(net, name, input, x, stride, kind);
}

Maps vgg_stage(NetBuilder& net, const std::string& prefix, int64_t& at, const Maps& input,
               int64_t channels, int64_t convolutions) {
  Maps x = input;
  for (int64_t i = 0; i < convolutions; ++i) {
    x = net.conv(cat(prefix, at++), x, channels, {.kernel = 3, .bias = true});
    x = net.relu(cat(prefix, at++), x);
  }
  return x;
}

}  // namespace firesteel
