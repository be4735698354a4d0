// SPDX-License-Identifier: Apache-2.0
#include "train/squares.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/error.h"

namespace firesteel {
namespace {

constexpr int64_t kLanes = 8;  // sums side by side, in an order that is part of the result

double sum_of_squares(const float* numbers, int64_t count) {
  double sums[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t k = 0; k < kLanes; ++k) {
      double number = numbers[i + k];
      sums[k] += number * number;
    }
  }
  for (int64_t k = 0; i < count; ++i, ++k) sums[k] += double{numbers[i]} * double{numbers[i]};
  return std::accumulate(sums, sums + kLanes, 0.0);
}

}  // namespace

void append_squares(Slice bucket, Slice part, int64_t trainable, const float* gradients,
                    std::vector<double>* squares) {
  int64_t end = std::min(part.end, trainable), cell = slice_align(bucket.size());
  for (int64_t at = part.begin; at < end; at += cell) {
    int64_t count = std::min(cell, end - at);
    squares->push_back(gradients ? sum_of_squares(gradients + (at - part.begin), count) : 0.0);
  }
}

std::vector<double> in_flat_order(const std::vector<std::string>& by_rank,
                                  const std::vector<Slice>& buckets, int64_t trainable) {
  auto size = static_cast<int>(by_rank.size());
  std::vector<size_t> at(by_rank.size(), 0);
  std::vector<double> all;
  for (Slice bucket : buckets) {
    for (int rank = 0; rank < size; ++rank) {
      auto r = static_cast<size_t>(rank);
      // How many there are follows from the slice.
      std::vector<double> squares;
      append_squares(bucket, owned(bucket, rank, size), trainable, nullptr, &squares);
      size_t bytes = squares.size() * sizeof(double);
      require<FormatError>(by_rank[r].size() - at[r] >= bytes, "squares: worker ", rank,
                           " sent too few");
      std::memcpy(squares.data(), by_rank[r].data() + at[r], bytes);
      at[r] += bytes;
      all.insert(all.end(), squares.begin(), squares.end());
    }
  }
  return all;
}

double clipping_factor(const std::vector<double>& squares, double scale, double most) {
  double norm = scale * std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
  return std::min(1.0, most / (norm + 1e-6));
}

}  // namespace firesteel
