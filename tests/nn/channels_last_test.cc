// SPDX-License-Identifier: Apache-2.0
// Images whose channels lie side by side stay so through joined branches and poolings: the same numbers as
// plain ones give.
#include "backend/channels_last.h"

#include <gtest/gtest.h>

#include "tests/nn/small_nets.h"
#include "tests/relative_distance.h"

namespace firesteel::testing {
namespace {

// Gives its input on with channels last.
struct AsChannelsLast final : LayerOf<AsChannelsLast> {
  static constexpr auto schema() { return Schema{"AsChannelsLast", "test", "For this test."}; }
  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  void prepare(Prepare& p) const override {
    Layout plain(p.in(), p.env().dtype), last = channels_last(p.in(), p.env().dtype);
    p.set_output(0, last);
    p.keep(make_reorder(p.env(), plain, last));
    p.keep(make_reorder(p.env(), last, plain));
  }
  void forward(Run& r) const override { r.op<Reorder>(0).run(r.x(), r.y()); }
  void backward(Run& r) const override { r.op<Reorder>(1).run(r.dy(), r.dx()); }
};

// Two branches of different widths, joined, and what comes after them.
Graph joined(bool last, int64_t first, int64_t second) {
  Net net;
  Ref x = net.graph.input("x", {4, 5, 6});
  auto as = [&](Ref value) {
    if (!last) return value;
    std::string name =
        "last_of_" + net.graph.node(value.node).name;  // parameters follow from names
    return net.graph.add(name, std::make_shared<AsChannelsLast>(), {value});
  };
  Ref a = as(net.conv(x, 4, first, 1)), b = as(net.conv(x, 4, second, 3));
  Ref pooled =
      net.add("MaxPool2d", {{"kernel_size", Dims{3}}, {"stride", Dims{1}}, {"padding", Dims{1}}},
              {net.join({a, b})});
  net.graph.output(net.norm(pooled, first + second));
  return net.graph;
}

TEST(ChannelsLast, JoinedBranchesGiveTheSameNumbers) {
  for (auto [first, second] : {std::pair<int64_t, int64_t>{3, 5}, {16, 8}, {16, 16}, {24, 40}}) {
    for (bool training : {true, false}) {
      Env env{.training = training, .input_gradients = training};
      Results plain = run(joined(false, first, second), env);
      Results last = run(joined(true, first, second), env);
      EXPECT_LT(relative_distance(last.output, plain.output), 1e-5) << first << " " << second;
      EXPECT_LT(relative_distance(last.gradients, plain.gradients), 1e-5) << first << " " << second;
      EXPECT_LT(relative_distance(last.input_gradient, plain.input_gradient), 1e-5) << first;
    }
  }
}

}  // namespace
}  // namespace firesteel::testing
