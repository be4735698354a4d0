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
      sources.emplace_back(header, mine);
      sinks.emplace_back(header, part(peer), name(peer));
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
      sources.emplace_back(header, std::as_bytes(std::span(mine)));
      sinks.emplace_back(header, &(*all)[at], name(peer));
      ports.push_back({peer, data_[at].get(), &sources.back(), &sinks.back()});
    }
    return run(transfer, ports);
  });
}

Result Mesh::send_to(int root, std::span<const int> receivers, std::span<float> data) {
  return collective("send_to", [&](Transfer& transfer, FrameHeader header) -> Result {
    auto valid = [&](int peer) { return peer >= 0 && peer < size(); };
    if (!valid(root) || !std::ranges::all_of(receivers, valid)) {
      return Result::failure(
          cat("send_to: root and receivers must be ranks below ", size(), ", got root ", root));
    }
    header.type = FrameType::copy;
    header.count = data.size();
    header.bytes = data.size_bytes();
    std::deque<BlockSource> sources;
    std::deque<BlockSink> sinks;
    std::vector<Port> ports;
    if (rank() == root) {
      for (int peer : receivers) {
        bool again = std::ranges::any_of(ports, [&](const Port& p) { return p.rank == peer; });
        if (peer == root || again) continue;
        sources.emplace_back(header, std::as_bytes(data));
        ports.push_back({peer, data_[static_cast<size_t>(peer)].get(), &sources.back(), nullptr});
      }
    } else if (std::ranges::find(receivers, rank()) != receivers.end()) {
      sinks.emplace_back(header, std::as_writable_bytes(data), name(root));
      ports.push_back({root, data_[static_cast<size_t>(root)].get(), nullptr, &sinks.back()});
    }
    return run(transfer, ports);
  });
}

}  // namespace firesteel
