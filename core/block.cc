// SPDX-License-Identifier: Apache-2.0
#include "core/block.h"

#include <cstring>

#include "core/error.h"

namespace firesteel {
namespace {

constexpr std::string_view kMagic = "FSB1", kWeighted = "FSB2";
constexpr int64_t kMostElements = int64_t{1} << 40;

size_t padded(size_t bytes) { return (bytes + 7) / 8 * 8; }

struct Reader {
  std::string_view bytes;
  const std::string& where;
  size_t at = 0;

  template <class T>
  T read() {
    require<FormatError>(bytes.size() - at >= sizeof(T), where, ": block ends early, at byte ", at);
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof(T));
    at += sizeof(T);
    return value;
  }
  Shape dims(size_t rank) {
    Shape shape;
    int64_t n = 1;
    for (size_t i = 0; i < rank; ++i) {
      int64_t d = read<int64_t>();
      require<FormatError>(d > 0 && d <= kMostElements / n, where, ": block has extent ", d);
      n *= d;
      shape.push_back(d);
    }
    return shape;
  }
};

DType checked_dtype(uint8_t value, const std::string& where) {
  require<FormatError>(value <= static_cast<uint8_t>(DType::s64), where,
                       ": block has unknown dtype ", int{value});
  return static_cast<DType>(value);
}

}  // namespace

Block parse_block(std::string_view bytes, const std::string& where) {
  bool weighted = bytes.starts_with(kWeighted);
  require<FormatError>(weighted || bytes.starts_with(kMagic), where,
                       ": not a block of rows (no FSB1 magic)");
  Reader in{bytes, where, kMagic.size()};
  Block block;
  block.x_dtype = checked_dtype(in.read<uint8_t>(), where);
  auto x_rank = in.read<uint8_t>();
  block.y_dtype = checked_dtype(in.read<uint8_t>(), where);
  auto y_rank = in.read<uint8_t>();
  block.rows = in.read<int64_t>();
  block.x_shape = in.dims(x_rank);
  block.y_shape = in.dims(y_rank);
  require<FormatError>(block.rows >= 0 && block.rows <= kMostElements, where, ": block has ",
                       block.rows, " rows");
  size_t left = bytes.size() - in.at;
  size_t rows = static_cast<size_t>(block.rows);
  auto size = [&] {
    size_t labels = rows * block.y_row_bytes();
    return padded(rows * block.x_row_bytes()) +
           (weighted ? padded(labels) + rows * sizeof(float) : labels);
  };
  require<FormatError>(rows <= left / block.x_row_bytes() && size() == left, where, ": block of ",
                       block.rows, " rows has ", left, " bytes of data, not the ",
                       block.x_row_bytes() + block.y_row_bytes(), " per row that it announces");
  block.x = reinterpret_cast<const uint8_t*>(bytes.data()) + in.at;
  block.y = block.x + padded(rows * block.x_row_bytes());
  if (weighted) block.weights = block.y + padded(rows * block.y_row_bytes());
  return block;
}

std::string pack_block(const Block& block) {
  std::string out(block.weights ? kWeighted : kMagic);
  auto put = [&](auto value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); };
  put(static_cast<uint8_t>(block.x_dtype));
  put(static_cast<uint8_t>(block.x_shape.size()));
  put(static_cast<uint8_t>(block.y_dtype));
  put(static_cast<uint8_t>(block.y_shape.size()));
  put(block.rows);
  for (int64_t d : block.x_shape) put(d);
  for (int64_t d : block.y_shape) put(d);
  size_t x_bytes = static_cast<size_t>(block.rows) * block.x_row_bytes();
  out.append(reinterpret_cast<const char*>(block.x), x_bytes);
  out.append(padded(x_bytes) - x_bytes, '\0');
  size_t y_bytes = static_cast<size_t>(block.rows) * block.y_row_bytes();
  out.append(reinterpret_cast<const char*>(block.y), y_bytes);
  if (!block.weights) return out;
  out.append(padded(y_bytes) - y_bytes, '\0');
  out.append(reinterpret_cast<const char*>(block.weights),
             static_cast<size_t>(block.rows) * sizeof(float));
  return out;
}

}  // namespace firesteel
