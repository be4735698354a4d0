// SPDX-License-Identifier: Apache-2.0
#include "train/replica.h"

#include "core/threads.h"

namespace firesteel {
namespace {
// More than there are buckets of rows for batches of up to 128.
constexpr size_t kMostPlans = 48;

// Of `steps` steps of `width` numbers those up to the last one that is not `padding` throughout; at
// least 1.
int64_t length_of(const float* row, int64_t steps, int64_t width, float padding) {
  int64_t numbers = steps * width;
  while (numbers > 0 && row[numbers - 1] == padding) --numbers;
  return std::max<int64_t>(1, (numbers + width - 1) / width);
}
}  // namespace

int64_t bucket_of(int64_t count) {
  int64_t step = 1;
  while (count >= 16 * step) step *= 2;
  return (count + step - 1) / step * step;
}

Replica::Replica(std::shared_ptr<const Graph> graph, const ParamTable& table, const Env& env,
                 PackedParams& packed, std::shared_ptr<BufferPool> pool)
    : sums(std::move(pool)),
      graph_(std::move(graph)),
      table_(table),
      env_(env),
      packed_(packed),
      padding_(graph_->padding()),
      row_shape_(graph_->node(graph_->inputs()[0]).shape) {}

Plan& Replica::plan_for_padded(int64_t batch, int64_t rows) {
  int64_t steps = row_shape_[0], width = numel(row_shape_), each = width / steps, longest = 1;
  lengths.assign(static_cast<size_t>(batch), 1);
  for (int64_t n = 0; n < rows; ++n) {
    int64_t length = length_of(padded_.data() + n * width, steps, each, *padding_);
    lengths[static_cast<size_t>(n)] = length;
    longest = std::max(longest, length);
  }
  Plan& plan = this->plan(batch, std::min(steps, bucket_of(longest)));
  auto* x = static_cast<float*>(plan.input());
  int64_t kept = plan.steps() * each;
  for (int64_t n = 0; n < rows; ++n) std::copy_n(padded_.data() + n * width, kept, x + n * kept);
  std::fill(x + rows * kept, x + batch * kept, 0.f);
  return plan;
}

Plan& Replica::plan(int64_t batch, int64_t steps) {
  if (padding_ && steps == 0) steps = row_shape_[0];
  auto found = slots_.begin();
  auto fits = [&](const Slot& s) {
    return s.plan->batch() == batch && s.plan->steps() == steps && s.threads == threads();
  };
  while (found != slots_.end() && !fits(*found)) ++found;
  if (found == slots_.end()) {
    if (before_compile) before_compile();
    slots_.push_front({compile(graph_, table_, batch, env_, packed_, steps), threads()});
    if (slots_.size() > kMostPlans) slots_.pop_back();
  } else {
    slots_.splice(slots_.begin(), slots_, found);
  }
  Slot& slot = slots_.front();
  if (slot.plan->arena_bytes() > arena_.bytes()) {
    // The old one goes first, lest both are in memory; no plan is bound to it any more.
    arena_ = {};
    for (Slot& other : slots_) other.bound = nullptr;
    arena_ = AlignedBuffer(slot.plan->arena_bytes());
  }
  if (slot.bound != arena_.data()) {
    slot.plan->bind(arena_.data());
    slot.bound = arena_.data();
  }
  return *slot.plan;
}

}  // namespace firesteel
