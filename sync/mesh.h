// SPDX-License-Identifier: Apache-2.0
// The collectives of core/collective.h over TCP, between workers that know each other's addresses
// and share a key. Two connections join each pair: data, and control with the heartbeats.
//
// A mesh fails as a whole and for good: the first failure anywhere reaches every worker, with the
// rank that was suspected first, and the next mesh is formed with another epoch.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/collective.h"
#include "sync/hosts.h"
#include "sync/listener.h"
#include "sync/reduce_scatter.h"
#include "sync/transfer.h"

namespace firesteel {

struct MeshSpec {
  std::string fit_id;
  uint64_t epoch = 0;  // number of the attempt; a mesh of another epoch is refused
  int rank = 0;
  std::vector<Endpoint> peers;  // where each worker listens, by rank, this one included
  std::string key;              // 32 bytes
  Millis form_deadline{10'000};
  Millis peer_deadline{5'000};  // silence of the heartbeats after which a peer counts as lost
  // A collective may wait as long as its slowest peer computes; this only bounds a worker that is
  // alive but never comes, and has to exceed every step.
  Millis step_deadline{3'600'000};
  bool sealed = false;  // what travels is encrypted
  // Workers that share a machine add up among themselves before they send to others.
  bool by_host = true;
  const std::atomic<bool>* cancel = nullptr;  // ends forming early when it becomes true
};

struct MeshStats {
  int64_t bytes_sent = 0;
  int64_t bytes_sent_away = 0;  // of these, to other machines
  int64_t bytes_received = 0;
  double wait_seconds = 0;
};

class Mesh final : public Collective {
 public:
  // unreachable: set where it failed as a peer's port could not be connected to; null: does not matter.
  static Result form(Listener& listener, const MeshSpec& spec, std::unique_ptr<Mesh>* mesh,
                     bool* unreachable = nullptr);
  ~Mesh() override;

  int rank() const override { return spec_.rank; }
  int size() const override { return static_cast<int>(spec_.peers.size()); }
  std::string host(int rank) const override { return spec_.peers[static_cast<size_t>(rank)].host; }

  Result reduce_scatter(std::span<const Partial> nodes, int64_t count, float* out,
                        std::vector<double>* scalars, Wire wire) override;
  Result all_reduce(std::span<const Partial> nodes, int64_t count, float* out,
                    std::vector<double>* scalars) override;
  Result all_gather(float* data, int64_t count, Wire wire, const float* before) override;
  Result exchange(const std::string& mine, std::vector<std::string>* all) override;
  Result move(std::span<const Move> moves) override;

  void abort(const std::string& reason, int suspect) override;
  bool failed() const override { return monitor_->failed(); }
  Result verdict() const override { return monitor_->verdict(); }
  // Of later calls, in the place of MeshSpec's. Between calls.
  void set_step_deadline(Millis deadline) { spec_.step_deadline = deadline; }
  // Says goodbye. Peers may still read what they have coming. From any thread; ends a current call.
  void close();

  MeshStats stats() const;

 private:
  // Connections by rank, this worker's own places empty.
  Mesh(const MeshSpec& spec, std::vector<Link> data, std::vector<ControlLink> control);

  // Numbers a collective, runs it, and puts a failure into words.
  Result collective(const char* name, const std::function<Result(Transfer&, FrameHeader)>& body);
  Result run(Transfer& transfer, std::vector<Port>& ports,
             const std::function<Result()>& on_progress = {});
  Result overdue() const;
  Port port_to(int peer);

  struct Sums;
  Result sum_up(const Sums& sums, int64_t count, Wire wire,
                const std::function<void(Summation&)>& direct);
  // What goes to and comes from a peer: a block of known length, or a text.
  struct Parcel {
    int peer = 0;
    std::optional<std::span<const std::byte>> leaving;
    std::optional<std::span<std::byte>> block;
    std::string* text = nullptr;
    uint64_t most = 0;  // bytes of the text
  };
  Result hand_round(const char* what, FrameHeader about, std::span<const Parcel> parcels);
  Result gather_changes(float* data, int64_t count, DType type, const float* before);
  bool through_hosts() const { return spec_.by_host && hosts_.shared(); }
  std::vector<int> others() const;
  std::vector<int> mates() const;  // others on the same machine
  std::string name(int rank) const { return worker_name(rank, spec_.peers); }

  MeshSpec spec_;
  Hosts hosts_;
  std::vector<Link> data_;
  std::unique_ptr<Monitor> monitor_;
  std::mutex call_;
  std::atomic<bool> closed_{false};
  uint64_t sequence_ = 0;
  std::vector<int> waiting_for_;  // when a collective failed
  std::vector<std::vector<std::byte>> windows_;  // receive memory by rank
  PartialSums partial_;  // of this worker's machine
  std::vector<uint16_t> narrowed_;  // of all_gather
  TransferStats stats_;
};

}  // namespace firesteel
