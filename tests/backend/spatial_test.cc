// SPDX-License-Identifier: Apache-2.0
// Convolutions and pooling in one, two and three dimensions, on channels that do not fill the blocks
// of the blocked formats, against plain loops in f64.
#include <gtest/gtest.h>

#include "tests/nn/tensor.h"

namespace firesteel::testing {
namespace {

int64_t reach(int64_t kernel, int64_t dilation) { return dilation * (kernel - 1) + 1; }

// A layout of this shape as an operation before would leave it: plain, or as oneDNN likes it.
std::vector<Layout> offers(const Shape& shape) {
  Layout plain(shape, DType::f32);
  Dims ones(shape.size() - 2, 1), zeros(shape.size() - 2, 0);
  ConvSpec pointwise{.src = shape,
                     .dst = shape,
                     .kernel = ones,
                     .stride = ones,
                     .padding = zeros,
                     .dilation = ones};
  return {plain, make_conv({.winograd = false}, pointwise, plain)->dst};
}

struct ConvCase {
  int64_t groups, in, out;
  Dims extents, kernel, stride, padding, end, dilation;
  Dims more = {};  // transposed, with this output padding
};

ConvSpec spec_of(const ConvCase& c) {
  ConvSpec spec{.src = {2, c.in},
                .dst = {2, c.out},
                .groups = c.groups,
                .kernel = c.kernel,
                .stride = c.stride,
                .padding = c.padding,
                .dilation = c.dilation,
                .padding_end = c.end,
                .transposed = !c.more.empty()};
  for (size_t i = 0; i < c.extents.size(); ++i) {
    int64_t extent = c.extents[i], edges = c.padding[i] + c.end[i];
    int64_t window = reach(c.kernel[i], c.dilation[i]);
    spec.src.push_back(extent);
    if (spec.transposed) {
      spec.padding_end[i] -= c.more[i];
      spec.dst.push_back((extent - 1) * c.stride[i] + window - edges + c.more[i]);
    } else {
      spec.dst.push_back((extent + edges - window) / c.stride[i] + 1);
    }
  }
  return spec;
}

// Output, and in training the gradients of input, weights and bias, one after the other.
std::vector<double> convolve(const ConvSpec& spec, const Env& env, const Layout& offered) {
  auto op = make_conv(env, spec, offered);
  Shape weights = spec.weights();
  Layout numbers({spec.dst[1]}, env.dtype);
  Tensor x(env, op->src), y(env, op->dst), w(env, op->weights), b(env, numbers);
  x.set(random_numbers(numel(spec.src), 1));
  w.set(random_numbers(numel(weights), 2));
  b.set(random_numbers(spec.dst[1], 3));
  AlignedBuffer scratch(op->scratch_bytes + 64);
  op->forward(x.data(), w.data(), b.data(), y.data(), scratch.data());
  auto all = y.get();
  if (!env.training) return all;
  Tensor dy(env, op->dst), dx(env, op->src), back(env, op->weights_backward), db(env, numbers);
  Tensor dw(env, Layout(weights, env.dtype));
  dy.set(random_numbers(numel(spec.dst), 4));
  back.set(random_numbers(numel(weights), 2));
  op->backward_data(dy.data(), back.data(), dx.data(), scratch.data());
  op->backward_weights(x.data(), dy.data(), dw.data(), db.data(), scratch.data());
  for (const Tensor* gradient : {&dx, &dw, &db}) {
    auto more = gradient->get();
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

const ConvCase kConvs[] = {
    {1, 3, 10, {11}, {3}, {1}, {1}, {1}, {1}},
    {1, 20, 12, {9}, {4}, {2}, {1}, {2}, {1}},
    {1, 20, 24, {9}, {3}, {1}, {4}, {0}, {2}},
    {4, 12, 20, {10}, {3}, {1}, {0}, {3}, {1}},
    {20, 20, 20, {10}, {3}, {1}, {1}, {1}, {1}},
    {1, 16, 32, {12}, {1}, {1}, {0}, {0}, {1}},
    {1, 20, 24, {7, 6}, {3, 3}, {1, 1}, {1, 1}, {2, 0}, {1, 1}},
    {1, 16, 32, {9, 10}, {3, 3}, {1, 1}, {0, 1}, {1, 1}, {1, 1}},
    {20, 20, 20, {7, 6}, {3, 2}, {2, 1}, {0, 0}, {1, 1}, {1, 1}},
    {1, 3, 10, {5, 6, 4}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
    {1, 20, 12, {4, 5, 6}, {2, 3, 1}, {1, 2, 1}, {1, 0, 0}, {0, 1, 2}, {1, 2, 1}},
    {3, 24, 36, {3, 4, 4}, {1, 2, 2}, {1, 1, 1}, {0, 0, 1}, {0, 1, 0}, {1, 1, 1}},
    {10, 10, 10, {4, 4, 5}, {3, 3, 3}, {1, 2, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
    {1, 32, 16, {4, 4, 4}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
    {1, 5, 10, {7}, {4}, {2}, {1}, {1}, {1}, {0}},
    {1, 20, 12, {7}, {3}, {2}, {1}, {2}, {1}, {1}},
    {1, 20, 12, {7}, {3}, {1}, {0}, {0}, {3}, {2}},
    {5, 10, 20, {6, 5}, {4, 3}, {2, 1}, {1, 1}, {1, 0}, {1, 1}, {0, 0}},
    {1, 20, 24, {6, 5}, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
    {1, 20, 24, {6, 5}, {2, 2}, {2, 3}, {0, 0}, {0, 0}, {1, 1}, {1, 2}},
    {1, 32, 16, {6, 5}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 0}},
    {12, 12, 12, {6, 5}, {4, 4}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, {0, 0}},
    {1, 20, 12, {3, 4, 3}, {2, 3, 2}, {1, 2, 2}, {0, 1, 0}, {1, 1, 0}, {1, 1, 1}, {0, 1, 0}},
    {2, 12, 20, {2, 3, 3}, {3, 2, 2}, {2, 1, 1}, {1, 0, 0}, {1, 0, 0}, {1, 2, 1}, {1, 1, 0}},
};

class SpatialConvolution : public ::testing::TestWithParam<size_t> {};

TEST_P(SpatialConvolution, AgreesWithPlainLoops) {
  ConvSpec spec = spec_of(kConvs[GetParam()]);
  for (bool training : {true, false}) {
    Layout wide(spec.src, DType::f64);
    auto expected = convolve(spec, {.dtype = DType::f64, .training = training}, wide);
    for (const Layout& offered : offers(spec.src)) {
      expect_close(convolve(spec, {.training = training}, offered), expected, "convolution");
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, SpatialConvolution, ::testing::Range<size_t>(0, std::size(kConvs)));

struct PoolCase {
  int64_t channels;
  Dims extents, kernel, stride, padding, end, dilation;
  bool ceil = false;
};

// Output, and in training the gradient of the input.
std::vector<double> pool(const PoolSpec& spec, const Env& env, const Layout& offered) {
  Layout src = spec.plain_only() ? Layout(spec.src, env.dtype) : offered;
  auto op = make_pool(env, spec, src);
  Tensor x(env, src), y(env, op->dst), dy(env, op->dst), dx(env, src);
  x.set(random_numbers(numel(spec.src), 1));
  AlignedBuffer workspace(op->workspace_bytes + 64), scratch(op->scratch_bytes + 64);
  op->forward(x.data(), y.data(), env.training ? workspace.data() : nullptr, scratch.data());
  auto all = y.get();
  if (!env.training) return all;
  dy.set(random_numbers(numel(spec.dst), 2));
  op->backward(dy.data(), workspace.data(), dx.data(), scratch.data());
  auto gradient = dx.get();
  all.insert(all.end(), gradient.begin(), gradient.end());
  return all;
}

const PoolCase kPools[] = {
    {20, {11}, {3}, {2}, {1}, {1}, {1}},
    {20, {11}, {3}, {2}, {0}, {1}, {1}},
    {10, {10}, {3}, {2}, {1}, {1}, {1}, true},
    {16, {9}, {2}, {1}, {1}, {1}, {2}},
    {20, {7, 6}, {3, 2}, {2, 2}, {0, 1}, {1, 0}, {1, 1}},
    {20, {7, 6}, {2, 3}, {1, 2}, {1, 1}, {1, 1}, {2, 1}},
    {20, {5, 6, 4}, {3, 2, 2}, {1, 2, 2}, {1, 0, 1}, {1, 1, 1}, {1, 1, 1}},
    {3, {5, 6, 4}, {3, 3, 3}, {2, 2, 2}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, true},
    {16, {4, 4, 5}, {2, 2, 2}, {1, 1, 1}, {0, 1, 1}, {0, 1, 0}, {1, 2, 2}},
};

class SpatialPooling : public ::testing::TestWithParam<size_t> {};

TEST_P(SpatialPooling, AgreesWithPlainLoops) {
  using Kind = PoolSpec::Kind;
  const PoolCase& c = kPools[GetParam()];
  PoolSpec spec{.src = {2, c.channels},
                .dst = {2, c.channels},
                .kernel = c.kernel,
                .stride = c.stride,
                .padding = c.padding,
                .padding_end = c.end,
                .dilation = c.dilation};
  for (size_t i = 0; i < c.extents.size(); ++i) {
    int64_t room = c.extents[i] + c.padding[i] + c.end[i] - spec.reach(i);
    spec.src.push_back(c.extents[i]);
    spec.dst.push_back((c.ceil ? room + c.stride[i] - 1 : room) / c.stride[i] + 1);
  }
  for (Kind kind : {Kind::max, Kind::average, Kind::average_with_padding}) {
    spec.kind = kind;
    if (kind != Kind::max && spec.dilated()) continue;
    for (bool training : {true, false}) {
      Layout wide(spec.src, DType::f64);
      auto expected = pool(spec, {.dtype = DType::f64, .training = training}, wide);
      for (const Layout& offered : offers(spec.src)) {
        expect_close(pool(spec, {.training = training}, offered), expected, "pooling");
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, SpatialPooling, ::testing::Range<size_t>(0, std::size(kPools)));

TEST(Spatial, LayoutsKnowTheirBlocks) {
  for (const Shape& shape : {Shape{2, 20, 9}, Shape{2, 20, 4, 5}, Shape{2, 20, 3, 4, 2}}) {
    Layout liked = offers(shape)[1];
    if (liked.plain()) GTEST_SKIP() << "no blocks with these registers";
    EXPECT_GT(liked.channel_block(), 1);
    Shape wider = shape;
    wider[1] = 40;
    EXPECT_EQ(liked.of(wider).channel_block() == 40, liked.channel_block() == 20);
    EXPECT_EQ(liked.of(wider).shape(), wider);
  }
}

}  // namespace
}  // namespace firesteel::testing
