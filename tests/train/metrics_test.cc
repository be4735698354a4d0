// SPDX-License-Identifier: Apache-2.0
// Every metric against its definition, written over all rows or pairs of rows at once, and measured in
// parts that add up.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "core/json.h"
#include "tests/train/engines.h"
#include "train/metric.h"

namespace firesteel {
namespace {

constexpr int64_t kRows = 24;

struct Rows {
  Shape row;  // of the output
  std::vector<float> output;
  Shape label_row;
  std::vector<float> labels;
};

// Scores that lie in different ones of 1000 bins, none near an edge.
Rows scores(int64_t width, uint64_t seed, const std::function<float(Rng&, int64_t)>& label,
            int64_t label_width) {
  Rows rows{{width}, {}, label_width == 1 ? Shape{} : Shape{label_width}, {}};
  Rng rng(seed);
  std::set<uint64_t> used;
  while (static_cast<int64_t>(rows.output.size()) < kRows * width) {
    uint64_t bin = rng.below(1000);
    if (used.insert(bin).second) rows.output.push_back((static_cast<float>(bin) + 0.5f) / 1000);
  }
  for (int64_t i = 0; i < kRows * label_width; ++i) rows.labels.push_back(label(rng, i));
  return rows;
}
Rows binary(uint64_t seed = 1) {
  return scores(
      1, seed, [](Rng& rng, int64_t) { return static_cast<float>(rng.below(3) == 0); }, 1);
}
Rows classes(int64_t count, uint64_t seed = 2) {
  auto label = [=](Rng& rng, int64_t) {
    return static_cast<float>(rng.below(static_cast<uint64_t>(count)));
  };
  return scores(count, seed, label, 1);
}

std::unique_ptr<Metric> made(const std::string& kind, const Attrs& attrs) {
  return Registry<Metric>::instance().make(kind, attrs);
}

void add(const Metric& metric, const Rows& rows, int64_t begin, int64_t end,
         std::vector<double>* sums) {
  Labels labels{DType::f32, rows.label_row, rows.labels.data() + begin * numel(rows.label_row)};
  metric.measure(with_batch(end - begin, rows.row), rows.output.data() + begin * numel(rows.row),
                 labels, *sums);
}

// Of all rows, in two parts whose sums are added.
double figure(const std::string& kind, const Attrs& attrs, const Rows& rows) {
  auto metric = made(kind, attrs);
  metric->check(rows.row, {DType::f32, rows.label_row});
  int64_t count = static_cast<int64_t>(rows.output.size()) / numel(rows.row);
  std::vector<double> whole(metric->sums()), first(whole), second(whole);
  add(*metric, rows, 0, count, &whole);
  int64_t cut = (count + 2) / 3;
  add(*metric, rows, 0, cut, &first);
  if (cut < count) add(*metric, rows, cut, count, &second);
  for (size_t i = 0; i < first.size(); ++i) first[i] += second[i];
  EXPECT_NEAR(metric->figure(first), metric->figure(whole), 1e-9);
  return metric->figure(whole);
}

int64_t best(const float* x, int64_t n) { return std::max_element(x, x + n) - x; }

TEST(Metrics, AccuracyOfStepsAndIgnoredLabels) {
  Rows rows{{2, 3}, {1, 2, 3, 9, 0, 1, 0, 0, 5, 1, 1, 0}, {2}, {2, 0, -1, 1}};
  EXPECT_DOUBLE_EQ(figure("Accuracy", {{"ignore_index", int64_t{-1}}}, rows), 2.0 / 3);
  EXPECT_DOUBLE_EQ(figure("Accuracy", {{"ignore_index", int64_t{-1}}, {"top_k", int64_t{2}}}, rows),
                   1);
}

TEST(Metrics, AccuraciesOfOtherLabels) {
  Rows rows = binary();
  double right = 0;
  for (size_t i = 0; i < rows.output.size(); ++i) {
    right += (rows.output[i] > 0.3f) == (rows.labels[i] == 1);
  }
  EXPECT_DOUBLE_EQ(figure("BinaryAccuracy", {{"threshold", 0.3}}, rows), right / kRows);

  Rows ids = classes(4);
  Rows one_hot{ids.row, ids.output, {4}, {}};
  for (float label : ids.labels) {
    for (int c = 0; c < 4; ++c) one_hot.labels.push_back(label == static_cast<float>(c));
  }
  double accuracy = figure("Accuracy", {}, ids);
  EXPECT_GT(accuracy, 0);
  EXPECT_DOUBLE_EQ(figure("CategoricalAccuracy", {}, one_hot), accuracy);
}

TEST(Metrics, AccuracyOfTheRoot) {
  Rows rows{{2, 3}, {1, 2, 3, 9, 0, 1, 4, 0, 5, 1, 1, 0}, {2}, {2, 1, 0, 1}};
  EXPECT_DOUBLE_EQ(figure("TreeAccuracy", {}, rows), 0.5);
  Rows numbers{{2, 1}, {0.7f, 0.1f, 0.2f, 0.9f, 0.6f, 0.4f}, {2}, {1, 0, 0, 1, 0, 0}};
  EXPECT_DOUBLE_EQ(figure("TreeAccuracy", {}, numbers), 2.0 / 3);
}

TEST(Metrics, ErrorsAndLosses) {
  Rows rows = scores(3, 3, [](Rng& rng, int64_t) { return rng.unit(); }, 3);
  double absolute = 0, squared = 0;
  for (size_t i = 0; i < rows.output.size(); ++i) {
    double d = static_cast<double>(rows.output[i]) - static_cast<double>(rows.labels[i]);
    absolute += std::abs(d) / static_cast<double>(rows.output.size());
    squared += d * d / static_cast<double>(rows.output.size());
  }
  EXPECT_NEAR(figure("MeanAbsoluteError", {}, rows), absolute, 1e-9);
  EXPECT_NEAR(figure("MeanSquaredError", {}, rows), squared, 1e-9);
  EXPECT_NEAR(figure("Loss", {{"loss", std::string("MeanSquaredError")}}, rows), squared, 1e-6);
  EXPECT_NEAR(figure("Loss", {{"loss", std::string("MeanSquaredError:reduction=sum")}}, rows),
              3 * squared, 1e-6);
  EXPECT_EQ(made("Loss", {{"loss", std::string("SmoothL1:beta=2")}})->key(), "smooth_l1");
}

TEST(Metrics, PerplexityIsTheExponentialOfTheMean) {
  Rows rows = classes(5);
  double sum = 0;
  for (size_t r = 0; r < kRows; ++r) {
    double all = 0;
    for (size_t c = 0; c < 5; ++c) all += std::exp(static_cast<double>(rows.output[5 * r + c]));
    auto label = static_cast<size_t>(rows.labels[r]);
    sum += std::log(all) - static_cast<double>(rows.output[5 * r + label]);
  }
  EXPECT_NEAR(figure("Perplexity", {}, rows), std::exp(sum / kRows), 1e-5);
}

// Places counted by hand: a wanted item's is one more than how many scores are higher.
TEST(Metrics, RankingsOfAWantedItem) {
  Rows rows = classes(10);
  double hits = 0, gains = 0;
  for (size_t r = 0; r < kRows; ++r) {
    double place = 1;
    auto wanted = static_cast<size_t>(rows.labels[r]);
    for (size_t i = 0; i < 10; ++i) place += rows.output[10 * r + i] > rows.output[10 * r + wanted];
    if (place > 4) continue;
    hits += 1;
    gains += std::log(2.0) / std::log(1 + place);
  }
  EXPECT_NEAR(figure("HitRatio", {{"k", int64_t{4}}}, rows), hits / kRows, 1e-12);
  EXPECT_NEAR(figure("NDCG", {{"k", int64_t{4}}}, rows), gains / kRows, 1e-12);

  Rows marks{rows.row, rows.output, {10}, {}};
  for (float label : rows.labels) {
    for (int i = 0; i < 10; ++i) marks.labels.push_back(label == static_cast<float>(i));
  }
  EXPECT_NEAR(figure("HitRatio", {{"k", int64_t{4}}}, marks), hits / kRows, 1e-12);
  Rows alike{{3}, {1, 1, 1}, {}, {0}};
  EXPECT_EQ(figure("HitRatio", {{"k", int64_t{2}}}, alike), 0);
}

struct Counts {
  double found = 0, wrong = 0, missed = 0;
};

void expect_confusion(const std::vector<Counts>& classes, const Attrs& attrs, const Rows& rows) {
  double precision = 0, recall = 0, f1 = 0;
  for (const Counts& c : classes) {
    auto n = static_cast<double>(classes.size());
    double p = c.found + c.wrong > 0 ? c.found / (c.found + c.wrong) : 0;
    double r = c.found + c.missed > 0 ? c.found / (c.found + c.missed) : 0;
    precision += p / n;
    recall += r / n;
    f1 += p + r > 0 ? 2 * p * r / (p + r) / n : 0;
  }
  EXPECT_NEAR(figure("Precision", attrs, rows), precision, 1e-12);
  EXPECT_NEAR(figure("Recall", attrs, rows), recall, 1e-12);
  EXPECT_NEAR(figure("F1", attrs, rows), f1, 1e-12);
}

TEST(Metrics, PrecisionRecallAndF1) {
  Rows rows = binary();
  Counts counts;
  for (size_t i = 0; i < kRows; ++i) {
    bool taken = rows.output[i] > 0.4f, truth = rows.labels[i] == 1;
    counts.found += taken && truth;
    counts.wrong += taken && !truth;
    counts.missed += !taken && truth;
  }
  expect_confusion({counts}, {{"threshold", 0.4}}, rows);

  Rows three = classes(3);
  std::vector<Counts> by_class(3);
  for (size_t r = 0; r < kRows; ++r) {
    auto taken = static_cast<size_t>(best(&three.output[3 * r], 3));
    auto truth = static_cast<size_t>(three.labels[r]);
    for (size_t c = 0; c < 3; ++c) {
      by_class[c].found += c == taken && c == truth;
      by_class[c].wrong += c == taken && c != truth;
      by_class[c].missed += c != taken && c == truth;
    }
  }
  expect_confusion(by_class, {{"num_classes", int64_t{3}}}, three);
}

// The share of pairs of a positive and a negative that are in order.
double pairs_in_order(const Rows& rows) {
  double right = 0, pairs = 0;
  for (size_t p = 0; p < kRows; ++p) {
    for (size_t n = 0; n < kRows; ++n) {
      if (rows.labels[p] != 1 || rows.labels[n] != 0) continue;
      pairs += 1;
      right += rows.output[p] > rows.output[n] ? 1 : rows.output[p] == rows.output[n] ? 0.5 : 0;
    }
  }
  return right / pairs;
}

// Precision and recall where all scores of at least `least` are taken.
std::pair<double, double> taken_at(const Rows& rows, float least) {
  double found = 0, taken = 0, positives = 0;
  for (size_t i = 0; i < kRows; ++i) {
    taken += rows.output[i] >= least;
    found += rows.output[i] >= least && rows.labels[i] == 1;
    positives += rows.labels[i] == 1;
  }
  return {found / taken, found / positives};
}

TEST(Metrics, AreasUnderCurves) {
  Rows rows = binary();
  rows.output[3] = rows.output[11] = rows.output[7];  // ties
  EXPECT_NEAR(figure("AUC", {}, rows), pairs_in_order(rows), 1e-12);

  std::vector<float> thresholds = rows.output;
  std::sort(thresholds.begin(), thresholds.end(), std::greater<>());
  double area = 0, precision = 1, recall = 0;
  for (float threshold : thresholds) {
    auto [p, r] = taken_at(rows, threshold);
    area += (r - recall) * (p + precision) / 2;
    precision = p, recall = r;
  }
  EXPECT_NEAR(figure("PrecisionRecallAUC", {}, rows), area, 1e-12);
}

TEST(Metrics, AreasOfSeveralLabelsAndOfScores) {
  Rows a = binary(5), b = binary(6), both{{2}, {}, {2}, {}};
  for (size_t i = 0; i < kRows; ++i) {
    both.output.insert(both.output.end(), {a.output[i], b.output[i]});
    both.labels.insert(both.labels.end(), {a.labels[i], b.labels[i]});
  }
  double mean = (pairs_in_order(a) + pairs_in_order(b)) / 2;
  EXPECT_NEAR(figure("AUC", {{"num_labels", int64_t{2}}}, both), mean, 1e-12);

  Rows raw = a;
  for (float& score : raw.output) score = std::log(score / (1 - score));
  EXPECT_NEAR(figure("AUC", {{"from_logits", true}}, raw), pairs_in_order(a), 1e-12);
  Rows one = a;
  std::fill(one.labels.begin(), one.labels.end(), 1.f);
  EXPECT_EQ(figure("AUC", {}, one), 0);
}

// Of a class: over its rows, the highest precision at their own score or a lower one.
double average_precision(const Rows& rows, size_t count, size_t c, size_t top_k) {
  struct Scored {
    float score;
    bool own;
  };
  std::vector<Scored> sorted;
  double all = 0;
  for (size_t r = 0; r < kRows; ++r) {
    bool own = rows.labels[r] == static_cast<float>(c);
    sorted.push_back({rows.output[count * r + c], own});
    all += own;
  }
  std::sort(sorted.begin(), sorted.end(), [](auto& x, auto& y) { return x.score > y.score; });
  sorted.resize(std::min(sorted.size(), top_k));
  double sum = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (!sorted[i].own) continue;
    double most = 0, found = 0;
    for (size_t j = 0; j < sorted.size(); ++j) {
      found += sorted[j].own;
      if (j >= i) most = std::max(most, found / static_cast<double>(j + 1));
    }
    sum += most;
  }
  return sum / all;
}

TEST(Metrics, MeanAveragePrecision) {
  Rows rows = classes(3);
  for (int64_t top_k : {0, 5}) {
    double mean = 0;
    for (size_t c = 0; c < 3; ++c) {
      mean += average_precision(rows, 3, c, top_k == 0 ? kRows : static_cast<size_t>(top_k)) / 3;
    }
    Attrs attrs = {{"num_classes", int64_t{3}}, {"bins", int64_t{1000}}, {"top_k", top_k}};
    EXPECT_NEAR(figure("MeanAveragePrecision", attrs, rows), mean, 1e-12) << top_k;
  }
}

TEST(Metrics, NothingIsZero) {
  for (const auto& [kind, entry] : Registry<Metric>::instance().entries()) {
    Attrs attrs;
    if (kind.ends_with("MeanAveragePrecision")) attrs = {{"num_classes", int64_t{3}}};
    auto metric = made(kind, attrs);
    EXPECT_EQ(metric->figure(std::vector<double>(metric->sums())), 0) << kind;
  }
}

TEST(Metrics, MistakesAreSentences) {
  auto refusal = [](const std::string& kind, const Attrs& attrs, const Shape& output,
                    const Shape& labels) {
    try {
      made(kind, attrs)->check(output, {DType::f32, labels});
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal("Accuracy", {}, {5}, {2}),
            "Accuracy: labels must be class ids, each of as many scores, of the output [5], got "
            "shape [2]");
  EXPECT_EQ(refusal("AUC", {}, {5}, {}),
            "AUC: labels must have the shape of the output [5], got []");
  EXPECT_EQ(refusal("AUC", {{"num_labels", int64_t{2}}}, {5}, {5}),
            "AUC: the model's output must be 2 numbers per row, got shape [5]");
  EXPECT_EQ(refusal("Precision", {{"num_classes", int64_t{4}}}, {5}, {}),
            "Precision: labels must be class ids, each of 4 scores, of the output [5], got shape "
            "[]");
  EXPECT_EQ(refusal("Loss", {{"loss", std::string("KLDGaussian")}}, {5}, {}),
            "Loss.loss: must be a loss of one output, got 'KLDGaussian'");
  EXPECT_EQ(refusal("Loss", {{"loss", std::string("Hubert")}}, {5}, {}),
            "no loss 'Hubert'. Did you mean 'Huber'?");
  EXPECT_EQ(refusal("HitRatio", {}, {5}, {4}),
            "HitRatio: labels must be the wanted item's number, or 1 for it and 0 for the others "
            "of the output [5], got shape [4]");
}

// Those with few sums are measured of each batch; the report has them in the order of the spec.
TEST(Metrics, TrainingMeasuresThoseWithFewSums) {
  testing::Kind kind;
  kind.more = R"({"metrics": [{"kind": "MeanAveragePrecision", "num_classes": 4},
                              {"kind": "Accuracy"}, {"kind": "Perplexity"}]})";
  auto engine = testing::engine(kind, 2);
  LocalCollective alone;
  auto part = assignment_of(engine->spec(), 0, static_cast<int>(engine->spec().micro_batches));
  auto report = engine->run(2, part, alone);
  report.result.throw_if_failed();
  ASSERT_EQ(report.metrics.size(), 2u);
  EXPECT_GT(report.metrics[0], 0);
  EXPECT_LT(report.metrics[0], 1);
  EXPECT_NEAR(report.metrics[1], std::exp(report.loss), 0.05 * report.metrics[1]);
}

}  // namespace
}  // namespace firesteel
