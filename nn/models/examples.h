// SPDX-License-Identifier: Apache-2.0
// Rows and labels that a named model makes up, to try it or to measure.
#pragma once

#include <cstdint>
#include <string>

#include "nn/models/zoo.h"

namespace firesteel {

struct Examples {
  std::string x, y;  // f32 rows; labels as the model says
  Shape x_shape;
};
// The model must know the shape of its only input.
Examples examples_of(const NamedModel& model, int64_t rows, uint64_t seed);

}  // namespace firesteel
