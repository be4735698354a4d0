// SPDX-License-Identifier: Apache-2.0
// The four collectives of a Mesh: which frames go to whom.
#include <algorithm>
#include <deque>

#include "core/narrow.h"
#include "sync/mesh.h"
#include "sync/reduce_scatter.h"

namespace firesteel {
namespace {

template <class Number>
std::span<std::byte> bytes(Number* data, Slice slice) {
  if (slice.size() == 0) return {};
  return std::as_writable_bytes(std::span(data + slice.begin, static_cast<size_t>(slice.size())));
}

}  // namespace

Result Mesh::reduce_scatter(std::span<const Partial> nodes, int64_t count, float* out,
                            std::vector<double>* scalars, DType wire) {
  return collective("reduce_scatter", [&](Transfer& transfer, FrameHeader header) -> Result {
    size_t own_scalars = 0;
    for (const Partial& node : nodes) own_scalars += node.scalars.size();
    if (nodes.size() > kMaxNodes || own_scalars > kMaxScalars) {
      return Result::failure(cat("reduce_scatter: got ", nodes.size(), " tree nodes and ",
                                 own_scalars, " scalars; the limits are ", kMaxNodes, " and ",
                                 kMaxScalars, ". Give each worker a contiguous range of leaves"));
    }
    header.type = FrameType::nodes;
    header.wire = wire_type(wire);
    header.count = static_cast<uint64_t>(count);
    Slice mine = slice_of(count, rank(), size());
    std::deque<NodeSource> sources;
    std::deque<NodeSink> sinks;
    std::vector<NodeSink*> peers;
    std::vector<Port> ports;
    // Starting behind this worker's rank keeps all from sending to the same peer first.
    for (int step = 1; step < size(); ++step) {
      int peer = (rank() + step) % size();
      auto at = static_cast<size_t>(peer);
      sources.emplace_back(header, nodes, slice_of(count, peer, size()), wire);
      sinks.emplace_back(header, mine.size(), &windows_[at], name(peer), wire);
      peers.push_back(&sinks.back());
      ports.push_back({peer, data_[at].get(), &sources.back(), &sinks.back()});
    }
    Summation sum(nodes, mine, peers, out, scalars, name(rank()));
    return run(transfer, ports, [&] { return sum.advance(); });
  });
}

Result Mesh::all_gather(float* data, int64_t count, DType wire) {
  return collective("all_gather", [&](Transfer& transfer, FrameHeader header) {
    header.type = FrameType::slice;
    header.wire = wire_type(wire);
    header.count = static_cast<uint64_t>(count);
    bool wide = wire == DType::f32;
    // Numbers of two bytes travel from and to a buffer of their own.
    if (!wide) narrowed_.resize(static_cast<size_t>(count));
    auto part = [&](int rank) {
      Slice slice = slice_of(count, rank, size());
      return wide ? bytes(data, slice) : bytes(narrowed_.data(), slice);
    };
    Slice own = slice_of(count, rank(), size());
    if (!wide) narrow(wire, data + own.begin, narrowed_.data() + own.begin, own.size());
    auto mine = part(rank());
    std::deque<BlockSource> sources;
    std::deque<BlockSink> sinks;
    std::vector<Port> ports;
    for (int step = 1; step < size(); ++step) {
      int peer = (rank() + step) % size();
      header.bytes = mine.size();
      sources.emplace_back(header, std::vector<std::span<const std::byte>>{mine});
      sinks.emplace_back(header, std::vector{part(peer)}, name(peer));
      ports.push_back(
          {peer, data_[static_cast<size_t>(peer)].get(), &sources.back(), &sinks.back()});
    }
    Result result = run(transfer, ports);
    if (result.ok() && !wide) widen(wire, narrowed_.data(), data, count);
    return result;
  });
}

Result Mesh::exchange(const std::string& mine, std::vector<std::string>* all) {
  return collective("exchange", [&](Transfer& transfer, FrameHeader header) -> Result {
    if (mine.size() > kMaxText) {
      return Result::failure(
          cat("exchange: got a text of ", mine.size(), " bytes; the limit is ", kMaxText));
    }
    header.type = FrameType::text;
    header.bytes = mine.size();
    all->assign(static_cast<size_t>(size()), "");
    (*all)[static_cast<size_t>(rank())] = mine;
    std::deque<BlockSource> sources;
    std::deque<TextSink> sinks;
    std::vector<Port> ports;
    for (int step = 1; step < size(); ++step) {
      int peer = (rank() + step) % size();
      auto at = static_cast<size_t>(peer);
      sources.emplace_back(header, std::vector{std::as_bytes(std::span(mine))});
      sinks.emplace_back(header, &(*all)[at], name(peer));
      ports.push_back({peer, data_[at].get(), &sources.back(), &sinks.back()});
    }
    return run(transfer, ports);
  });
}

Result Mesh::move(std::span<const Move> moves) {
  return collective("move", [&](Transfer& transfer, FrameHeader header) -> Result {
    auto valid = [&](int peer) { return peer >= 0 && peer < size(); };
    std::vector<std::vector<std::span<const std::byte>>> leaving(data_.size());
    std::vector<std::vector<std::span<std::byte>>> coming(data_.size());
    std::vector<uint64_t> sent(data_.size()), received(data_.size());  // numbers
    for (const Move& move : moves) {
      if (!valid(move.from) || !valid(move.to)) {
        return Result::failure(cat("move: workers must be ranks below ", size(), ", got ",
                                   move.from, " to ", move.to));
      }
      auto from = static_cast<size_t>(move.from), to = static_cast<size_t>(move.to);
      if (from == to) continue;
      if (move.from == rank()) {
        leaving[to].push_back(std::as_bytes(move.part));
        sent[to] += move.part.size();
      } else if (move.to == rank()) {
        coming[from].push_back(std::as_writable_bytes(move.part));
        received[from] += move.part.size();
      }
    }
    header.type = FrameType::copy;
    std::deque<BlockSource> sources;
    std::deque<BlockSink> sinks;
    std::vector<Port> ports;
    for (int step = 1; step < size(); ++step) {
      int peer = (rank() + step) % size();
      auto at = static_cast<size_t>(peer);
      Port port{peer, data_[at].get(), nullptr, nullptr};
      if (!leaving[at].empty()) {
        header.count = sent[at];
        header.bytes = sent[at] * sizeof(float);
        port.source = &sources.emplace_back(header, std::move(leaving[at]));
      }
      if (!coming[at].empty()) {
        header.count = received[at];
        port.sink = &sinks.emplace_back(header, std::move(coming[at]), name(peer));
      }
      if (port.source || port.sink) ports.push_back(port);
    }
    return run(transfer, ports);
  });
}

}  // namespace firesteel
