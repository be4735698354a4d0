// SPDX-License-Identifier: Apache-2.0
#include "nn/loss.h"

#include <cmath>

namespace firesteel {

double Labels::number(int64_t i) const {
  return dtype == DType::s32 ? static_cast<const int32_t*>(data)[i]
                             : static_cast<double>(static_cast<const float*>(data)[i]);
}

int64_t Labels::class_id(int64_t i, int64_t classes) const {
  double value = number(i);
  auto id = static_cast<int64_t>(value);
  require(value >= 0 && value < static_cast<double>(classes) && std::floor(value) == value,
          "labels must be whole numbers from 0 to ", classes - 1, ", got ", value);
  return id;
}

}  // namespace firesteel
