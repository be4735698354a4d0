// SPDX-License-Identifier: Apache-2.0
#include "train/exchange.h"

#include <algorithm>
#include <utility>

#include "core/threads.h"

namespace firesteel {

Exchange::Exchange(Model& model, PackedParams& packed, Work work)
    : model_(model),
      packed_(packed),
      work_(std::move(work)),
      buckets_(make_buckets(model.table)),
      order_(backward_order(buckets_, model.table)),
      gathered_(buckets_.size(), 0) {
  for (int i = 0; i < 2; ++i) rounds_.push_back(std::make_unique<Round>(buckets_));
}

Exchange::~Exchange() {
  stop(Result::failure("the fit has ended"));
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

BucketSums* Exchange::begin(Collective& peers, int64_t step, int threads, bool in_background) {
  std::unique_lock lock(mutex_);
  // The one before the last has to be over: its place is taken.
  changed_.wait(lock, [&] { return failed_ || done_ + 1 >= begun_; });
  if (failed_) return nullptr;
  Round& round = *rounds_[begun_ % rounds_.size()];
  round.peers = &peers;
  round.step = step;
  round.number = ++begun_;
  round.in_background = in_background;
  round.final.assign(buckets_.size(), 0);
  round.sums.begin(threads, [this, &round](size_t bucket) {
    std::lock_guard final(mutex_);
    round.final[bucket] = 1;
    changed_.notify_all();
  });
  if (in_background) {
    if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
    waiting_.push_back(&round);
    changed_.notify_all();
  }
  return &round.sums;
}

void Exchange::run() { run(last()); }

void Exchange::serve() {
  set_threads(1);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Round& round = *waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    run(round);
    lock.lock();
  }
}

void Exchange::run(Round& round) {
  Result result = Result::success();
  try {
    if (failed_) {
      result = Result::failure("an iteration before has failed");
    } else {
      result = reduce(round);
      if (result.ok()) result = gather(round);
    }
  } catch (...) {
    {
      std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
    result = Result::failure("the iteration is wrong");
  }
  std::lock_guard lock(mutex_);
  fail(result);
  done_ = round.number;
  changed_.notify_all();
}

Result Exchange::reduce(Round& round) {
  Collective& peers = *round.peers;
  size_t most = 0;
  for (Slice bucket : buckets_) {
    most += static_cast<size_t>(owned(bucket, peers.rank(), peers.size()).size());
  }
  gradient_.resize(most);
  float* out = gradient_.data();
  for (size_t b : order_) {
    Slice bucket = buckets_[b];
    if (Result final = await_final(round, b); !final.ok()) return final;
    auto roots = round.sums.roots();
    nodes_.resize(roots.size());
    bool first = b == order_.front();
    for (size_t i = 0; i < roots.size(); ++i) {
      const float* data = roots[i].data ? roots[i].data + bucket.begin : nullptr;
      nodes_[i] = {roots[i].level, roots[i].index, data, {}};
      if (first) nodes_[i].scalars = roots[i].scalars;
    }
    std::vector<double> none;
    std::vector<double>& scalars = first ? scalars_ : none;
    if (Result sum = peers.reduce_scatter(nodes_, bucket.size(), out, &scalars); !sum.ok()) {
      return sum;
    }
    if (first) work_.summed(round.step, scalars_);
    Slice own = owned(bucket, peers.rank(), peers.size());
    work_.update(round.step, own, out, scalars_);
    out += own.size();
  }
  std::lock_guard lock(mutex_);
  reduced_ = round.number;
  changed_.notify_all();
  return Result::success();
}

Result Exchange::gather(Round& round) {
  for (size_t b = 0; b < buckets_.size(); ++b) {
    Slice bucket = buckets_[b];
    Result result = round.peers->all_gather(model_.values.data() + bucket.begin, bucket.size());
    if (!result.ok()) return result;
    packed_.refresh(bucket);
    std::lock_guard lock(mutex_);
    gathered_[b] = round.number;
    changed_.notify_all();
  }
  return Result::success();
}

Result Exchange::await_final(Round& round, size_t bucket) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failed_ || round.final[bucket]; });
  return failed_ ? result_ : Result::success();
}

// The first failure counts. Needs the lock.
void Exchange::fail(const Result& result) {
  if (result.ok() || failed_) return;
  result_ = result;
  failed_ = true;
  changed_.notify_all();
}

template <class Condition>
void Exchange::wait(std::unique_lock<std::mutex>& lock, const Condition& condition) {
  changed_.wait(lock, [&] { return failed_ || condition(); });
  if (failed_) throw Stopped();
}

void Exchange::await(size_t bucket) {
  std::unique_lock lock(mutex_);
  wait(lock, [&] { return gathered_[bucket] + 1 >= begun_; });
}

void Exchange::await_all() {
  for (size_t b = 0; b < buckets_.size(); ++b) await(b);
}

void Exchange::await_reduced() {
  std::unique_lock lock(mutex_);
  wait(lock, [&] { return reduced_ + 1 >= begun_; });
}

void Exchange::check() const {
  if (failed_) throw Stopped();
}

Result Exchange::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_ == begun_; });
  auto error = std::exchange(error_, nullptr);
  Result result = forget();
  if (error) std::rethrow_exception(error);
  return result;
}

void Exchange::abandon(const Result& reason) {
  stop(reason);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_ == begun_; });
  error_ = nullptr;
  (void)forget();
}

// What has failed, if anything. The next round begins as after rounds that ended well.
Result Exchange::forget() {
  Result result = std::exchange(result_, Result::success());
  failed_ = false;
  reduced_ = begun_;
  std::ranges::fill(gathered_, begun_);
  return result;
}

void Exchange::stop(const Result& reason) {
  std::lock_guard lock(mutex_);
  if (done_ == begun_) return;
  last().peers->abort(reason.message(), reason.suspect());
  fail(reason);
  // One that was to be run by the caller, and won't be.
  if (!last().in_background) done_ = begun_;
}

}  // namespace firesteel
