// SPDX-License-Identifier: Apache-2.0
// The mean average precision of detectors, against pycocotools and the definition of the VOC challenge.
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "train/metric.h"

namespace firesteel {
namespace {

constexpr int64_t kImages = 12, kTruths = 3, kFound = 6, kClasses = 4;

struct Scene {
  std::vector<float> found, labels;  // [images, kFound, 6], [images, kTruths, 6]
};

// Numbers that a script in another language can make as well.
class Numbers {
 public:
  double unit() {
    state_ = (state_ * 1103515245 + 12345) % (uint64_t{1} << 31);
    return static_cast<double>(state_ >> 8) / (1 << 23);
  }

 private:
  uint64_t state_ = 7;
};

void push(std::vector<float>* to, std::initializer_list<double> numbers) {
  for (double number : numbers) to->push_back(static_cast<float>(number));
}

// Found boxes near true ones, some of a wrong class, with scores that mean nothing.
Scene scene() {
  Numbers n;
  Scene out;
  auto any_class = [&] { return 1 + std::floor(n.unit() * 3); };
  for (int64_t t = 0; t < kImages * kTruths; ++t) {
    double label = any_class(), x = n.unit() * 0.5, y = n.unit() * 0.5;
    double w = 0.2 + 0.3 * n.unit(), h = 0.2 + 0.3 * n.unit();
    push(&out.labels, {label, x, y, x + w, y + h, n.unit() < 0.2 ? 1. : 0.});
    for (int copy = 0; copy < 2; ++copy) {
      double d[4];
      for (double& one : d) one = (n.unit() - 0.5) * 0.15;
      double of = n.unit() < 0.8 ? label : any_class(), score = n.unit();
      push(&out.found, {of, score, x + d[0], y + d[1], x + w + d[2], y + h + d[3]});
    }
  }
  return out;
}

double figure(const Attrs& more, const Scene& scene, int64_t images_at_once = 5) {
  Attrs attrs = {{"num_classes", kClasses}, {"bins", int64_t{4000}}};
  attrs.insert(attrs.end(), more.begin(), more.end());
  auto metric = Registry<Metric>::instance().make("DetectionMeanAveragePrecision", attrs);
  std::vector<double> sums(metric->sums());
  for (int64_t i = 0; i < kImages; i += images_at_once) {
    int64_t images = std::min(images_at_once, kImages - i);
    Labels labels{DType::f32, {kTruths, 6}, scene.labels.data() + i * kTruths * 6};
    metric->measure({images, kFound, 6}, scene.found.data() + i * kFound * 6, labels, sums);
  }
  return metric->figure(sums);
}
Attrs style(const std::string& name) { return {{"style", name}}; }

// The numbers of pycocotools 2.0.11 and of the definition, from the same boxes.
TEST(DetectionMetric, AgreesWithOthers) {
  EXPECT_NEAR(figure(style("voc2007"), scene()), 0.7925498993610448, 1e-9);
  EXPECT_NEAR(figure(style("voc2010"), scene()), 0.7935440032963254, 1e-9);
  EXPECT_NEAR(figure(style("coco"), scene()), 0.24164615005229756, 1e-9);
  Attrs one = {{"style", std::string("coco")}, {"overlaps", Reals{0.5}}};
  EXPECT_NEAR(figure(one, scene()), 0.8172123164697421, 1e-9);
}

TEST(DetectionMetric, PartsAddUp) {
  EXPECT_EQ(figure(style("coco"), scene(), 1), figure(style("coco"), scene(), 12));
}

TEST(DetectionMetric, FewBinsAreCloseToManyOnes) {
  double exact = figure({}, scene());
  auto with = [&](int64_t bins) {
    auto metric = Registry<Metric>::instance().make("DetectionMeanAveragePrecision",
                                                    {{"num_classes", kClasses}, {"bins", bins}});
    std::vector<double> sums(metric->sums());
    Scene all = scene();
    metric->measure({kImages, kFound, 6}, all.found.data(),
                    {DType::f32, {kTruths, 6}, all.labels.data()}, sums);
    return metric->figure(sums);
  };
  EXPECT_NEAR(with(32), exact, 0.02);
  EXPECT_NE(with(1), exact);
}

TEST(DetectionMetric, MistakesAreSentences) {
  auto refusal = [](const Attrs& more, const std::vector<Shape>& outputs, const Shape& labels) {
    Attrs attrs = {{"num_classes", kClasses}};
    attrs.insert(attrs.end(), more.begin(), more.end());
    try {
      auto metric = Registry<Metric>::instance().make("DetectionMeanAveragePrecision", attrs);
      metric->check_outputs(outputs, {DType::f32, labels});
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const std::string kind = "DetectionMeanAveragePrecision";
  EXPECT_EQ(refusal({}, {{9, 6}}, {3, 5}), "");
  EXPECT_EQ(refusal({}, {{9, 6}}, {15}), kind + ": labels must be [n, 5] or [n, 6], got [15]");
  EXPECT_EQ(refusal({}, {{9, 4}}, {3, 5}),
            kind +
                ": the model's output must be [n, 6], got [9, 4]. Those that MultiBox trains want "
                "from_boxes");
  EXPECT_EQ(refusal({{"from_boxes", true}}, {{9, 4}, {9, 3}, {9, 4}}, {3, 5}),
            kind +
                ": the model's outputs must be [n, 4] places, [n, 4] scores and [n, 4] default "
                "boxes, got [9, 4], [9, 3] and [9, 4]");
  EXPECT_EQ(refusal({{"style", std::string("voc")}}, {{9, 6}}, {3, 5}),
            kind + ".style: must be 'voc2007', 'voc2010' or 'coco', got 'voc'");
  EXPECT_EQ(refusal({{"overlaps", Reals{1.5}}}, {{9, 6}}, {3, 5}),
            kind + ".overlaps: must be > 0 and <= 1, got 1.5");
}

}  // namespace
}  // namespace firesteel
