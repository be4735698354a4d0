// SPDX-License-Identifier: Apache-2.0
// What the training loop asks of its peers. train/ knows only this; sync/ implements it over TCP.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/dtype.h"
#include "core/reduction.h"
#include "core/result.h"

namespace firesteel {

// Elements [begin, end) of a flat buffer.
struct Slice {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
};

// Slices of a flat buffer of `count` elements begin at multiples of this: pages where there are many,
// else cache lines.
constexpr int64_t slice_align(int64_t count) { return count < 1 << 16 ? 16 : 1024; }

// The part of a flat buffer of `count` elements that worker `rank` of `size` owns: even cuts; a worker
// may own nothing.
inline Slice slice_of(int64_t count, int rank, int size) {
  int64_t align = slice_align(count), units = (count + align - 1) / align;
  auto cut = [&](int64_t r) {
    int64_t at = units * r / size * align;
    return at < count ? at : count;
  };
  return {cut(rank), cut(rank + 1)};
}

// A part of a buffer on its way: read on one worker, written on another.
struct Move {
  int from = 0;
  int to = 0;
  std::span<float> part;
};

// How numbers travel.
struct Wire {
  Wire(DType as = DType::f32, bool mostly_zero = false) : type(as), sparse(mostly_zero) {}
  DType type;  // f32, bf16 or f16, what other workers' numbers are rounded to; sums are f32
  bool sparse;  // without what is zero or has not changed, where that is most
};

class Collective {
 public:
  virtual ~Collective() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  // The machine that a worker runs on; empty when not known.
  virtual std::string host(int rank) const = 0;

  // Sums the tree nodes of all workers (core/reduction.h). Each node's data holds `count` floats.
  // out receives this worker's slice of the root; scalars the root's scalars, the same everywhere.
  virtual Result reduce_scatter(std::span<const Partial> nodes, int64_t count, float* out,
                                std::vector<double>* scalars, Wire wire) = 0;
  // Likewise, but all workers receive the whole root. For few numbers: everybody sends all to everybody.
  virtual Result all_reduce(std::span<const Partial> nodes, int64_t count, float* out,
                            std::vector<double>* scalars) {
    float* own = out + slice_of(count, rank(), size()).begin;
    Result result = reduce_scatter(nodes, count, own, scalars, {});
    return result.ok() ? all_gather(out, count, {}, nullptr) : result;
  }
  // data holds `count` floats of which this worker's slice is valid; afterwards all are, rounded as
  // `wire` says, this worker's own too. before: with a sparse wire, what this worker's slice was and all
  // others still have.
  virtual Result all_gather(float* data, int64_t count, Wire wire, const float* before) = 0;
  // Short messages of any length from every worker to every worker, by rank.
  virtual Result exchange(const std::string& mine, std::vector<std::string>* all) = 0;
  // All at once. Each worker gives the moves from and to itself, those between the same two workers in
  // the same order as the other; moves of others, and to oneself, do nothing.
  virtual Result move(std::span<const Move> moves) = 0;

  // From any thread: the current call and all later ones fail, here and on every peer. suspect: the
  // rank held responsible, -1 when none is known.
  virtual void abort(const std::string& reason, int suspect) = 0;
  // Whether a peer is lost or a call was aborted, also while no call is going on; and what happened.
  virtual bool failed() const = 0;
  virtual Result verdict() const = 0;
};

// One worker: every collective is a copy.
class LocalCollective final : public Collective {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  std::string host(int) const override { return ""; }
  Result reduce_scatter(std::span<const Partial> nodes, int64_t count, float* out,
                        std::vector<double>* scalars, Wire) override {
    tree_sum(nodes, count, out);
    *scalars = tree_sum_scalars(nodes);
    return Result::success();
  }
  Result all_gather(float*, int64_t, Wire, const float*) override { return Result::success(); }
  Result exchange(const std::string& mine, std::vector<std::string>* all) override {
    *all = {mine};
    return Result::success();
  }
  Result move(std::span<const Move>) override { return Result::success(); }
  void abort(const std::string&, int) override {}
  bool failed() const override { return false; }
  Result verdict() const override { return Result::success(); }
};

}  // namespace firesteel
