// SPDX-License-Identifier: Apache-2.0
#include "train/squares.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "train/dot.h"

namespace firesteel {
namespace {

double squares_of(const float* numbers, Slice cell) { return dot(numbers, numbers, cell.size()); }

void append_number(double number, std::string* to) {
  to->append(reinterpret_cast<const char*>(&number), sizeof number);
}

double take_number(std::string_view* from, size_t rank) {
  double number = 0;
  require<FormatError>(from->size() >= sizeof number, "squares: worker ", rank, " sent too few");
  std::memcpy(&number, from->data(), sizeof number);
  from->remove_prefix(sizeof number);
  return number;
}

}  // namespace

SquareCells::SquareCells(std::vector<Slice> buckets, const ParamTable& table,
                         std::span<const Squares> wanted)
    : buckets_(std::move(buckets)) {
  for (const Param& p : table.params()) {
    Squares own = wanted[params_.size()];
    params_.push_back({{p.offset, p.offset + p.size}, own});
    any_ = any_ || own != Squares::none;
  }
}

// Calls body(index of a parameter, its part of a cell) in the order of the flat buffer.
template <class Body>
void SquareCells::each_cell(size_t bucket, Slice part, const Body& body) const {
  int64_t begin = buckets_[bucket].begin, cell = slice_align(buckets_[bucket].size());
  auto first = std::ranges::partition_point(
      params_, [&](const Range& param) { return param.part.end <= part.begin; });
  for (auto p = static_cast<size_t>(first - params_.begin()); p < params_.size(); ++p) {
    const Range& param = params_[p];
    if (param.part.begin >= part.end) return;
    if (param.wanted == Squares::none) continue;
    int64_t at = std::max(param.part.begin, part.begin), end = std::min(param.part.end, part.end);
    while (at < end) {
      int64_t next = std::min(end, begin + ((at - begin) / cell + 1) * cell);
      body(p, Slice{at, next});
      at = next;
    }
  }
}

void SquareCells::append(size_t bucket, Slice part, const float* values, const float* gradients,
                         std::string* to) const {
  each_cell(bucket, part, [&](size_t param, Slice cell) {
    append_number(squares_of(gradients + (cell.begin - part.begin), cell), to);
    if (params_[param].wanted != Squares::gradients_and_values) return;
    append_number(squares_of(values + cell.begin, cell), to);
  });
}

SquareSums SquareCells::sum(std::span<const std::string_view> by_rank) const {
  std::vector<std::string_view> left(by_rank.begin(), by_rank.end());
  auto size = static_cast<int>(left.size());
  SquareSums sums{std::vector<double>(params_.size()), std::vector<double>(params_.size())};
  for (size_t b = 0; b < buckets_.size(); ++b) {
    for (size_t rank = 0; rank < left.size(); ++rank) {
      Slice part = owned(buckets_[b], static_cast<int>(rank), size);
      each_cell(b, part, [&](size_t param, Slice) {
        sums.gradients[param] += take_number(&left[rank], rank);
        if (params_[param].wanted != Squares::gradients_and_values) return;
        sums.values[param] += take_number(&left[rank], rank);
      });
    }
  }
  for (std::string_view rest : left) {
    require<FormatError>(rest.empty(), "squares: ", rest.size(), " bytes too many");
  }
  return sums;
}

double clipping_factor(double squares, double scale, double most) {
  double norm = scale * std::sqrt(squares);
  return std::min(1.0, most / (norm + 1e-6));
}

}  // namespace firesteel
