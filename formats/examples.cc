// SPDX-License-Identifier: Apache-2.0
// Rows that a named model makes up: examples:MODEL, examples:MODEL/ROWS or examples:MODEL:OPTIONS/ROWS.
#include <charconv>

#include "core/error.h"
#include "formats/dataset.h"
#include "nn/models/examples.h"

namespace firesteel {
namespace {

constexpr int64_t kUsualRows = 2048;
constexpr int64_t kUsualBytes = int64_t{1} << 29;  // fewer rows where they are large
constexpr int64_t kMostBytes = int64_t{1} << 33;

int64_t usual_rows(int64_t width) {
  int64_t rows = kUsualRows;
  while (rows > 1 && rows * width > kUsualBytes) rows /= 2;
  return rows;
}

Dataset read(const std::string& given, const std::string& split) {
  std::string text = given;
  int64_t rows = 0;
  if (size_t slash = given.rfind('/'); slash != std::string::npos) {
    text = given.substr(0, slash);
    const char* end = given.data() + given.size();
    auto [stop, error] = std::from_chars(given.data() + slash + 1, end, rows);
    require<AttrError>(error == std::errc() && stop == end && rows > 0,
                       "data: examples are MODEL or MODEL/ROWS, such as ncf/4096, got '", given,
                       "'");
  }
  auto model = named_model_of(text);
  Graph graph = model->graph();
  int64_t width = numel(graph.node(graph.inputs()[0]).shape) * int64_t{sizeof(float)};
  if (rows == 0) rows = usual_rows(width);
  bool train = split == "train";
  // Rows to test on are others.
  if (!train) rows = std::max<int64_t>(1, rows / 8);
  require<AttrError>(rows <= kMostBytes / width, "data: examples must be at most ",
                     kMostBytes >> 30, " GB, got ", rows, " rows of ", width, " bytes");
  Examples made = examples_of(*model, rows, train ? 11 : 12);
  Dataset out;
  out.rows = rows;
  out.x_dtype = DType::f32;
  out.y_dtype = model->label_dtype();
  out.x_shape = made.x_shape;
  out.y_shape = model->label_shape();
  out.x = std::move(made.x);
  out.y = std::move(made.y);
  return out;
}

const RegisterDataset kExamples({"examples",
                                 "Rows made up for a model: examples:MODEL/ROWS, such as "
                                 "examples:ncf/4096.",
                                 read, false});

}  // namespace
}  // namespace firesteel
