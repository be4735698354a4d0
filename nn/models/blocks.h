// SPDX-License-Identifier: Apache-2.0
// What nets are built of, image nets above all. Nodes have the names of torchvision's modules where it has the net,
// so that our parameters are named as in its state_dict.
#pragma once

#include <string>
#include <vector>

#include "nn/models/zoo.h"

namespace firesteel {

// A value of a net under construction and the shape of a row of it.
struct Maps {
  Ref ref;
  Shape shape;
  int64_t channels() const { return shape[0]; }
};

struct ConvSize {
  int64_t kernel = 1, stride = 1;
  int64_t padding = -1;  // -1: half the kernel, so that stride 1 keeps height and width
  int64_t dilation = 1, groups = 1;
  bool bias = false;
};
struct PoolSize {
  int64_t kernel = 2, stride = 2, padding = 0;
  bool ceil_mode = false;
};

class NetBuilder {
 public:
  // init: of the convolutions.
  explicit NetBuilder(std::string init = "default") : init_(std::move(init)) {}

  Maps input(const Shape& shape);
  Maps add(const std::string& name, const std::string& kind, const Attrs& attrs,
           const std::vector<Maps>& inputs);
  Maps conv(const std::string& name, const Maps& x, int64_t channels, const ConvSize& size);
  Maps batch_norm(const std::string& name, const Maps& x, double eps = 1e-5);
  // The last of a residual, whose weight may begin with zero: then a block begins as its shortcut
  // (Goyal et al., 2017).
  Maps last_batch_norm(const std::string& name, const Maps& x);
  void zero_init_residuals(bool on) { zero_init_residuals_ = on; }
  Maps relu(const std::string& name, const Maps& x) { return add(name, "ReLU", {}, {x}); }
  Maps max_pool(const std::string& name, const Maps& x, const PoolSize& size);
  Maps avg_pool(const std::string& name, const Maps& x, const PoolSize& size);
  Maps concat(const std::string& name, const std::vector<Maps>& inputs);
  Maps linear(const std::string& name, const Maps& x, int64_t features);
  // Mean of each channel, dropout unless p is 0, and scores of the classes.
  Maps classifier(const std::string& fc, const Maps& x, int64_t classes, double p = 0);
  Graph graph(const std::vector<Maps>& outputs);

 private:
  Maps pool(const std::string& name, const std::string& kind, const Maps& x, const PoolSize& size);
  std::string init_;
  bool zero_init_residuals_ = false;
  Graph graph_;
};

// Convolution, batch normalization, ReLU: what Inception nets are made of.
Maps basic_conv(NetBuilder& net, const std::string& name, const Maps& x, int64_t channels,
                const ConvSize& size);

// Residual nets (He et al., 2015). The last step of a block: adds the input, or a 1x1 convolution
// of it where the shapes differ, to the residual, and applies ReLU.
enum class Shortcut { convolution, zeros };  // B and A of the paper
Maps add_shortcut(NetBuilder& net, const std::string& block, const Maps& input,
                  const Maps& residual, int64_t stride, Shortcut kind = Shortcut::convolution);
// Two 3x3 convolutions; the stride is the first one's.
Maps basic_block(NetBuilder& net, const std::string& name, const Maps& input, int64_t channels,
                 int64_t stride, Shortcut kind = Shortcut::convolution);

// A stage of VGG (Simonyan and Zisserman, 2014): 3x3 convolutions, each with ReLU. The nodes are
// prefix + `at`, which counts on.
Maps vgg_stage(NetBuilder& net, const std::string& prefix, int64_t& at, const Maps& input,
               int64_t channels, int64_t convolutions);

}  // namespace firesteel
