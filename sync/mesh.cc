// SPDX-License-Identifier: Apache-2.0
#include "sync/mesh.h"

namespace firesteel {
namespace {

std::vector<std::string> hosts_of(const std::vector<Endpoint>& peers) {
  std::vector<std::string> hosts;
  for (const Endpoint& peer : peers) hosts.push_back(peer.host);
  return hosts;
}

}  // namespace

Mesh::Mesh(const MeshSpec& spec, std::vector<Link> data, std::vector<ControlLink> control)
    : spec_(spec),
      hosts_(hosts_of(spec.peers)),
      data_(std::move(data)),
      windows_(spec.peers.size()) {
  spec_.cancel = nullptr;
  MonitorOptions options{.rank = spec.rank,
                         .peers = spec.peers,
                         .peer_deadline = spec.peer_deadline,
                         .first_deadline = spec.form_deadline + spec.peer_deadline};
  monitor_ = std::make_unique<Monitor>(std::move(options), std::move(control));
}

Mesh::~Mesh() { close(); }

void Mesh::abort(const std::string& reason, int suspect) {
  monitor_->fail(Result::failure(cat("aborted: ", reason), suspect));
}

void Mesh::close() {
  if (closed_.exchange(true)) return;
  std::unique_lock lock(call_, std::try_to_lock);
  if (!lock.owns_lock()) {
    monitor_->fail(Result::failure("the mesh was closed during a collective"));
    lock.lock();
  }
  monitor_->stop();
  for (Link& link : data_) {
    link.end_output();
    link.close();
  }
}

MeshStats Mesh::stats() const {
  return {stats_.bytes_sent, stats_.bytes_sent_away, stats_.bytes_received,
          static_cast<double>(stats_.wait_nanoseconds) * 1e-9};
}

Result Mesh::collective(const char* what,
                        const std::function<Result(Transfer&, FrameHeader)>& body) {
  std::lock_guard lock(call_);
  if (closed_) return Result::failure(cat(what, ": this mesh is closed"));
  if (monitor_->failed()) {
    return monitor_->verdict().because(cat(what, ": this mesh has failed already"));
  }
  monitor_->begin(++sequence_);
  waiting_for_.clear();
  Instant start = Clock::now();
  Transfer transfer(*monitor_, stats_, start + spec_.step_deadline);
  FrameHeader header;
  header.sequence = sequence_;
  Result result = body(transfer, header);
  if (result.ok()) return result;
  monitor_->fail(result);  // no effect where the monitor knew first
  std::string context = cat(what, " #", sequence_, ": ", name(spec_.rank));
  if (!waiting_for_.empty()) {
    context += cat(" waited ", in_words(Clock::now() - start), " for ");
    constexpr size_t kNamed = 3;
    for (size_t i = 0; i < waiting_for_.size() && i < kNamed; ++i) {
      context += cat(i ? ", " : "", name(waiting_for_[i]));
    }
    if (waiting_for_.size() > kNamed) {
      context += cat(" and ", waiting_for_.size() - kNamed, " more");
    }
  }
  return monitor_->verdict().because(context);
}

Port Mesh::port_to(int peer) {
  return {.rank = peer,
          .link = &data_[static_cast<size_t>(peer)],
          .away = hosts_.of(peer) != hosts_.of(rank())};
}

// Starting behind this worker's rank keeps all from sending to the same peer first.
std::vector<int> Mesh::others() const {
  std::vector<int> ranks;
  for (int step = 1; step < size(); ++step) ranks.push_back((rank() + step) % size());
  return ranks;
}

std::vector<int> Mesh::mates() const {
  std::vector<int> ranks = others();
  std::erase_if(ranks, [&](int peer) { return hosts_.of(peer) != hosts_.of(rank()); });
  return ranks;
}

Result Mesh::run(Transfer& transfer, std::vector<Port>& ports,
                 const std::function<Result()>& on_progress) {
  Result result = transfer.run(ports, on_progress);
  if (result.ok()) return result;
  waiting_for_ = transfer.missing(ports);
  return transfer.overdue() ? overdue() : result;
}

// The peers are alive, but one never came: most likely the one that has begun the fewest calls.
Result Mesh::overdue() const {
  int last = waiting_for_.front();
  for (int rank : waiting_for_) {
    if (monitor_->sequence_of(rank) < monitor_->sequence_of(last)) last = rank;
  }
  return Result::failure(
      cat("the step deadline of ", in_words(spec_.step_deadline), " has passed. ", name(last),
          " is alive and at collective #", monitor_->sequence_of(last),
          ". Raise the deadline if a step can take this long"),
      last);
}

}  // namespace firesteel
