// SPDX-License-Identifier: Apache-2.0
#include "train/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/permutation.h"

namespace firesteel {

Sampler::Sampler(std::vector<int64_t> shard_rows, int64_t batch_size, uint64_t seed,
                 const std::vector<double>& shard_weights)
    : shard_samples_(std::move(shard_rows)), batch_(batch_size), seed_(seed) {
  require<AttrError>(batch_ > 0, "batch_size: must be > 0, got ", batch_);
  for (int64_t rows : shard_samples_) {
    first_rows_.push_back(rows_);
    rows_ += rows;
  }
  require<AttrError>(rows_ > 0, "the training data has no rows");
  if (!shard_weights.empty()) share(shard_weights);
}

// As many samples as there are rows; what is left of rounding down goes to the largest remainders.
void Sampler::share(const std::vector<double>& weights) {
  weighted_ = true;
  double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  require<AttrError>(weights.size() == shard_samples_.size() && all > 0 && std::isfinite(all),
                     "weights: must be >= 0 and some of them > 0");
  int64_t left = rows_;
  std::vector<std::pair<double, size_t>> remainders;
  for (size_t s = 0; s < weights.size(); ++s) {
    double exact = static_cast<double>(rows_) * weights[s] / all;
    shard_samples_[s] = static_cast<int64_t>(exact);
    left -= shard_samples_[s];
    remainders.emplace_back(static_cast<double>(shard_samples_[s]) - exact,
                            s);  // the largest first
  }
  std::ranges::sort(remainders);
  for (int64_t i = 0; i < left; ++i) ++shard_samples_[remainders[static_cast<size_t>(i)].second];
}

// Whether a's next sample stands after b's: (2k + 1) / 2n, compared exactly.
bool Sampler::later(const Cursor& a, const Cursor& b) const {
  auto left = static_cast<Wide>(2 * a.taken + 1) *
              static_cast<Wide>(shard_samples_[static_cast<size_t>(b.shard)]);
  auto right = static_cast<Wide>(2 * b.taken + 1) *
               static_cast<Wide>(shard_samples_[static_cast<size_t>(a.shard)]);
  return left != right ? left > right : a.shard > b.shard;
}

void Sampler::start(int64_t epoch) {
  epoch_ = epoch;
  position_ = 0;
  heap_.clear();
  for (size_t s = 0; s < shard_samples_.size(); ++s) {
    if (shard_samples_[s] > 0) heap_.push_back({static_cast<int>(s), 0});
  }
  std::make_heap(heap_.begin(), heap_.end(), [&](auto& a, auto& b) { return later(a, b); });
}

SampleRef Sampler::next() {
  auto order = [&](auto& a, auto& b) { return later(a, b); };
  std::pop_heap(heap_.begin(), heap_.end(), order);
  Cursor& cursor = heap_.back();
  SampleRef ref{cursor.shard, cursor.taken++};
  if (cursor.taken < shard_samples_[static_cast<size_t>(cursor.shard)]) {
    std::push_heap(heap_.begin(), heap_.end(), order);
  } else {
    heap_.pop_back();
  }
  ++position_;
  return ref;
}

std::vector<SampleRef> Sampler::step(int64_t step) {
  int64_t epoch = step / steps_per_epoch();
  int64_t begin = step % steps_per_epoch() * batch_;
  if (epoch != epoch_ || position_ > begin) start(epoch);
  while (position_ < begin) next();
  std::vector<SampleRef> samples;
  uint64_t epoch_key = mix(seed_, static_cast<uint64_t>(epoch));
  while (position_ < std::min(begin + batch_, rows_)) {
    SampleRef ref = next();
    if (weighted_) {
      uint64_t drawn =
          mix(mix(epoch_key, static_cast<uint64_t>(ref.shard)), static_cast<uint64_t>(ref.row));
      samples.push_back({ref.shard, static_cast<int64_t>(drawn >> 1)});
      continue;
    }
    Permutation order(shard_samples_[static_cast<size_t>(ref.shard)],
                      mix(epoch_key, static_cast<uint64_t>(ref.shard)));
    ref.row = order(ref.row);
    samples.push_back(ref);
  }
  return samples;
}

}  // namespace firesteel
