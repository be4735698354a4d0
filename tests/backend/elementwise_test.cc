// SPDX-License-Identifier: Apache-2.0
// Every Function on this CPU against plain loops in f64, forward and backward, for plain tensors
// and for images in blocks of channels, whether channels fill the last block or not.
#include <gtest/gtest.h>

#include <cmath>

#include "backend/onednn/make.h"
#include "backend/ops.h"
#include "core/error.h"
#include "core/rng.h"

namespace firesteel {
namespace {

struct Case {
  const char* name;
  Function function;
  float alpha = 0, beta = 0;
  bool positive = false;  // only for numbers above zero
};
const std::vector<Case> kCases = {{"relu", Function::relu},
                                  {"relu6", Function::relu6},
                                  {"tanh", Function::tanh},
                                  {"sigmoid", Function::sigmoid},
                                  {"leaky_relu", Function::leaky_relu, 0.1f},
                                  {"elu", Function::elu, 0.7f},
                                  {"clip", Function::clip, -0.5f, 1},
                                  {"clip_above_zero", Function::clip, 0.3f, 1},
                                  {"exp", Function::exp},
                                  {"sqrt", Function::sqrt, 0, 0, true},
                                  {"gelu", Function::gelu},
                                  {"gelu_tanh", Function::gelu_tanh},
                                  {"silu", Function::silu},
                                  {"softplus", Function::softplus, 2},
                                  {"log_sigmoid", Function::softplus, -1},
                                  {"abs", Function::abs},
                                  {"log", Function::log, 0, 0, true},
                                  {"square", Function::square},
                                  {"power", Function::power, 0.8f, 3},
                                  {"power_fraction", Function::power, 1, 1.5f, true},
                                  {"power_root", Function::power, 2, 0.5f, true},
                                  {"power_one", Function::power, 2, 1},
                                  {"power_none", Function::power, 2, 0},
                                  {"power_inverse", Function::power, 1, -1, true},
                                  {"hard_sigmoid", Function::hard_sigmoid, 0.2f, 0.5f},
                                  {"hard_swish", Function::hard_swish, 1.f / 6, 0.5f},
                                  {"mish", Function::mish},
                                  {"linear", Function::linear, -1.5f},
                                  {"linear_moved", Function::linear, 2, 0.3f}};

// From plain to the layout and back.
std::vector<float> converted(const std::vector<float>& numbers, const Layout& from,
                             const Layout& to) {
  std::vector<float> result(static_cast<size_t>(to.elements()), NAN);
  make_reorder({}, from, to)->run(numbers.data(), result.data());
  return result;
}

struct Results {
  std::vector<double> y, dx;
};

template <class T>
Results run_on(const Env& env, const Case& c, const Layout& layout, const std::vector<T>& x,
               const std::vector<T>& dy) {
  auto op = make_elementwise(env, c.function, layout, c.alpha, c.beta);
  std::vector<T> y(x.size(), NAN), dx(x.size(), NAN);
  op->forward(x.data(), y.data());
  op->backward(backward_needs_dst(c.function) ? y.data() : x.data(), dy.data(), dx.data());
  return {{y.begin(), y.end()}, {dx.begin(), dx.end()}};
}

void expect_near(const std::vector<double>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], expected[i], 2e-6 * std::max(1.0, std::abs(expected[i]))) << i;
  }
}

// Numbers of a shape, and what comes of them.
struct Example {
  Example(const Case& c, Shape shape_) : shape(std::move(shape_)) {
    Rng rng(1);
    for (int64_t i = 0; i < numel(shape); ++i) {
      float number = 2 * rng.normal();
      x.push_back(c.positive ? std::abs(number) + 0.1f : number);
      dy.push_back(rng.normal());
    }
    Env wide{.dtype = DType::f64, .reference = true};
    expected = run_on<double>(wide, c, Layout(shape, DType::f64), {x.begin(), x.end()},
                              {dy.begin(), dy.end()});
  }

  Shape shape;
  std::vector<float> x, dy;
  Results expected;
};

class ElementwiseFunctions : public ::testing::TestWithParam<Case> {};

TEST_P(ElementwiseFunctions, PlainNumbers) {
  Example e(GetParam(), {2, 19, 3, 5});
  for (bool reference : {true, false}) {
    Results got =
        run_on({.reference = reference}, GetParam(), Layout(e.shape, DType::f32), e.x, e.dy);
    expect_near(got.y, e.expected.y);
    expect_near(got.dx, e.expected.dx);
  }
}

