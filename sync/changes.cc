// SPDX-License-Identifier: Apache-2.0
// all_gather of what has changed: each worker's slice travels as a text, a mask of blocks and then the
// numbers of these.
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

// Takes them off the front of a text, into numbers if there are any; false where it is too short.
bool apply(std::string_view* text, int64_t count, DType type, float* numbers) {
  size_t at = BlockMask::bytes(count);
  if (text->size() < at) return false;
  BlockMask mask(text->data(), count);
  size_t bytes = static_cast<size_t>(mask.numbers(0, count)) * size_of(type);
  if (text->size() - at < bytes) return false;
  auto* from = reinterpret_cast<const std::byte*>(text->data()) + at;
  mask.each_run(0, numbers ? count : 0,
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
  FrameHeader about;
  about.type = FrameType::changes;
  about.wire = wire_type(type);
  about.count = static_cast<uint64_t>(count);
  auto bytes = [](const std::string& text) { return std::as_bytes(std::span(text)); };
  std::vector<Parcel> parcels;
  // Whose slices a text has, one after the other.
  auto take = [&](int peer, std::string_view all, Hosts::Ranks owners) {
    bool sound = true;
    for (int owner = owners.begin; owner < owners.end && sound; ++owner) {
      // This worker's own are there, and others may be reading them.
      float* numbers = owner == rank() ? nullptr : data + slice(owner).begin;
      sound = apply(&all, slice(owner).size(), type, numbers);
    }
    if (sound && all.empty()) return Result::success();
    return Result::failure(cat("all_gather: the changes that ", name(peer), " sent are corrupt"));
  };
  if (!through_hosts()) {
    for (int peer : others())
      parcels.push_back({peer, bytes(*text(rank())), std::nullopt, text(peer), most(peer)});
    Result result = hand_round("all_gather", about, parcels);
    for (size_t i = 0; i < parcels.size() && result.ok(); ++i) {
      int peer = parcels[i].peer;
      result = take(peer, *text(peer), {peer, peer + 1});
    }
    return result;
  }
  for (int peer : others()) {
    Parcel parcel{.peer = peer, .most = most(peer)};
    if (hosts_.passes(peer, rank())) parcel.leaving = bytes(*text(rank()));
    if (hosts_.passes(rank(), peer)) parcel.text = text(peer);
    parcels.push_back(parcel);
  }
  Result result = hand_round("all_gather", about, parcels);
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
  parcels.clear();
  std::vector<std::string> bundles(data_.size());
  for (int peer : mates()) {
    parcels.push_back({peer, bytes(bundle), std::nullopt, &bundles[static_cast<size_t>(peer)],
                       bundle_bytes(peer)});
  }
  if (result.ok()) result = hand_round("all_gather", about, parcels);
  for (size_t i = 0; i < parcels.size() && result.ok(); ++i) {
    result = take(parcels[i].peer, *parcels[i].text, hosts_.through(parcels[i].peer));
  }
  return result;
}

}  // namespace firesteel
