// SPDX-License-Identifier: Apache-2.0
// Boxes and their suppression, and what layers of detection put into their second outputs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/buffer.h"
#include "core/rng.h"
#include "nn/layers/detection/nms.h"
#include "nn/models/zoo.h"
#include "nn/plan.h"

namespace firesteel {
namespace {

using Numbers = std::vector<float>;
struct Input {
  Shape shape;  // batch included
  Numbers numbers;
};

// All outputs of a layer without parameters, in inference.
std::vector<Numbers> run(const std::string& kind, const Attrs& attrs,
                         const std::vector<Input>& inputs) {
  auto graph = std::make_shared<Graph>();
  std::vector<Ref> refs;
  Shapes shapes;
  for (const Input& input : inputs) {
    refs.push_back(graph->input(cat("x", refs.size()), without_batch(input.shape)));
    shapes.push_back(input.shape);
  }
  auto made = layer(kind, attrs);
  size_t outputs = made->infer(shapes).size();
  Ref node = graph->add("layer", std::move(made), refs);
  for (size_t i = 0; i < outputs; ++i) graph->output({node.node, static_cast<int>(i)});
  ParamTable table(*graph);
  Env env{.training = false};
  PackedParams packed(env, nullptr);
  auto plan = compile(graph, table, inputs[0].shape[0], env, packed);
  AlignedBuffer arena(plan->arena_bytes());
  plan->bind(arena.data());
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::copy(inputs[i].numbers.begin(), inputs[i].numbers.end(),
              static_cast<float*>(plan->input(i)));
  }
  std::vector<int64_t> samples(static_cast<size_t>(inputs[0].shape[0]));
  plan->forward({.samples = samples});
  std::vector<Numbers> results;
  for (size_t i = 0; i < outputs; ++i) {
    auto* y = static_cast<const float*>(plan->output(i));
    results.emplace_back(y, y + numel(plan->output_shape(i)));
  }
  return results;
}

// Corners in any order, and some boxes twice.
std::vector<Box<double>> random_boxes(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<Box<double>> boxes;
  for (int64_t i = 0; i < count; ++i) {
    double x = rng.unit() * 10, y = rng.unit() * 10;
    boxes.push_back({x, y, x + rng.unit() * 5 - 0.5, y + rng.unit() * 5 - 0.5});
    if (i % 7 == 6) boxes.back() = boxes[static_cast<size_t>(i / 2)];
  }
  return boxes;
}

// By definition: in the order of scores, each that overlaps none of the kept ones.
std::vector<int64_t> kept_by_definition(const std::vector<Box<double>>& boxes,
                                        const std::vector<double>& scores, double threshold,
                                        double pixel) {
  std::vector<int64_t> order, kept;
  for (size_t i = 0; i < boxes.size(); ++i) {
    if (!std::isnan(scores[i])) order.push_back(static_cast<int64_t>(i));
  }
  auto score = [&](int64_t i) { return scores[static_cast<size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return score(a) > score(b); });
  for (int64_t i : order) {
    bool covered = std::any_of(kept.begin(), kept.end(), [&](int64_t k) {
      return iou(boxes[static_cast<size_t>(i)], boxes[static_cast<size_t>(k)], pixel) > threshold;
    });
    if (!covered) kept.push_back(i);
  }
  return kept;
}

std::vector<int64_t> kept_by_us(const std::vector<Box<double>>& boxes,
                                const std::vector<double>& scores, double threshold, double pixel) {
  auto count = static_cast<int64_t>(boxes.size());
  std::vector<int64_t> ids(boxes.size()), result;
  std::vector<double> memory(boxes.size() * KeptBoxes<double>::kNumbersOfBox);
  int64_t found = best_above(-INFINITY, ids.data(), count, count,
                             [&](int64_t i) { return scores[static_cast<size_t>(i)]; });
  KeptBoxes<double> kept(memory.data(), count, threshold, pixel);
  for (int64_t c = 0; c < found; ++c) {
    int64_t id = ids[static_cast<size_t>(c)];
    if (kept.keep(boxes[static_cast<size_t>(id)])) result.push_back(id);
  }
  return result;
}

TEST(Boxes, OverlapByTheirSharedArea) {
  Box<double> a{0, 0, 4, 2}, b{2, 0, 6, 2}, far{7, 7, 8, 8}, empty{1, 1, 1, 1}, turned{3, 1, 1, 2};
  EXPECT_DOUBLE_EQ(iou(a, a, 0.0), 1);
  EXPECT_DOUBLE_EQ(iou(a, b, 0.0), 4.0 / 12);
  EXPECT_DOUBLE_EQ(iou(a, b, 1.0), 9.0 / 21);  // of 5 x 3 pixels each
  EXPECT_EQ(iou(a, far, 0.0), 0);
  EXPECT_EQ(iou(empty, empty, 0.0), 0);
  EXPECT_EQ(iou(a, turned, 0.0), 0);
}

TEST(Nms, KeepsWhatItsDefinitionKeeps) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    auto boxes = random_boxes(70, seed);
    Rng rng(100 + seed);
    std::vector<double> scores;
    // Few different ones: many are equal.
    for (size_t i = 0; i < boxes.size(); ++i) {
      scores.push_back(i % 11 == 3 ? NAN : std::floor(rng.unit() * 20));
    }
    for (double threshold : {0.0, 0.3, 0.7, 1.0}) {
      for (double pixel : {0.0, 1.0}) {
        EXPECT_EQ(kept_by_us(boxes, scores, threshold, pixel),
                  kept_by_definition(boxes, scores, threshold, pixel))
            << seed << " " << threshold;
      }
    }
  }
}

