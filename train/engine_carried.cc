// SPDX-License-Identifier: Apache-2.0
// Iterations in pieces: what an Engine does where Spark carries the numbers between workers.
#include <chrono>
#include <cstring>

#include "train/carried.h"
#include "train/engine.h"

namespace firesteel {
namespace {

// Calls part(slice of the flat buffer, index of its bucket) for all slices of a worker.
template <class Part>
void each_owned(const std::vector<Slice>& buckets, Share of, const Part& part) {
  for (size_t b = 0; b < buckets.size(); ++b) part(owned(buckets[b], of.rank, of.size), b);
}

void append(std::string* to, const float* numbers, Slice part) {
  to->append(reinterpret_cast<const char*>(numbers + part.begin),
             static_cast<size_t>(part.size()) * sizeof(float));
}

// Puts the slices of all workers, in the order of ranks, where they belong.
void put_slices(std::span<const std::string_view> all, const std::vector<Slice>& buckets,
                float* numbers, const char* what) {
  auto size = static_cast<int>(all.size());
  for (int rank = 0; rank < size; ++rank) {
    std::string_view bytes = all[static_cast<size_t>(rank)];
    each_owned(buckets, {rank, size}, [&](Slice part, size_t) {
      size_t wanted = static_cast<size_t>(part.size()) * sizeof(float);
      require<FormatError>(bytes.size() >= wanted, what, ": the slice of worker ", rank,
                           " ends in the middle");
      std::memcpy(numbers + part.begin, bytes.data(), wanted);
      bytes.remove_prefix(wanted);
    });
    require<FormatError>(bytes.empty(), what, ": the slice of worker ", rank, " has ", bytes.size(),
                         " bytes too many");
  }
}

}  // namespace

void Engine::begin_carried() {
  require<AttrError>(spec_.wire == DType::f32, "wire: must be f32 unless sync is p2p, got ",
                     name_of(spec_.wire));
  require<AttrError>(!lockstep_,
                     "sync_batch_norm: needs sync p2p, as its sums travel in the middle of a step");
  drop_head_start();
  keep();
  totals_ = {};
  carried_ = true;
}

double Engine::compute_carried(const Assignment& part, int rank, const std::atomic<bool>* stop) {
  auto start = std::chrono::steady_clock::now();
  LocalCollective alone;
  alone_.begin(static_cast<int>(replicas_.size()), [](size_t) {});
  Halt halt;
  halt.stop = stop;
  compute(next_step_, leaves_of(next_step_, part, rank), alone, alone_, halt)
      .result.throw_if_failed();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string Engine::carried_gradients(Share of) const {
  return pack_gradients(alone_.roots(), exchange_->buckets(), of.rank, of.size);
}

std::string Engine::sum_carried(std::span<const std::string_view> packed, Share own) {
  const auto& buckets = exchange_->buckets();
  carried_scalars_ = sum_packed(packed, buckets, own.rank, own.size, &gradient_);
  summed(next_step_, carried_scalars_);
  std::string squares;
  if (!meets()) return squares;
  float* gradients = gradient_.data();
  each_owned(buckets, own, [&](Slice part, size_t b) {
    begin_update(next_step_, b, part, gradients, carried_scalars_, &squares);
    gradients += part.size();
  });
  return squares;
}

std::string Engine::update_carried(std::span<const std::string_view> all_squares, Share own) {
  if (meets()) meet(next_step_, carried_scalars_, all_squares);
  std::string slices;
  float* gradients = gradient_.data();
  each_owned(exchange_->buckets(), own, [&](Slice part, size_t) {
    update(next_step_, part, gradients, carried_scalars_);
    gradients += part.size();
    append(&slices, model_.values.data(), part);
  });
  return slices;
}

void Engine::take_parameters(std::span<const std::string_view> slices) {
  put_slices(slices, exchange_->buckets(), model_.values.data(), "parameters");
  packed_.refresh(*crew_);
  ++next_step_;
}

std::string Engine::carried_optimizer(Share of) const {
  std::string slices;
  for (const auto& buffer : optimizer_) {
    each_owned(exchange_->buckets(), of,
               [&](Slice part, size_t) { append(&slices, buffer.data(), part); });
  }
  // All have the same, but where a driver alone updates.
  slices.append(reinterpret_cast<const char*>(numbers_.data()), numbers_.size() * sizeof(double));
  return slices;
}

void Engine::take_optimizer(std::span<const std::string_view> slices) {
  size_t states = optimizer_.size(), behind = numbers_.size() * sizeof(double);
  for (std::string_view all : slices) {
    require<FormatError>(all.size() >= behind, "optimizer: ends in the middle");
    std::memcpy(numbers_.data(), all.data() + all.size() - behind, behind);
  }
  for (size_t s = 0; s < states; ++s) {
    std::vector<std::string_view> of_state;
    for (std::string_view all : slices) {
      size_t each = (all.size() - behind) / states;
      of_state.push_back(all.substr(each * s, each));
    }
    put_slices(of_state, exchange_->buckets(), optimizer_[s].data(), "optimizer");
  }
}

StepsReport Engine::end_carried() {
  carried_ = false;
  holdings_ = Holdings{};  // everybody took all
  StepsReport report;
  report.steps = next_step_ - former_.step;
  count_totals(&report);
  return report;
}

}  // namespace firesteel
