// SPDX-License-Identifier: Apache-2.0
// all_gather of what has changed: each worker's slice travels as a text, a mask of blocks and then the
// numbers of these.
#include <deque>

#include "core/narrow.h"
#include "sync/block_mask.h"
#include "sync/mesh.h"

namespace firesteel {
namespace {

size_t most_bytes(Slice slice, DType type) {
  return BlockMask::bytes(slice.size()) + static_cast<size_t>(slice.size()) * size_of(type);
}

std::string changes(const float* numbers, const float* before, int64_t count, DType type) {
  BlockMask mask(numbers, before, count);
  std::string text(mask.text());
  size_t at = text.size();
  text.resize(at + static_cast<size_t>(mask.numbers(0, count)) * size_of(type));
  auto* to = reinterpret_cast<std::byte*>(text.data()) + at;
  mask.each_run(0, count,
                [&](int64_t begin, int64_t n) { to = pack(type, numbers + begin, n, to); });
  return text;
}

// Takes them off the front of a text; false where it is too short.
bool apply(std::string_view* text, int64_t count, DType type, float* numbers) {
  size_t at = BlockMask::bytes(count);
  if (text->size() < at) return false;
  BlockMask mask(text->data(), count);
  size_t bytes = static_cast<size_t>(mask.numbers(0, count)) * size_of(type);
  if (text->size() - at < bytes) return false;
  auto* from = reinterpret_cast<const std::byte*>(text->data()) + at;
  mask.each_run(0, count,
                [&](int64_t begin, int64_t n) { from = unpack(type, from, n, numbers + begin); });
  text->remove_prefix(at + bytes);
  return true;
}

}  // namespace

Result Mesh::gather_changes(float* data, int64_t count, DType type, const float* before) {
  auto slice = [&](int rank) { return slice_of(count, rank, size()); };
  auto most = [&](int rank) { return most_bytes(slice(rank), type); };
  Slice own = slice(rank());
  round_to(type, data + own.begin, own.size());
  std::vector<std::string> texts(data_.size());
  auto text = [&](int rank) { return &texts[static_cast<size_t>(rank)]; };
  *text(rank()) = changes(data + own.begin, before, own.size(), type);
  std::vector<Letter> letters;
  // Whose slices a text has, one after the other.
  auto take = [&](int peer, std::string_view all, Hosts::Ranks owners) {
    bool sound = true;
    for (int owner = owners.begin; owner < owners.end && sound; ++owner) {
      float* numbers = data + slice(owner).begin;
      // This worker's own are there, and others may be reading them.
      std::vector<float> unused(owner == rank() ? static_cast<size_t>(own.size()) : 0);
      sound = apply(&all, slice(owner).size(), type, owner == rank() ? unused.data() : numbers);
    }
    if (sound && all.empty()) return Result::success();
    return Result::failure(cat("all_gather: the changes that ", name(peer), " sent are corrupt"));
  };
  if (!through_hosts()) {
    for (int peer : others()) letters.push_back({peer, text(rank()), text(peer), most(peer)});
    Result result = hand_round(letters, count, type);
    for (size_t i = 0; i < letters.size() && result.ok(); ++i) {
      int peer = letters[i].peer;
      result = take(peer, *text(peer), {peer, peer + 1});
    }
    return result;
  }
  for (int peer : others()) {
    Letter letter{peer, nullptr, nullptr, most(peer)};
    if (hosts_.passes(peer, rank())) letter.leaving = text(rank());
    if (hosts_.passes(rank(), peer)) letter.coming = text(peer);
    letters.push_back(letter);
  }
  Result result = hand_round(letters, count, type);
  if (!result.ok()) return result;
  auto bundle_bytes = [&](int rank) {
    size_t bytes = 0;
    Hosts::Ranks owners = hosts_.through(rank);
    for (int owner = owners.begin; owner < owners.end; ++owner) bytes += most(owner);
    return bytes;
  };
  std::string bundle;
  Hosts::Ranks mine = hosts_.through(rank());
  for (int owner = mine.begin; owner < mine.end && result.ok(); ++owner) {
    result = take(owner, *text(owner), {owner, owner + 1});
    bundle += *text(owner);
  }
  letters.clear();
  std::vector<std::string> bundles(data_.size());
  for (int peer : mates()) {
    letters.push_back({peer, &bundle, &bundles[static_cast<size_t>(peer)], bundle_bytes(peer)});
  }
  if (result.ok()) result = hand_round(letters, count, type);
  for (size_t i = 0; i < letters.size() && result.ok(); ++i) {
    result = take(letters[i].peer, *letters[i].coming, hosts_.through(letters[i].peer));
  }
  return result;
}

Result Mesh::hand_round(std::span<const Letter> letters, int64_t count, DType type) {
  return collective("all_gather", [&](Transfer& transfer, FrameHeader header) {
    header.type = FrameType::changes;
    header.wire = wire_type(type);
    header.count = static_cast<uint64_t>(count);
    std::deque<BlockSource> sources;
    std::deque<TextSink> sinks;
    std::vector<Port> ports;
    for (const Letter& letter : letters) {
      Port port = port_to(letter.peer);
      if (letter.leaving) {
        header.bytes = letter.leaving->size();
        port.source =
            &sources.emplace_back(header, std::vector{std::as_bytes(std::span(*letter.leaving))});
      }
      if (letter.coming) {
        port.sink = &sinks.emplace_back(header, letter.coming, name(letter.peer), letter.most);
      }
      if (port.source || port.sink) ports.push_back(port);
    }
    return run(transfer, ports);
  });
}

}  // namespace firesteel