// A planted fault: another threshold has to keep other boxes.
TEST(Nms, DefinitionSeesAnotherThreshold) {
  auto boxes = random_boxes(70, 1);
  std::vector<double> scores(boxes.size());
  std::iota(scores.begin(), scores.end(), 0.0);
  EXPECT_NE(kept_by_us(boxes, scores, 0.3, 0), kept_by_definition(boxes, scores, 0.5, 0));
}

TEST(Nms, KeepsEmptyBoxesAndThoseAtTheThreshold) {
  std::vector<Box<double>> boxes = {{0, 0, 2, 1}, {0, 0, 1, 1}, {5, 5, 5, 5}, {5, 5, 5, 5}};
  std::vector<int64_t> all = {0, 1, 2, 3};
  EXPECT_EQ(kept_by_us(boxes, {4, 3, 2, 1}, 0.5, 0), all);
  EXPECT_EQ(kept_by_us(boxes, {4, 3, 2, 1}, 0.49, 0), (std::vector<int64_t>{0, 2, 3}));
}

TEST(Nms, TakesTheFirstOfEqualsAndTheBestOfMany) {
  std::vector<double> scores = {1, 3, 2, 3, NAN, 0, 2};
  std::vector<int64_t> ids(scores.size());
  auto score = [&](int64_t i) { return scores[static_cast<size_t>(i)]; };
  ASSERT_EQ(best_above(0.5, ids.data(), 7, 4, score), 4);
  ids.resize(4);
  EXPECT_EQ(ids, (std::vector<int64_t>{1, 3, 2, 6}));
}

TEST(NmsLayer, CountsWhatItKeeps) {
  Numbers boxes = {0, 0, 4, 4, 0, 0, 4, 5, 8, 8, 9, 9, 0, 0, 4, 4, 1, 1, 2, 2, 3, 3, 4, 4};
  auto out = run("Nms", {{"max_output", int64_t{3}}},
                 {{{2, 3, 4}, boxes}, {{2, 3}, {0.2f, 0.9f, NAN, 0.1f, 0.3f, 0.2f}}});
  EXPECT_EQ(out[0], (Numbers{1, -1, -1, 1, 2, 0}));
  EXPECT_EQ(out[1], (Numbers{1, 3}));
}

TEST(ProposalLayer, GivesScoresAndFillsUp) {
  // One position with two anchors of 4 pixels' side; the second one leaves the image.
  Attrs attrs = {{"post_nms_topn", int64_t{3}}, {"min_size", 2.0},
                 {"image_size", Dims{8, 8}},    {"ratios", Reals{1.0}},
                 {"scales", Reals{1.0, 9.0}},   {"base_size", int64_t{4}},
                 {"inclusive", false}};
  auto out = run("Proposal", attrs, {{{1, 2, 1, 1}, {0.4f, 0.7f}}, {{1, 8, 1, 1}, Numbers(8)}});
  EXPECT_EQ(out[0], (Numbers{0, 0, 8, 8, 0, 0, 2, 2, -1, -1, -1, -1}));
  EXPECT_EQ(out[1], (Numbers{0.7f, 0.4f, -1}));
}

TEST(PriorBoxLayer, HasVariancesBesideBoxes) {
  auto out =
      run("PriorBox", {{"min_sizes", Reals{2.0}}, {"image_size", Dims{4, 8}}, {"clip", true}},
          {{{1, 1, 1, 2}, {0, 0}}});
  Numbers expected = {0.125f, 0.25f, 0.375f, 0.75f, 0.1f, 0.1f, 0.2f, 0.2f,
                      0.625f, 0.25f, 0.875f, 0.75f, 0.1f, 0.1f, 0.2f, 0.2f};
  EXPECT_EQ(out[0], expected);
}

TEST(DetectionOutputLayer, FindsNoBackgroundAndFillsUp) {
  Numbers priors = {0.1f, 0.1f, 0.4f, 0.4f, 0.6f, 0.6f, 0.8f, 0.8f};
  Attrs attrs = {{"num_classes", int64_t{2}}, {"keep_top_k", int64_t{2}}};
  auto out =
      run("DetectionOutput", attrs,
          {{{1, 8}, Numbers(8)}, {{1, 4}, {0.9f, 0.1f, 0.999f, 0.001f}}, {{1, 2, 4}, priors}});
  Numbers expected = {1, 0.1f, 0.1f, 0.1f, 0.4f, 0.4f, -1, 0, 0, 0, 0, 0};
  ASSERT_EQ(out[0].size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(out[0][i], expected[i], 1e-6) << i;
}

TEST(BoxLayers, DecodeWhatTheyEncode) {
  Numbers boxes = {0, 0, 4, 2, 1, 3, 2, 8}, targets = {1, 0.5f, 3, 9, -2, 1, 4, 4};
  for (bool inclusive : {false, true}) {
    Attrs attrs = {{"weights", Reals{10, 10, 5, 5}}, {"inclusive", inclusive}};
    auto code = run("BoxEncode", attrs, {{{1, 2, 4}, targets}, {{1, 2, 4}, boxes}})[0];
    auto decoded = run("BoxDecode", attrs, {{{1, 2, 4}, boxes}, {{1, 2, 4}, code}})[0];
    for (size_t i = 0; i < targets.size(); ++i) EXPECT_NEAR(decoded[i], targets[i], 1e-5) << i;
  }
}

}  // namespace
}  // namespace firesteel
