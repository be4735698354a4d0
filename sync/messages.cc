// SPDX-License-Identifier: Apache-2.0
// What workers send to each other as it is: texts, and parts of buffers.
#include <deque>

#include "sync/frames.h"
#include "sync/mesh.h"

namespace firesteel {

Result Mesh::hand_round(const char* what, FrameHeader about, std::span<const Parcel> parcels) {
  return collective(what, [&](Transfer& transfer, FrameHeader header) {
    about.sequence = header.sequence;
    std::deque<BlockSource> sources;
    std::deque<BlockSink> blocks;
    std::deque<TextSink> texts;
    std::vector<Port> ports;
    for (const Parcel& parcel : parcels) {
      Port port = port_to(parcel.peer);
      if (parcel.leaving) {
        about.bytes = parcel.leaving->size();
        port.source = &sources.emplace_back(about, std::vector{*parcel.leaving});
      }
      if (parcel.block) {
        port.sink = &blocks.emplace_back(about, std::vector{*parcel.block}, name(parcel.peer));
      } else if (parcel.text) {
        port.sink = &texts.emplace_back(about, parcel.text, name(parcel.peer), parcel.most);
      }
      if (port.source || port.sink) ports.push_back(port);
    }
    return run(transfer, ports);
  });
}

Result Mesh::exchange(const std::string& mine, std::vector<std::string>* all) {
  if (mine.size() > kMaxText) {
    return collective("exchange", [&](auto&, auto) {
      return Result::failure(
          cat("exchange: got a text of ", mine.size(), " bytes; the limit is ", kMaxText));
    });
  }
  all->assign(static_cast<size_t>(size()), "");
  (*all)[static_cast<size_t>(rank())] = mine;
  FrameHeader about;
  about.type = FrameType::text;
  std::vector<Parcel> parcels;
  for (int peer : others()) {
    parcels.push_back({peer, std::as_bytes(std::span(mine)), std::nullopt,
                       &(*all)[static_cast<size_t>(peer)], kMaxText});
  }
  return hand_round("exchange", about, parcels);
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
    for (int peer : others()) {
      auto at = static_cast<size_t>(peer);
      Port port = port_to(peer);
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
