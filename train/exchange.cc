// SPDX-License-Identifier: Apache-2.0
#include "train/exchange.h"

#include <algorithm>
#include <utility>

#include "core/threads.h"

namespace firesteel {

Exchange::Exchange(Model& model, PackedParams& packed, Work work, DType wire, bool error_feedback,
                   int64_t sharded_from)
    : model_(model),
      packed_(packed),
      work_(std::move(work)),
      buckets_(make_buckets(model.table)),
      order_(backward_order(buckets_, model.table)),
      sparse_(row_sparse(buckets_, model.table)),
      before_(buckets_.size()),
      wire_(wire, error_feedback),
      sharded_from_(sharded_from),
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

BucketSums* Exchange::begin(int64_t step, int threads) {
  std::unique_lock lock(mutex_);
  // The one before the last has to be over: its place is taken.
  changed_.wait(lock, [&] { return failed_ || done_ + 1 >= begun_; });
  if (failed_) return nullptr;
  Round& round = this->round(++begun_);
  held_ = true;
  round.peers = nullptr;
  round.step = step;
  round.number = begun_;
  round.final.assign(buckets_.size(), 0);
  round.sums.begin(threads, [this, &round](size_t bucket) {
    std::lock_guard final(mutex_);
    round.final[bucket] = 1;
    changed_.notify_all();
  });
  return &round.sums;
}

void Exchange::open(Collective& peers, bool in_background) {
  std::lock_guard lock(mutex_);
  held_ = false;
  Round& round = this->round(begun_);
  round.peers = &peers;
  round.in_background = in_background;
  if (!in_background) return;
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  waiting_.push_back(&round);
  changed_.notify_all();
}

void Exchange::withdraw() {
  std::lock_guard lock(mutex_);
  begun_ = opened();
  held_ = false;
}

void Exchange::run() { run(round(opened())); }

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
  float* out = gradient_.data();
  for (size_t b : order_) {
    if (Result final = await_final(round, b); !final.ok()) return final;
    bool first = b == order_.front();
    std::vector<double> none;
    Result result = reduce(round, b, out, first ? &scalars_ : &none);
    if (!result.ok()) return result;
    if (first) work_.summed(round.step, scalars_);
    if (!work_.begin_update) {
      prepare(peers, b);
      update(round, b, out);
    }
    out += updated(b, peers).size();
  }
  if (work_.begin_update) {
    if (Result result = meet(round); !result.ok()) return result;
    out = gradient_.data();
    for (size_t b : order_) {
      update(round, b, out);
      out += updated(b, peers).size();
    }
  }
  std::lock_guard lock(mutex_);
  reduced_ = round.number;
  changed_.notify_all();
  return Result::success();
}

Result Exchange::reduce(Round& round, size_t bucket, float* out, std::vector<double>* scalars) {
  Collective& peers = *round.peers;
  Slice part = buckets_[bucket], own = updated(bucket, peers);
  auto roots = round.sums.roots();
  bool first = bucket == order_.front();
  nodes_.resize(roots.size());
  for (size_t i = 0; i < roots.size(); ++i) {
    float* numbers = const_cast<float*>(roots[i].data);
    if (numbers && wire_of(bucket).type != DType::f32) wire_.round(i, numbers, part, own);
    nodes_[i] = {roots[i].level, roots[i].index, numbers ? numbers + part.begin : nullptr, {}};
    if (first) nodes_[i].scalars = roots[i].scalars;
  }
  if (updates_all(peers.size())) return peers.all_reduce(nodes_, part.size(), out, scalars);
  return peers.reduce_scatter(nodes_, part.size(), out, scalars, wire_of(bucket));
}

// What all have to say of their slices, bucket by bucket.
Result Exchange::meet(Round& round) {
  Collective& peers = *round.peers;
  std::vector<std::string> said(buckets_.size());
  float* gradients = gradient_.data();
  for (size_t b : order_) {
    Slice part = updated(b, peers);
    prepare(peers, b);
    work_.begin_update(round.step, b, part, gradients, scalars_, &said[b]);
    gradients += part.size();
  }
  std::string mine;
  for (const std::string& bucket : said) mine += bucket;
  std::vector<std::string> all = {mine};
  Result result = Result::success();
  if (!updates_all(peers.size())) result = peers.exchange(mine, &all);
  if (!result.ok()) return result;
  work_.meet(round.step, scalars_, std::vector<std::string_view>(all.begin(), all.end()));
  return result;
}

void Exchange::update(Round& round, size_t bucket, float* gradients) {
  work_.update(round.step, updated(bucket, *round.peers), gradients, scalars_);
  wire_.keep(bucket, model_.values.data());
}

Result Exchange::gather(Round& round) {
  for (size_t b = 0; b < buckets_.size(); ++b) {
    if (updates_all(round.peers->size())) {
      packed_.refresh(buckets_[b]);
    } else {
      Result result = gather(*round.peers, b, wire_of(b));
      if (!result.ok()) return result;
    }
    std::lock_guard lock(mutex_);
    gathered_[b] = round.number;
    changed_.notify_all();
  }
  return Result::success();
}

void Exchange::prepare(Collective& peers, size_t bucket) {
  float* values = model_.values.data();
  if (sparse_[bucket]) {
    Slice own = updated(bucket, peers);
    before_[bucket].assign(values + own.begin, values + own.end);
  }
  wire_.restore(bucket, values);
}

Result Exchange::gather(Collective& peers, size_t bucket, Wire wire) {
  Slice part = buckets_[bucket];
  Result result = peers.all_gather(model_.values.data() + part.begin, part.size(), wire,
                                   before_[bucket].data());
  if (result.ok()) packed_.refresh(part);
  return result;
}

void Exchange::start(const Collective& peers) {
  if (peers.size() == 1) return;  // there are no rounds
  std::vector<Slice> own;
  size_t most = 0;
  for (size_t b = 0; b < buckets_.size(); ++b) {
    own.push_back(updated(b, peers));
    most += static_cast<size_t>(own.back().size());
  }
  gradient_.resize(most);
  wire_.start(own, model_.values.data());
}

Result Exchange::finish(Collective& peers) {
  Result result = Result::success();
  bool settles = this->settles(peers.size());
  for (size_t b = 0; b < buckets_.size() && settles && result.ok(); ++b) {
    prepare(peers, b);
    result = gather(peers, b, {DType::f32, sparse_[b]});
  }
  return result;
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
  changed_.wait(lock, [&] { return done_ == opened(); });
  auto error = std::exchange(error_, nullptr);
  Result result = forget();
  if (error) std::rethrow_exception(error);
  return result;
}

void Exchange::abandon(const Result& reason) {
  stop(reason);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_ == opened(); });
  error_ = nullptr;
  (void)forget();
}

// What has failed, if anything. The next round begins as after rounds that ended well.
Result Exchange::forget() {
  Result result = std::exchange(result_, Result::success());
  failed_ = false;
  reduced_ = opened();
  std::ranges::fill(gathered_, opened());
  return result;
}

void Exchange::stop(const Result& reason) {
  std::lock_guard lock(mutex_);
  if (done_ == opened()) return;
  Round& last = round(opened());
  last.peers->abort(reason.message(), reason.suspect());
  fail(reason);
  // One that was to be run by the caller, and won't be.
  if (!last.in_background) done_ = opened();
}

}  // namespace firesteel
