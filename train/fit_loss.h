// SPDX-License-Identifier: Apache-2.0
// The loss of a fit. One loss sees all outputs of the model against the same labels: auxiliary
// classifiers (Szegedy et al. 2014, "Going deeper with convolutions", section 5). Or it is a sum of
// terms, each a loss of some outputs against some columns of the labels.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/json.h"
#include "nn/loss.h"
#include "nn/model.h"
#include "nn/plan.h"

namespace firesteel {

// Of several losses, one.
struct LossTerm {
  std::shared_ptr<const Loss> loss;
  double weight = 1;
  std::vector<size_t> outputs;  // of the model, in the order in which the loss takes them
  Dims labels;  // [from, to) of the numbers of a row's labels; empty: all, in their shape
};

class FitLoss {
 public:
  // "loss" of a FitSpec: {"kind": "CrossEntropy", ...}, or a list of
  // {"loss": {"kind": ...}, "weight": 1, "outputs": [0], "labels": [0, 1]}; and its "loss_weights", of
  // the outputs that one loss sees; empty: 1 each. Throws AttrError, FormatError.
  static FitLoss parse(const Json& loss, std::vector<double> weights);
  Json json() const;
  const std::vector<double>& weights() const { return weights_; }

  // Throws AttrError, ShapeError unless the model has the outputs and the loss takes the labels.
  void check_outputs(const Model& model) const;
  void check(const Model& model, const Labels& labels) const;
  // Of `plan` after its forward; leaves the gradients where plan.backward takes them. With one loss the
  // normaliser is that of the first output. With terms it is the rows, and each term is its mean.
  LossSum run(const Plan& plan, const Labels& labels) const;
  // For a test: of the first output where there is one loss of one output, for others serve training.
  LossSum evaluate(std::span<const Shape> shapes, std::span<const void* const> outputs,
                   const Labels& labels) const;
  // How many of the model's outputs evaluate() looks at.
  size_t evaluated() const;

 private:
  LossSum run_terms(std::span<const Shape> shapes, std::span<const void* const> outputs,
                    const Labels& labels, std::span<void* const> gradients) const;

  std::vector<LossTerm> terms_;  // of one loss: without outputs
  bool list_ = false;
  std::vector<double> weights_;
};

}  // namespace firesteel
