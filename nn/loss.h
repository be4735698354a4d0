// SPDX-License-Identifier: Apache-2.0
// Losses. A loss returns a sum and what it is to be divided by; the division happens after the sum
// over all micro-batches and workers, so uneven cuts come out right.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/dtype.h"
#include "core/registry.h"
#include "core/schema.h"
#include "core/shape.h"

namespace firesteel {

// The labels of a batch: class ids (s32) or numbers (f32), row after row.
struct Labels {
  DType dtype = DType::s32;
  Shape row_shape;  // empty: one scalar per row
  const void* data = nullptr;

  // Label i as a class id in [0, classes). Throws ShapeError when it is not one.
  int64_t class_id(int64_t i, int64_t classes) const;
  double number(int64_t i) const;
};
// body(numbers), a pointer to int32_t or to float.
template <class Body>
void by_type_of(const Labels& labels, const Body& body) {
  if (labels.dtype == DType::s32) return body(static_cast<const int32_t*>(labels.data));
  body(static_cast<const float*>(labels.data));
}

// The loss of a batch is sum / normaliser, both added up over its parts; 0 where nothing counts, as
// where all labels are ignored.
struct LossSum {
  double sum = 0;
  double normaliser = 0;

  double mean() const { return normaliser == 0 ? 0 : sum / normaliser; }
};

// What a loss is given of a batch.
struct LossInput {
  DType dtype = DType::f32;  // of outputs and gradients: f32 or f64
  std::span<const Shape> shapes;  // of the outputs, batch extent included
  std::span<const void* const> outputs;  // plain
  const Labels& labels;
  std::span<void* const> gradients = {};  // receive d sum / d output; empty: not wanted
};

class Loss : public Described {
 public:
  static constexpr const char* kRole = "loss";
  // How many outputs of the model it looks at together.
  virtual size_t outputs() const { return 1; }
  // Throws ShapeError when outputs and labels of these shapes (of one row) do not belong together.
  virtual void check_outputs(std::span<const Shape> outputs, const Labels& labels) const = 0;
  virtual LossSum run_outputs(const LossInput& input) const = 0;
};

// A loss of one output.
class OutputLoss : public Loss {
 public:
  virtual void check(const Shape& output, const Labels& labels) const = 0;
  // gradient: null where it is not wanted.
  virtual LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
                      void* gradient) const = 0;

  using Described::check;
  void check_outputs(std::span<const Shape> outputs, const Labels& labels) const final {
    check(outputs[0], labels);
  }
  LossSum run_outputs(const LossInput& in) const final {
    return run(in.dtype, in.shapes[0], in.outputs[0], in.labels,
               in.gradients.empty() ? nullptr : in.gradients[0]);
  }
};

template <class Derived>
using LossOf = DescribedBy<Derived, OutputLoss>;
// Of several outputs.
template <class Derived>
using OutputsLossOf = DescribedBy<Derived, Loss>;

// An example of a loss, for the tests that every loss has to pass. Shapes are those of a row.
struct LossSample {
  Attrs attrs;
  Shapes outputs;
  Shape labels;
  DType labels_dtype = DType::f32;
  std::vector<double> numbers = {};  // of the labels, again and again; empty: random ones
  // Of the outputs.
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  // A row of each of the last outputs that are constants and have no gradient.
  std::vector<std::vector<double>> constants = {};
  bool any_labels = false;  // the loss does not look at them
};

class LossSamples {
 public:
  static std::vector<std::pair<std::string, LossSample (*)()>>& all() {
    static std::vector<std::pair<std::string, LossSample (*)()>> samples;
    return samples;
  }
};

template <class Kind>
bool register_loss() {
  LossSamples::all().emplace_back(std::string(Kind::schema().kind), &Kind::sample);
  return Registry<Loss>::instance().add<Kind>();
}

}  // namespace firesteel

#define FIRESTEEL_LOSS(Kind)                                       \
  [[maybe_unused]] static const bool firesteel_registered_##Kind = \
      ::firesteel::register_loss<Kind>()
