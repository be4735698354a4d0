// SPDX-License-Identifier: Apache-2.0
// Exchange: sums gradients over workers, updates the slices that this worker owns and hands the new
// parameters round, bucket by bucket, in a thread of its own while others compute: gradients leave
// while backward runs, parameters arrive while the next forward does.
//
// A round is one iteration's exchange. All workers go through the same collectives in the same
// order: reduce_scatter of every bucket in backward_order(), then all_gather from the first layer's
// on. Of small models each updates all parameters after an all_reduce, and there is nothing to gather.
// Nothing here waits for peers but in a collective, which has deadlines.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "nn/model.h"
#include "nn/packed.h"
#include "train/bucket_sums.h"
#include "train/buckets.h"
#include "train/wire_state.h"

namespace firesteel {

class Exchange {
 public:
  // What a thread that computes throws when the exchange has failed, or the fit is to stop.
  struct Stopped : std::exception {
    const char* what() const noexcept override { return "the iteration was stopped"; }
  };
  struct Work {
    // Of all workers, before anything is updated; may throw what is wrong with them.
    std::function<void(int64_t step, const std::vector<double>& scalars)> summed;
    // Where updates depend on all slices of all workers: first what this worker has to say of its part
    // of a bucket, then what all have said, by rank. Empty: they don't.
    std::function<void(int64_t step, size_t bucket, Slice part, float* gradients,
                       const std::vector<double>& scalars, std::string* said)>
        begin_update;
    std::function<void(int64_t step, const std::vector<double>& scalars,
                       std::span<const std::string_view> said)>
        meet;
    // gradients: of this part of the flat buffer.
    std::function<void(int64_t step, Slice, float* gradients, const std::vector<double>& scalars)>
        update;
  };

  // wire: what numbers are rounded to on their way. error_feedback: see train/wire_state.h.
  // sharded_from: see updates_all().
  Exchange(Model& model, PackedParams& packed, Work work, DType wire, bool error_feedback,
           int64_t sharded_from);
  ~Exchange();

  const std::vector<Slice>& buckets() const { return buckets_; }
  // Whether there is anything to overlap.
  bool divides() const { return buckets_.size() > 1; }
  // Whether each of so many workers updates all parameters.
  bool updates_all(int workers) const {
    return !wire_.rounds() && firesteel::updates_all(model_.table.total(), workers, sharded_from_);
  }
  // Whether parameters on the workers may differ from those of their owners until finish(): they are
  // rounded, or CPUs are not the same.
  bool settles(int workers) const {
    return workers > 1 && (wire_.rounds() || updates_all(workers));
  }

  // Before the rounds with these peers, if any: all workers have the same parameters.
  void start(const Collective& peers);
  // Begins a round; the sums of its gradients are then reported to the BucketSums. Nothing of it leaves
  // before open(). Null when a round before has failed.
  BucketSums* begin(int64_t step, int threads);
  // The round that was begun is exchanged with these peers, in_background or by run().
  void open(Collective& peers, bool in_background);
  // Takes a round back that was not opened and that no thread computes any more.
  void withdraw();
  // The round that was opened, in the calling thread.
  void run();

  // These wait, and throw Stopped when the exchange fails first.
  // The parameters of a bucket are those after the round before the current one.
  void await(size_t bucket);
  void await_all();
  // The gradients of the round before the current one have left: their memory may be used again.
  void await_reduced();
  // Throws Stopped when the exchange has failed.
  void check() const;

  // Waits until all that was opened is done or has failed, and says which.
  Result drain();
  // After the rounds with these peers, all done: every worker gets all parameters as their owners have
  // them. Nothing where they are there already.
  Result finish(Collective& peers);
  // Ends what is going on, here and on the peers. A failure before it remains the reason.
  void stop(const Result& reason);
  // Likewise, and waits until nothing is going on.
  void abandon(const Result& reason);

 private:
  struct Round {
    explicit Round(const std::vector<Slice>& buckets) : sums(buckets) {}
    BucketSums sums;
    Collective* peers = nullptr;
    int64_t step = 0;
    uint64_t number = 0;
    std::vector<char> final;  // by bucket
    bool in_background = false;
  };

  void serve();
  void run(Round& round);
  Result reduce(Round& round);
  Result reduce(Round& round, size_t bucket, float* out, std::vector<double>* scalars);
  Result meet(Round& round);
  void update(Round& round, size_t bucket, float* gradients);
  // What this worker updates of a bucket.
  Slice updated(size_t bucket, const Collective& peers) const {
    Slice all = buckets_[bucket];
    return updates_all(peers.size()) ? all : owned(all, peers.rank(), peers.size());
  }
  Result gather(Round& round);
  Result gather(Collective& peers, size_t bucket, Wire wire);
  // Before a worker's own slice of a bucket changes: keeps what the others have of it, and has the numbers
  // of before they were rounded.
  void prepare(Collective& peers, size_t bucket);
  // State is little, and its numbers are means: it is not rounded.
  Wire wire_of(size_t bucket) const {
    bool state = buckets_[bucket].begin >= model_.table.trainable();
    return {state ? DType::f32 : wire_.type(), sparse_[bucket]};
  }
  Result await_final(Round& round, size_t bucket);
  void fail(const Result& result);
  Result forget();
  uint64_t opened() const { return begun_ - (held_ ? 1 : 0); }
  Round& round(uint64_t number) { return *rounds_[(number - 1) % rounds_.size()]; }
  template <class Condition>
  void wait(std::unique_lock<std::mutex>& lock, const Condition& condition);

  Model& model_;
  PackedParams& packed_;
  Work work_;
  std::vector<Slice> buckets_;
  std::vector<size_t> order_;
  std::vector<bool> sparse_;  // buckets of which few rows have gradients
  // Of each of these, this worker's slice as the others have it.
  std::vector<std::vector<float>> before_;
  WireState wire_;
  int64_t sharded_from_;
  std::vector<std::unique_ptr<Round>> rounds_;  // two that take turns
  std::vector<float> gradient_;  // of the updated slices, bucket after bucket
  std::vector<Partial> nodes_;
  std::vector<double> scalars_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Round*> waiting_;
  uint64_t begun_ = 0, reduced_ = 0, done_ = 0;  // numbers of rounds
  bool held_ = false;  // the newest is not opened
  std::vector<uint64_t> gathered_;  // by bucket
  Result result_ = Result::success();
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace firesteel