// 0: all channels side by side. Lanes without a channel are zero, and come out so again.
TEST_P(ElementwiseFunctions, BlocksOfChannels) {
  const Case& c = GetParam();
  for (int64_t channels : {16, 19}) {
    Example e(c, {2, channels, 3, 5});
    Layout plain(e.shape, DType::f32);
    for (int64_t block : {0, 8, 16}) {
      Layout blocked = onednn::image_layout(e.shape, block);
      bool whole = blocked.elements() == plain.elements();
      if (!whole && !keeps_zero(c.function, c.alpha, c.beta)) {
        EXPECT_THROW(make_elementwise({}, c.function, blocked, c.alpha, c.beta), Error);
        continue;
      }
      Results got =
          run_on({}, c, blocked, converted(e.x, plain, blocked), converted(e.dy, plain, blocked));
      auto back = [&](const std::vector<double>& numbers) {
        std::vector<float> narrow(numbers.begin(), numbers.end());
        auto result = converted(narrow, blocked, plain);
        EXPECT_EQ(converted(result, plain, blocked), narrow) << "block " << block;
        return std::vector<double>(result.begin(), result.end());
      };
      expect_near(back(got.y), e.expected.y);
      expect_near(back(got.dx), e.expected.dx);
    }
  }
}

TEST_P(ElementwiseFunctions, InPlace) {
  const Case& c = GetParam();
  Example e(c, {3, 37});
  auto op = make_elementwise({}, c.function, Layout(e.shape, DType::f32), c.alpha, c.beta);
  auto y = e.x, dx = e.dy;
  op->forward(y.data(), y.data());
  expect_near({y.begin(), y.end()}, e.expected.y);
  op->backward(backward_needs_dst(c.function) ? y.data() : e.x.data(), dx.data(), dx.data());
  expect_near({dx.begin(), dx.end()}, e.expected.dx);
}

TEST_P(ElementwiseFunctions, KeepsZeroAsItClaims) {
  const Case& c = GetParam();
  std::vector<double> zero = {0}, one = {1};
  Env wide{.dtype = DType::f64, .reference = true};
  Results at_zero = run_on<double>(wide, c, Layout({1}, DType::f64), zero, one);
  bool keeps = at_zero.y[0] == 0 && std::isfinite(at_zero.dx[0]);
  EXPECT_EQ(keeps_zero(c.function, c.alpha, c.beta), keeps);
}

INSTANTIATE_TEST_SUITE_P(All, ElementwiseFunctions, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

// As in PyTorch: no gradient where |x| bends, nor at the limits of hardtanh and hardsigmoid.
TEST(Elementwise, SlopesAtKinks) {
  struct Kink {
    Function function;
    float alpha, beta, at, slope;
  };
  for (const Kink& kink :
       {Kink{Function::abs, 0, 0, 0, 0}, Kink{Function::clip, -1, 1, -1, 0},
        Kink{Function::clip, -1, 1, 1, 0}, Kink{Function::relu, 0, 0, 0, 0},
        Kink{Function::elu, 0.5f, 0, 0, 0.5f}, Kink{Function::leaky_relu, 0.1f, 0, 0, 0.1f},
        Kink{Function::hard_sigmoid, 0.25f, 0.5f, -2, 0},
        Kink{Function::hard_sigmoid, 0.25f, 0.5f, 2, 0},
        Kink{Function::hard_swish, 0.25f, 0.5f, -2, 0},
        Kink{Function::hard_swish, 0.25f, 0.5f, 2, 1}}) {
    for (bool reference : {true, false}) {
      Case c{"kink", kink.function, kink.alpha, kink.beta};
      std::vector<float> x(20, kink.at), dy(20, 1);
      Results got = run_on({.reference = reference}, c, Layout({20}, DType::f32), x, dy);
      for (double slope : got.dx) {
        EXPECT_EQ(static_cast<float>(slope), kink.slope)
            << static_cast<int>(kink.function) << " at " << kink.at;
      }
    }
  }
}

// Relative to the result, which is small there.
TEST(Elementwise, LogarithmNearOne) {
  std::vector<float> x, y;
  for (int i = -50; i <= 50; ++i) x.push_back(1 + static_cast<float>(i) * 1e-5f);
  y.resize(x.size());
  Layout layout({static_cast<int64_t>(x.size())}, DType::f32);
  make_elementwise({}, Function::log, layout)->forward(x.data(), y.data());
  for (size_t i = 0; i < x.size(); ++i) {
    double expected = std::log(static_cast<double>(x[i]));
    EXPECT_NEAR(y[i], expected, 1e-6 * std::abs(expected));
  }
}

}  // namespace
}  // namespace firesteel
