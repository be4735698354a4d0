// SPDX-License-Identifier: Apache-2.0
#include "train/fit_loss.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace firesteel {
namespace {

constexpr const char* kWhere = "loss";

void check_weights(const std::vector<double>& weights) {
  bool some = weights.empty();
  for (double w : weights) {
    require<AttrError>(std::isfinite(w) && w >= 0, "loss_weights: must be >= 0, got ", w);
    some = some || w > 0;
  }
  require<AttrError>(some, "loss_weights: one of them must be > 0");
}

LossTerm term_from(const Json& doc) {
  LossTerm term;
  term.loss = make_from_json(field<Json>(doc, "loss", kWhere), Registry<Loss>::instance(), kWhere);
  term.weight = field_or<double>(doc, "weight", 1, kWhere);
  term.outputs = field_or<std::vector<size_t>>(doc, "outputs", {}, kWhere);
  term.labels = field_or<Dims>(doc, "labels", {}, kWhere);
  const std::string& kind = term.loss->kind();
  if (term.outputs.empty()) {
    term.outputs.resize(term.loss->outputs());
    std::iota(term.outputs.begin(), term.outputs.end(), 0);
  }
  require<AttrError>(std::isfinite(term.weight) && term.weight > 0, kWhere,
                     ".weight: must be > 0, got ", term.weight);
  require<AttrError>(term.outputs.size() == term.loss->outputs(), kWhere, ".outputs: ", kind,
                     " takes ", term.loss->outputs(), ", got ", term.outputs.size());
  bool range = term.labels.empty() ||
               (term.labels.size() == 2 && 0 <= term.labels[0] && term.labels[0] < term.labels[1]);
  require<AttrError>(
      range, kWhere,
      ".labels: must be the first number of a row's labels and the one behind the last, got ",
      term.labels);
  return term;
}

// The labels that a term sees. Those of all rows lie together in `space`, where they are a part.
Labels labels_of(const LossTerm& term, const Labels& all, int64_t rows,
                 std::vector<std::byte>* space) {
  if (term.labels.empty()) return all;
  size_t number = size_of(all.dtype), row = static_cast<size_t>(numel(all.row_shape)) * number;
  size_t from = static_cast<size_t>(term.labels[0]) * number;
  size_t part = static_cast<size_t>(term.labels[1]) * number - from;
  space->resize(part * static_cast<size_t>(rows));
  for (size_t r = 0; all.data && r < static_cast<size_t>(rows); ++r) {
    std::memcpy(space->data() + r * part, static_cast<const std::byte*>(all.data) + r * row + from,
                part);
  }
  int64_t width = term.labels[1] - term.labels[0];
  return {all.dtype, width == 1 ? Shape{} : Shape{width}, space->data()};
}

template <class T>
std::vector<T> chosen(std::span<const T> all, const std::vector<size_t>& which) {
  std::vector<T> some;
  for (size_t i : which) some.push_back(all[i]);
  return some;
}

// to += factor from
void add_scaled(const std::vector<float>& from, float factor, float* to) {
  for (size_t i = 0; i < from.size(); ++i) to[i] += factor * from[i];
}

}  // namespace

FitLoss FitLoss::parse(const Json& loss, std::vector<double> weights) {
  check_weights(weights);
  FitLoss made;
  made.list_ = loss.is_array();
  made.weights_ = std::move(weights);
  if (!made.list_) {
    made.terms_.push_back({make_from_json(loss, Registry<Loss>::instance(), kWhere), 1, {}, {}});
    return made;
  }
  require<AttrError>(!loss.empty(), "loss: needs at least one term");
  require<AttrError>(made.weights_.empty(),
                     "loss_weights: with a list of losses each has a weight of its own");
  for (const Json& term : loss) made.terms_.push_back(term_from(term));
  return made;
}

Json FitLoss::json() const {
  if (!list_) return described_to_json(*terms_[0].loss);
  Json list = Json::array();
  for (const LossTerm& term : terms_) {
    list.push_back({{"loss", described_to_json(*term.loss)},
                    {"weight", term.weight},
                    {"outputs", term.outputs},
                    {"labels", term.labels}});
  }
  return list;
}

void FitLoss::check_outputs(const Model& model) const {
  size_t outputs = model.graph->outputs().size(), taken = terms_[0].loss->outputs();
  if (!list_) {
    const std::string& kind = terms_[0].loss->kind();
    require<AttrError>(taken == 1 || taken == outputs, "loss: ", kind, " looks at ", taken,
                       " outputs, and the model has ", outputs);
    require<AttrError>(taken == 1 || weights_.empty(), "loss_weights: ", kind,
                       " looks at all outputs together");
    require<AttrError>(weights_.empty() || weights_.size() == outputs,
                       "loss_weights: must be one for each of the model's outputs, ", outputs,
                       ", got ", weights_.size());
  }
  for (const LossTerm& term : terms_) {
    for (size_t i : term.outputs) {
      require<AttrError>(i < outputs,
                         "loss.outputs: must be below the number of the model's outputs, ", outputs,
                         ", got ", i);
    }
  }
}

