// SPDX-License-Identifier: Apache-2.0
#include "train/wire_state.h"

#include <algorithm>

#include "core/narrow.h"

namespace firesteel {

void WireState::start(std::span<const Slice> owned, const float* values) {
  if (!rounds()) return;
  bool same = std::ranges::equal(
      owned, owned_, [](Slice a, Slice b) { return a.begin == b.begin && a.end == b.end; });
  // Sums of other parts of the batch have other errors.
  if (!same) errors_.clear();
  owned_.assign(owned.begin(), owned.end());
  masters_.resize(owned.size());
  for (size_t s = 0; s < owned.size(); ++s) keep(s, values);
}

void WireState::restore(size_t slice, float* values) const {
  if (rounds()) std::ranges::copy(masters_[slice], values + owned_[slice].begin);
}

void WireState::keep(size_t slice, const float* values) {
  if (!rounds()) return;
  masters_[slice].assign(values + owned_[slice].begin, values + owned_[slice].end);
}

void WireState::round(size_t index, float* numbers, Slice bucket, Slice own) {
  if (!rounds() || !error_feedback_) return;
  if (errors_.size() <= index) errors_.resize(index + 1);
  auto& error = errors_[index];
  if (error.size() < static_cast<size_t>(bucket.end)) error.resize(static_cast<size_t>(bucket.end));
  round(error, numbers, {bucket.begin, own.begin});
  round(error, numbers, {own.end, bucket.end});
}

void WireState::round(std::vector<float>& error, float* numbers, Slice part) {
  constexpr int64_t kChunk = 4096;
  float rounded[kChunk];
  for (int64_t at = part.begin; at < part.end; at += kChunk) {
    int64_t n = std::min(kChunk, part.end - at);
    float* own = numbers + at;
    float* left = error.data() + at;
    for (int64_t i = 0; i < n; ++i) own[i] += left[i];
    std::copy_n(own, n, rounded);
    round_to(type_, rounded, n);
    for (int64_t i = 0; i < n; ++i) {
      left[i] = own[i] - rounded[i];
      own[i] = rounded[i];
    }
  }
}

}  // namespace firesteel
