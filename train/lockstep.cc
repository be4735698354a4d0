// SPDX-License-Identifier: Apache-2.0
#include "train/lockstep.h"

#include "core/reduction.h"

namespace firesteel {

Lockstep::Lockstep(Collective& peers, std::vector<int64_t> leaves)
    : peers_(peers),
      leaves_(std::move(leaves)),
      parts_(leaves_.size()),
      numbers_(leaves_.size(), nullptr) {
  for (size_t i = 0; i < parts_.size(); ++i) {
    parts_[i].of = this;
    parts_[i].index = i;
  }
}

void Lockstep::attend(int64_t sums) {
  for (int64_t i = 0; i < sums && result_.ok(); ++i) combine();
}

void Lockstep::stop(std::exception_ptr error) {
  std::lock_guard lock(mutex_);
  if (!stopped_) error_ = std::move(error);
  stopped_ = true;
  changed_.notify_all();
}

void Lockstep::add_up(size_t part, std::vector<double>& numbers) {
  std::unique_lock lock(mutex_);
  if (stopped_) throw Stopped();
  numbers_[part] = &numbers;
  if (++arrived_ == parts_.size()) {
    combine();
    arrived_ = 0;
    ++round_;
    stopped_ = stopped_ || !result_.ok();
    changed_.notify_all();
  } else {
    uint64_t round = round_;
    changed_.wait(lock, [&] { return stopped_ || round_ != round; });
  }
  if (stopped_) throw Stopped();
}

// In the tree of the gradients' sums, so that the bits do not depend on who computed which part.
void Lockstep::combine() {
  TreeAccumulator own(std::make_shared<BufferPool>(0));
  for (size_t i = 0; i < leaves_.size(); ++i) own.add_leaf(leaves_[i], *numbers_[i], false);
  std::vector<double> sums;
  result_ = peers_.reduce_scatter(own.nodes(), 0, nullptr, &sums, DType::f32);
  if (!result_.ok()) return;
  for (auto* numbers : numbers_) *numbers = sums;
}

}  // namespace firesteel
