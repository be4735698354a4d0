// SPDX-License-Identifier: Apache-2.0
// Local SGD: workers step on their own and meet every so many steps. What they meet for is a step of an outer
// optimizer, whose gradient is the mean of how far each went, weighted by its rows: with learning rate 1 and no
// momentum the mean of their parameters (Stich, "Local SGD Converges Fast and Communicates Little", 2019), else
// the outer step of DiLoCo (Douillard et al., 2023). At the end of a group the optimizer's states are averaged
// too, so that whoever goes on has the same.
#include <algorithm>

#include "train/engine.h"

namespace firesteel {

// Every worker steps with all of the optimizer's state, of which it has a part.
Result Engine::begin_local(Collective& peers) {
  base_ = model_.values;
  own_ = {};
  own_steps_ = 0;
  Result result = Result::success();
  for (size_t s = 0; s < inner_states(); ++s) {
    for (Slice bucket : exchange_->buckets()) {
      if (!result.ok()) return result;
      result =
          peers.all_gather(optimizer_[s].data() + bucket.begin, bucket.size(), DType::f32, nullptr);
    }
  }
  return result;
}

Result Engine::end_local(int64_t step_of_group, bool ends, Collective& peers) {
  ++own_steps_;
  if (!ends && step_of_group % spec_.local_steps != 0) return Result::success();
  // About 1 / workers, so that the numbers fit any type of the wire.
  auto most = static_cast<double>(spec_.step_rows() * own_steps_);
  double weight = static_cast<double>(own_.samples) / most, all = 0;
  Result result = outer_step(peers, weight, &all);
  if (result.ok() && ends) result = average_states(peers, weight, all);
  if (!result.ok()) return result;
  own_ = {};
  own_steps_ = 0;
  base_ = model_.values;
  packed_.refresh(*crew_);
  return result;
}

// all: of all workers' weights.
Result Engine::outer_step(Collective& peers, double weight, double* all) {
  own_.metrics.resize(training_sums(spec_.metrics));
  std::vector<double> scalars = {weight, static_cast<double>(own_.samples), own_.loss};
  scalars.insert(scalars.end(), own_.metrics.begin(), own_.metrics.end());
  if (peers.size() == 1 && spec_.outer_lr == 1 && spec_.outer_momentum == 0) {
    count_rows(scalars);
    return Result::success();
  }
  auto factor = static_cast<float>(weight);
  bool first = true;
  for (Slice bucket : exchange_->buckets()) {
    auto size = static_cast<size_t>(bucket.size());
    Slice part = owned(bucket, peers.rank(), peers.size());
    packet_.resize(std::max(packet_.size(), size));
    sum_.resize(std::max(sum_.size(), static_cast<size_t>(part.size())));
    const float *from = base_.data() + bucket.begin, *now = model_.values.data() + bucket.begin;
    for (size_t i = 0; i < size; ++i) packet_[i] = factor * (from[i] - now[i]);
    Partial node{0, peers.rank(), weight > 0 ? packet_.data() : nullptr, {}};
    if (first) node.scalars = scalars;
    std::vector<double> sums;
    bool state = bucket.begin >= model_.table.trainable();
    Result result = peers.reduce_scatter({&node, 1}, bucket.size(), sum_.data(), &sums,
                                         state ? DType::f32 : spec_.wire);
    if (!result.ok()) return result;
    if (first) {
      *all = sums[0];
      count_rows(sums);
      first = false;
    }
    outer_update(part, sum_.data(), *all);
    result =
        peers.all_gather(model_.values.data() + bucket.begin, bucket.size(), DType::f32, nullptr);
    if (!result.ok()) return result;
  }
  return Result::success();
}

// Weight, rows, loss and metrics of all workers since the last outer step.
void Engine::count_rows(const std::vector<double>& sums) {
  totals_.samples += static_cast<int64_t>(sums[1]);
  totals_.loss += sums[2];
  totals_.metrics.resize(sums.size() - 3);
  for (size_t m = 0; m < totals_.metrics.size(); ++m) totals_.metrics[m] += sums[3 + m];
}

// went: the weighted sum of the way to where the workers are, for this part.
void Engine::outer_update(Slice part, const float* went, double all) {
  auto scale = static_cast<float>(1 / all), lr = static_cast<float>(spec_.outer_lr);
  auto momentum = static_cast<float>(spec_.outer_momentum);
  float* velocity = momentum > 0 ? optimizer_.back().data() : nullptr;
  for (int64_t i = part.begin; i < part.end; ++i) {
    auto at = static_cast<size_t>(i);
    float gradient = went[i - part.begin] * scale;
    // Running statistics are averaged, whatever the outer optimizer.
    float step = gradient;
    if (i < model_.table.trainable()) {
      if (velocity) {
        velocity[at] = momentum * velocity[at] + gradient;
        step = gradient + momentum * velocity[at];
      }
      step *= lr;
    }
    model_.values[at] = base_[at] - step;
  }
}

// Each worker has the means of its slices then.
Result Engine::average_states(Collective& peers, double weight, double all) {
  if (peers.size() == 1) return Result::success();
  auto factor = static_cast<float>(weight), scale = static_cast<float>(1 / all);
  for (size_t s = 0; s < inner_states(); ++s) {
    for (Slice bucket : exchange_->buckets()) {
      float* states = optimizer_[s].data() + bucket.begin;
      for (int64_t i = 0; i < bucket.size(); ++i)
        packet_[static_cast<size_t>(i)] = factor * states[i];
      Partial node{0, peers.rank(), weight > 0 ? packet_.data() : nullptr, {}};
      std::vector<double> none;
      Result result =
          peers.reduce_scatter({&node, 1}, bucket.size(), sum_.data(), &none, DType::f32);
      if (!result.ok()) return result;
      Slice part = owned(bucket, peers.rank(), peers.size());
      for (int64_t i = 0; i < part.size(); ++i) {
        optimizer_[s].data()[part.begin + i] = sum_[static_cast<size_t>(i)] * scale;
      }
    }
  }
  return Result::success();
}

}  // namespace firesteel
