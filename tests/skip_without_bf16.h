// SPDX-License-Identifier: Apache-2.0
// Skips a test, or the rest of SetUp(), on a CPU that has no bf16.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "backend/ops.h"

#define FIRESTEEL_SKIP_WITHOUT_BF16() \
  if (std::string note; compute_type(DType::bf16, &note) != DType::bf16) GTEST_SKIP() << note
