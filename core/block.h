// SPDX-License-Identifier: Apache-2.0
// A block: packed rows of a data set, features and labels, as they are kept in memory, cached on
// executors and sent. Layout (little-endian):
//
//   "FSB1"  u8 x_dtype  u8 x_rank  u8 y_dtype  u8 y_rank  i64 rows
//   i64 x_dims[x_rank]  i64 y_dims[y_rank]      shapes of one row; rank 0 = one scalar
//   x data, rows after rows, then zero bytes up to a multiple of 8, then y data
//
// "FSB2" has zero bytes after them, up to a multiple of 8, and f32 weights[rows]: how often rows are drawn.
//
// dtypes are the numbers of core/dtype.h; features are f32 or u8 (0..255 stands for 0..1), labels
// s32 (class ids) or f32.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/dtype.h"
#include "core/shape.h"

namespace firesteel {

// A view of packed rows; the bytes belong to somebody else.
struct Block {
  int64_t rows = 0;
  DType x_dtype = DType::f32;
  DType y_dtype = DType::s32;
  Shape x_shape;  // of one row
  Shape y_shape;
  const uint8_t* x = nullptr;
  const uint8_t* y = nullptr;
  const uint8_t* weights = nullptr;  // f32; null: all alike

  size_t x_row_bytes() const { return static_cast<size_t>(numel(x_shape)) * size_of(x_dtype); }
  size_t y_row_bytes() const { return static_cast<size_t>(numel(y_shape)) * size_of(y_dtype); }
};

// Throws FormatError when the bytes are not a whole block; `where` names their origin.
Block parse_block(std::string_view bytes, const std::string& where);
std::string pack_block(const Block& block);

}  // namespace firesteel
