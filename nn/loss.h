// SPDX-License-Identifier: Apache-2.0
// Losses. A loss returns a sum and what it is to be divided by; the division happens after the sum
// over all micro-batches and workers, so uneven cuts come out right.
#pragma once

#include <string>

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

struct LossSum {
  double sum = 0;
  double normaliser = 0;
};

class Loss : public Described {
 public:
  static constexpr const char* kRole = "loss";
  // Throws ShapeError when outputs and labels of these shapes (of one row) do not belong together.
  virtual void check(const Shape& output, const Labels& labels) const = 0;
  // output: plain, `shape` with the batch extent, f32 or f64 as dtype says. gradient receives
  // d sum / d output unless null.
  virtual LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
                      void* gradient) const = 0;
};

template <class Derived>
using LossOf = DescribedBy<Derived, Loss>;

}  // namespace firesteel

#define FIRESTEEL_LOSS(Kind) FIRESTEEL_REGISTER(::firesteel::Loss, Kind)
