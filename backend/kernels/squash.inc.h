// SPDX-License-Identifier: Apache-2.0
// The functions of squash.h.
#pragma once

#include "backend/kernels/loop.inc.h"
#include "backend/kernels/squash.h"
#include "backend/kernels/vector_math.inc.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

// What is not a number stays so, though the polynomials' limits would make one of it.
void tanh_of(const float* x, float* y, int64_t begin, int64_t end) {
  FIRESTEEL_VECTOR_LOOP
  for (int64_t i = begin; i < end; ++i) {
    float value = x[i], squashed = Fast::tanh(value);
    y[i] = value == value ? squashed : value;
  }
}

void sigmoid_of(const float* x, float* y, int64_t begin, int64_t end) {
  FIRESTEEL_VECTOR_LOOP
  for (int64_t i = begin; i < end; ++i) {
    float value = x[i], squashed = Fast::sigmoid(value);
    y[i] = value == value ? squashed : value;
  }
}

constexpr SquashTable kTable = {tanh_of, sigmoid_of};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