void FitLoss::check(const Model& model, const Labels& labels) const {
  check_outputs(model);
  std::vector<Shape> shapes;
  for (size_t i = 0; i < model.graph->outputs().size(); ++i)
    shapes.push_back(model.output_shape(i));
  if (!list_ && terms_[0].loss->outputs() == 1) {
    for (const Shape& shape : shapes) terms_[0].loss->check_outputs({&shape, 1}, labels);
    return;
  }
  for (const LossTerm& term : terms_) {
    int64_t numbers = numel(labels.row_shape);
    require(term.labels.empty() || term.labels[1] <= numbers, "loss.labels: must end within the ",
            numbers, " numbers of a row's labels, got ", term.labels);
    std::vector<std::byte> space;
    auto seen = list_ ? chosen<Shape>(shapes, term.outputs) : shapes;
    term.loss->check_outputs(seen, labels_of(term, labels, 0, &space));
  }
}

LossSum FitLoss::run(const Plan& plan, const Labels& labels) const {
  std::vector<Shape> shapes;
  std::vector<const void*> outputs;
  std::vector<void*> gradients;
  for (size_t i = 0; i < plan.outputs(); ++i) {
    shapes.push_back(plan.output_shape(i));
    outputs.push_back(plan.output(i));
    gradients.push_back(plan.output_gradient(i));
  }
  if (list_) return run_terms(shapes, outputs, labels, gradients);
  const Loss& loss = *terms_[0].loss;
  if (loss.outputs() > 1) return loss.run_outputs({DType::f32, shapes, outputs, labels, gradients});
  LossSum total;
  for (size_t i = 0; i < outputs.size(); ++i) {
    LossSum sum = loss.run_outputs(
        {DType::f32, {&shapes[i], 1}, {&outputs[i], 1}, labels, {&gradients[i], 1}});
    double weight = weights_.empty() ? 1.0 : weights_[i];
    if (weight != 1.0) {
      auto* gradient = static_cast<float*>(gradients[i]);
      auto w = static_cast<float>(weight);
      for (int64_t k = 0, n = numel(shapes[i]); k < n; ++k) gradient[k] *= w;
    }
    total.sum += weight * sum.sum;
    if (i == 0) total.normaliser = sum.normaliser;
  }
  return total;
}

// Terms are divided by different things, a mask's rows for one, but the sum of all gradients by one:
// by the rows. So each term is brought to rows here.
LossSum FitLoss::run_terms(std::span<const Shape> shapes, std::span<const void* const> outputs,
                           const Labels& labels, std::span<void* const> gradients) const {
  auto rows = static_cast<double>(shapes[0][0]);
  for (size_t i = 0; i < gradients.size(); ++i) {
    std::fill_n(static_cast<float*>(gradients[i]), numel(shapes[i]), 0.f);
  }
  LossSum total{0, rows};
  std::vector<std::byte> space;
  for (const LossTerm& term : terms_) {
    auto seen = chosen<Shape>(shapes, term.outputs);
    auto given = chosen<const void*>(outputs, term.outputs);
    std::vector<std::vector<float>> own(gradients.empty() ? 0 : seen.size());
    std::vector<void*> into;
    for (size_t i = 0; i < own.size(); ++i) {
      own[i].resize(static_cast<size_t>(numel(seen[i])));
      into.push_back(own[i].data());
    }
    Labels part = labels_of(term, labels, shapes[0][0], &space);
    LossSum sum = term.loss->run_outputs({DType::f32, seen, given, part, into});
    if (sum.normaliser == 0) continue;
    double factor = term.weight * rows / sum.normaliser;
    total.sum += factor * sum.sum;
    for (size_t i = 0; i < own.size(); ++i) {
      add_scaled(own[i], static_cast<float>(factor),
                 static_cast<float*>(gradients[term.outputs[i]]));
    }
  }
  return total;
}

size_t FitLoss::evaluated() const {
  if (!list_) return terms_[0].loss->outputs();
  size_t most = 0;
  for (const LossTerm& term : terms_) {
    most = std::max(most, *std::max_element(term.outputs.begin(), term.outputs.end()) + 1);
  }
  return most;
}

LossSum FitLoss::evaluate(std::span<const Shape> shapes, std::span<const void* const> outputs,
                          const Labels& labels) const {
  if (list_) return run_terms(shapes, outputs, labels, {});
  size_t taken = terms_[0].loss->outputs();
  return terms_[0].loss->run_outputs(
      {DType::f32, shapes.first(taken), outputs.first(taken), labels, {}});
}

}  // namespace firesteel
