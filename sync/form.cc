// SPDX-License-Identifier: Apache-2.0
// Mesh::form: of each pair the worker of the higher rank connects; all connections are made at the
// same time, and whoever gives up tells those it has reached already.
#include <poll.h>

#include <algorithm>
#include <deque>

#include "core/sha256.h"
#include "sync/dial.h"
#include "sync/mesh.h"

namespace firesteel {
namespace {

constexpr Millis kCancelPoll{100};

class Formation {
 public:
  Formation(Listener& listener, const MeshSpec& spec);
  ~Formation() { listener_.forget(rendezvous_); }

  Result run();
  bool unreachable() const { return std::ranges::any_of(dials_, &Dial::unreachable); }

  std::vector<Link> data;
  std::vector<ControlLink> control;

 private:
  Result step();
  void collect();
  Result hear(int rank);
  bool complete(int rank) const;
  Result missing(const std::string& why, int suspect = -1) const;
  void tell_peers(const Result& failure);
  std::string name(int rank) const { return worker_name(rank, spec_.peers); }

  Listener& listener_;
  const MeshSpec& spec_;
  Instant start_ = Clock::now();
  Instant deadline_ = start_ + spec_.form_deadline;
  std::shared_ptr<Rendezvous> rendezvous_;
  std::deque<Dial> dials_;
};

Formation::Formation(Listener& listener, const MeshSpec& spec)
    : data(spec.peers.size()), control(spec.peers.size()), listener_(listener), spec_(spec) {
  Identity me{
      sha256(spec.fit_id), spec.epoch, spec.rank, static_cast<int>(spec.peers.size()), spec.key,
      spec.sealed};
  rendezvous_ = listener.expect(me);
  for (int peer = 0; peer < spec.rank; ++peer) {
    auto lookup = std::make_shared<Lookup>(spec.peers[static_cast<size_t>(peer)], false);
    dials_.emplace_back(me, peer, Channel::data, lookup);
    dials_.emplace_back(me, peer, Channel::control, lookup);
  }
}

Result Formation::run() {
  for (;;) {
    collect();
    bool all = true;
    for (int rank = 0; rank < static_cast<int>(data.size()); ++rank) all &= complete(rank);
    if (all) return Result::success();
    if (Result result = step(); !result.ok()) {
      tell_peers(result);
      return result;
    }
  }
}

bool Formation::complete(int rank) const {
  auto at = static_cast<size_t>(rank);
  return rank == spec_.rank || (data[at].open() && control[at].open());
}

Result Formation::step() {
  if (spec_.cancel && *spec_.cancel) return missing("cancelled");
  if (uint64_t newer = rendezvous_->newer_epoch()) {
    return missing(cat("superseded: a worker is forming epoch ", newer));
  }
  if (Clock::now() >= deadline_) return missing("");
  std::vector<pollfd> polls{{rendezvous_->wake_fd(), POLLIN, 0}};
  for (ControlLink& link : control) polls.push_back({link.fd(), POLLIN, 0});
  Instant wake = deadline_;
  for (Dial& dial : dials_) {
    polls.push_back({dial.events() ? dial.fd() : -1, dial.events(), 0});
    wake = std::min(wake, dial.timer());
  }
  if (spec_.cancel) wake = std::min(wake, Clock::now() + kCancelPoll);
  ::poll(polls.data(), polls.size(), poll_timeout(wake));
  for (size_t i = 0; i < control.size(); ++i) {
    if (!polls[1 + i].revents) continue;
    if (Result heard = hear(static_cast<int>(i)); !heard.ok()) return heard;
  }
  for (size_t i = 0; i < dials_.size(); ++i) {
    dials_[i].step(polls[1 + control.size() + i].revents);
    if (dials_[i].refused()) return missing("", dials_[i].rank());
  }
  return Result::success();
}

// Puts the connections that have been authenticated where they belong.
void Formation::collect() {
  auto keep = [&](int rank, Channel channel, Link link) {
    auto at = static_cast<size_t>(rank);
    if (channel == Channel::data) {
      data[at] = std::move(link);
    } else {
      control[at] = ControlLink(std::move(link));
    }
  };
  for (auto& arrival : rendezvous_->take()) {
    keep(arrival.rank, arrival.channel, std::move(arrival.link));
  }
  std::erase_if(dials_, [&](Dial& dial) {
    if (!dial.connected()) return false;
    keep(dial.rank(), dial.channel(), dial.take());
    return true;
  });
}

// A peer may be done forming and send heartbeats, or may have given up.
Result Formation::hear(int rank) {
  std::vector<ControlMessage> messages;
  bool alive = control[static_cast<size_t>(rank)].receive(&messages);
  for (const ControlMessage& message : messages) {
    if (message.header.type == ControlType::heartbeat) continue;
    int suspect = std::min(message.header.suspect, static_cast<int32_t>(data.size()) - 1);
    std::string reason = message.header.type == ControlType::bye ? "it left" : message.reason;
    return missing(cat(name(rank), " reports: ", reason), suspect);
  }
  if (alive) return Result::success();
  return missing(cat(name(rank), " hung up: its process has died"), rank);
}

// Says whom this worker waited for and what it knows of each. Without a reason it is the first of
// them that is held responsible.
Result Formation::missing(const std::string& why, int suspect) const {
  std::string waited;
  int listed = 0, absent = 0;
  for (int rank = 0; rank < static_cast<int>(data.size()); ++rank) {
    if (complete(rank)) continue;
    if (suspect < 0 && why.empty()) suspect = rank;
    constexpr int kNamed = 3;
    ++absent;
    if (listed == kNamed) continue;
    waited += cat(listed++ ? "; " : "", name(rank), ": ");
    std::string status = rank < spec_.rank ? "connected" : "it has not connected";
    for (const Dial& dial : dials_) {
      if (dial.rank() != rank || dial.connected()) continue;
      status = dial.status();
      if (dial.refused()) break;  // says more than the other channel's state
    }
    std::string refusal = rendezvous_->refusal_of(rank);
    waited += status + (refusal.empty() ? "" : cat(" (refused: ", refusal, ")"));
  }
  if (absent > listed) waited += cat("; and ", absent - listed, " more");
  std::string text =
      cat("forming mesh '", spec_.fit_id, "' epoch ", spec_.epoch, ": ", name(spec_.rank),
          " waited ", in_words(Clock::now() - start_), " for ", waited);
  if (!why.empty()) return Result::failure(cat(text, ": ", why), suspect);
  return Result::failure(cat(text, ". Form it with the workers that answer, or raise the deadline"),
                         suspect);
}

void Formation::tell_peers(const Result& failure) {
  for (ControlLink& link : control) {
    if (!link.open()) continue;
    link.queue({.type = ControlType::abort,
                .suspect = failure.suspect(),
                .reporter = static_cast<uint32_t>(spec_.rank)},
               failure.message());
    link.flush();
  }
}

Result check(const MeshSpec& spec) {
  int size = static_cast<int>(spec.peers.size());
  if (size < 1) return Result::failure("MeshSpec.peers: must name every worker, got none");
  if (spec.rank < 0 || spec.rank >= size) {
    return Result::failure(cat("MeshSpec.rank: must be in 0..", size - 1, ", got ", spec.rank));
  }
  if (spec.key.size() != kKeyBytes) {
    return Result::failure(
        cat("MeshSpec.key: must have ", kKeyBytes, " bytes, got ", spec.key.size()));
  }
  if (spec.form_deadline <= Millis(0) || spec.peer_deadline <= Millis(0) ||
      spec.step_deadline <= Millis(0)) {
    return Result::failure("MeshSpec: every deadline must be > 0 ms");
  }
  return Result::success();
}

}  // namespace

Result Mesh::form(Listener& listener, const MeshSpec& spec, std::unique_ptr<Mesh>* mesh,
                  bool* unreachable) {
  if (Result sound = check(spec); !sound.ok()) return sound;
  Formation formation(listener, spec);
  if (Result formed = formation.run(); !formed.ok()) {
    if (unreachable) *unreachable = formation.unreachable();
    return formed;
  }
  mesh->reset(new Mesh(spec, std::move(formation.data), std::move(formation.control)));
  return Result::success();
}

}  // namespace firesteel
