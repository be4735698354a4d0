// SPDX-License-Identifier: Apache-2.0
// Sums and slices between the workers of a Mesh: which frames go to whom. Where workers share machines,
// both go in two steps (sync/hosts.h): among the workers of a machine, and between machines.
#include <algorithm>
#include <deque>

#include "core/narrow.h"
#include "sync/mesh.h"
#include "sync/reduce_scatter.h"

namespace firesteel {
namespace {

// What a worker sends to a peer of its tree nodes, and whether it gets some.
struct Flow {
  int peer = 0;
  std::optional<Slice> leaving;
  bool coming = false;
};

}  // namespace

struct Mesh::Sums {
  std::span<const Partial> leaving, staying;
  Slice part;  // which elements of those that stay are summed with what comes
  std::vector<Flow> flows;
};

Result Mesh::reduce_scatter(std::span<const Partial> nodes, int64_t count, float* out,
                            std::vector<double>* scalars, Wire wire) {
  Slice mine = slice_of(count, rank(), size());
  auto to_root = [&](Summation& sum) { sum.to(out, scalars); };
  if (!through_hosts()) {
    Sums sums{nodes, nodes, mine, {}};
    for (int peer : others()) sums.flows.push_back({peer, slice_of(count, peer, size()), true});
    return sum_up(sums, count, wire, to_root);
  }
  // On this machine. Numbers are rounded once, on their way between machines.
  Slice part = hosts_.part(count, rank());
  Sums on_host{nodes, nodes, part, {}};
  for (int peer : mates()) on_host.flows.push_back({peer, hosts_.part(count, peer), true});
  bool alone = on_host.flows.empty();
  Result result = alone
                      ? collective("reduce_scatter", [](auto&, auto) { return Result::success(); })
                      : sum_up(on_host, count, {DType::f32, wire.sparse},
                               [&](Summation& sum) { sum.to(&partial_); });
  if (!result.ok()) return result;
  // Between machines. What this one has begins at the part's first element.
  std::span<const Partial> sum = alone ? nodes : partial_.nodes;
  auto within = [&](Slice slice) {
    return Slice{slice.begin - part.begin, slice.end - part.begin};
  };
  Sums between{sum, {}, {0, mine.size()}, {}};
  if (hosts_.passes(rank(), rank())) between.staying = sum, between.part = within(mine);
  for (int peer : others()) {
    Flow flow{peer, std::nullopt, hosts_.passes(peer, rank())};
    if (hosts_.passes(rank(), peer)) flow.leaving = within(slice_of(count, peer, size()));
    if (flow.leaving || flow.coming) between.flows.push_back(flow);
  }
  return sum_up(between, count, wire, to_root);
}

Result Mesh::all_reduce(std::span<const Partial> nodes, int64_t count, float* out,
                        std::vector<double>* scalars) {
  Slice all{0, count};
  Sums sums{nodes, nodes, all, {}};
  for (int peer : others()) sums.flows.push_back({peer, all, true});
  return sum_up(sums, count, DType::f32, [&](Summation& sum) { sum.to(out, scalars); });
}

Result Mesh::sum_up(const Sums& sums, int64_t count, Wire wire,
                    const std::function<void(Summation&)>& direct) {
  return collective("reduce_scatter", [&](Transfer& transfer, FrameHeader header) -> Result {
    size_t own_scalars = 0;
    for (const Partial& node : sums.leaving) own_scalars += node.scalars.size();
    if (sums.leaving.size() > kMaxNodes || own_scalars > kMaxScalars) {
      return Result::failure(cat("reduce_scatter: got ", sums.leaving.size(), " tree nodes and ",
                                 own_scalars, " scalars; the limits are ", kMaxNodes, " and ",
                                 kMaxScalars, ". Give each worker a contiguous range of leaves"));
    }
    header.type = FrameType::nodes;
    header.wire = wire_type(wire.type);
    header.count = static_cast<uint64_t>(count);
    std::deque<NodeSource> sources;
    std::deque<NodeSink> sinks;
    std::vector<NodeSink*> peers;
    std::vector<Port> ports;
    for (const Flow& flow : sums.flows) {
      Port port = port_to(flow.peer);
      if (flow.leaving) {
        port.source = &sources.emplace_back(header, sums.leaving, *flow.leaving, wire);
      }
      if (flow.coming) {
        port.sink = peers.emplace_back(
            &sinks.emplace_back(header, sums.part.size(), &windows_[static_cast<size_t>(flow.peer)],
                                name(flow.peer), wire));
      }
      ports.push_back(port);
    }
    Summation sum(sums.staying, sums.part, peers, name(rank()));
    direct(sum);
    // Nobody else may have anything for this worker.
    if (Result result = sum.advance(); !result.ok()) return result;
    return run(transfer, ports, [&] { return sum.advance(); });
  });
}

Result Mesh::all_gather(float* data, int64_t count, Wire wire, const float* before) {
  if (wire.sparse) return gather_changes(data, count, wire.type, before);
  bool wide = wire.type == DType::f32;
  // Numbers of two bytes travel from and to a buffer of their own.
  if (!wide) narrowed_.resize(static_cast<size_t>(count));
  auto bytes = [&](Slice slice) {
    auto begin = static_cast<size_t>(slice.begin), numbers = static_cast<size_t>(slice.size());
    return wide ? std::as_writable_bytes(
                      std::span(data, static_cast<size_t>(count)).subspan(begin, numbers))
                : std::as_writable_bytes(std::span(narrowed_).subspan(begin, numbers));
  };
  auto slice = [&](int rank) { return bytes(slice_of(count, rank, size())); };
  Slice own = slice_of(count, rank(), size());
  if (!wide) narrow(wire.type, data + own.begin, narrowed_.data() + own.begin, own.size());
  FrameHeader about;
  about.type = FrameType::slice;
  about.wire = wire_type(wire.type);
  about.count = static_cast<uint64_t>(count);
  std::vector<Parcel> parcels;
  Result result = Result::success();
  if (!through_hosts()) {
    for (int peer : others()) parcels.push_back({peer, slice(rank()), slice(peer)});
    result = hand_round("all_gather", about, parcels);
  } else {
    for (int peer : others()) {
      Parcel parcel{.peer = peer};
      if (hosts_.passes(peer, rank())) parcel.leaving = slice(rank());
      if (hosts_.passes(rank(), peer)) parcel.block = slice(peer);
      parcels.push_back(parcel);
    }
    result = hand_round("all_gather", about, parcels);
    if (!result.ok()) return result;
    parcels.clear();
    for (int peer : mates()) {
      parcels.push_back({peer, bytes(hosts_.part(count, rank())), bytes(hosts_.part(count, peer))});
    }
    result = hand_round("all_gather", about, parcels);
  }
  if (result.ok() && !wide) widen(wire.type, narrowed_.data(), data, count);
  return result;
}

}  // namespace firesteel
