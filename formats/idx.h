// SPDX-License-Identifier: Apache-2.0
// IDX files (MNIST's format), plain or gzip, told apart by content.
#pragma once

#include <cstdint>
#include <string>

#include "core/shape.h"

namespace firesteel {

struct IdxFile {
  Shape shape;        // of the whole file: 60000 x 28 x 28
  std::string bytes;  // u8, row-major
};

// Reads a file of unsigned bytes with `rank` dimensions; throws FormatError where it is not one.
IdxFile read_idx(const std::string& path, int rank);

}  // namespace firesteel
