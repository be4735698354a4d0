// SPDX-License-Identifier: Apache-2.0
#include "sync/frames.h"

#include <algorithm>

namespace firesteel {
namespace {

std::string describe(WireType wire) {
  const char* names[] = {"f32", "bf16", "f16", "?"};
  return names[std::min<size_t>(static_cast<size_t>(wire), 3)];
}

std::string describe(const FrameHeader& header) {
  const char* names[] = {"?",        "reduce_scatter", "all_gather",
                         "exchange", "move",           "all_gather of changes"};
  auto type = static_cast<size_t>(header.type);
  std::string text = cat(names[type < 6 ? type : 0], " #", header.sequence);
  if (header.type != FrameType::text) text += cat(" of ", header.count, " elements");
  if (header.tag) text += cat(" (part ", header.tag, ")");
  return text;
}

constexpr size_t kTextStep = 1 << 20;

}  // namespace

Result check_frame(const FrameHeader& got, const FrameHeader& expected, const std::string& who) {
  if (got.magic != kWireMagic) {
    return Result::failure(cat(who, " sent bytes that are no frame: the connection is corrupt"));
  }
  if (got.type != expected.type || got.sequence != expected.sequence ||
      got.count != expected.count || got.tag != expected.tag) {
    return Result::failure(cat(who, " is in ", describe(got), ", this worker in ",
                               describe(expected), ": the workers' programs disagree"));
  }
  if (got.wire != expected.wire) {
    return Result::failure(cat(who, " sends ", describe(got.wire), " in ", describe(got),
                               ", this worker expects ", describe(expected.wire),
                               ": the workers' programs disagree"));
  }
  return Result::success();
}

Result HeaderSink::received(size_t bytes) {
  got_ += bytes;
  return done() ? check_frame(header_, expected_, who_) : Result::success();
}

int BlockSource::next(std::span<iovec> pieces) {
  size_t filled = 0;
  if (in_header_ < sizeof header_) {
    auto* bytes = reinterpret_cast<std::byte*>(&header_);
    pieces[filled++] = {bytes + in_header_, sizeof header_ - in_header_};
  }
  size_t skip = in_block_;
  for (size_t b = at_; b < blocks_.size() && filled < pieces.size(); ++b, skip = 0) {
    auto* rest = const_cast<std::byte*>(blocks_[b].data()) + skip;
    if (blocks_[b].size() > skip) pieces[filled++] = {rest, blocks_[b].size() - skip};
  }
  return static_cast<int>(filled);
}

void BlockSource::sent(size_t bytes) {
  size_t of_header = std::min(bytes, sizeof header_ - in_header_);
  in_header_ += of_header;
  in_block_ += bytes - of_header;
  while (at_ < blocks_.size() && in_block_ >= blocks_[at_].size())
    in_block_ -= blocks_[at_++].size();
}

BlockSink::BlockSink(const FrameHeader& expected, std::vector<std::span<std::byte>> blocks,
                     std::string who)
    : header_(expected, std::move(who)), blocks_(std::move(blocks)) {
  for (auto block : blocks_) bytes_ += block.size();
}

std::span<std::byte> BlockSink::room() {
  if (!header_.done()) return header_.room();
  while (at_ < blocks_.size() && in_block_ == blocks_[at_].size()) ++at_, in_block_ = 0;
  return at_ < blocks_.size() ? blocks_[at_].subspan(in_block_) : std::span<std::byte>();
}

Result BlockSink::received(size_t bytes) {
  if (header_.done()) {
    got_ += bytes;
    in_block_ += bytes;
    return Result::success();
  }
  Result result = header_.received(bytes);
  if (!result.ok() || !header_.done()) return result;
  if (header_.header().bytes != bytes_) {
    return Result::failure(cat(header_.who(), " sends ", header_.header().bytes,
                               " bytes where this worker expects ", bytes_,
                               ": the workers' programs disagree"));
  }
  return result;
}

std::span<std::byte> TextSink::room() {
  if (!header_.done()) return header_.room();
  size_t want = static_cast<size_t>(std::min<uint64_t>(header_.header().bytes, got_ + kTextStep));
  if (text_->size() < want) text_->resize(want);
  return std::as_writable_bytes(std::span(*text_)).subspan(static_cast<size_t>(got_));
}

Result TextSink::received(size_t bytes) {
  if (header_.done()) {
    got_ += bytes;
    return Result::success();
  }
  Result result = header_.received(bytes);
  if (!result.ok() || !header_.done()) return result;
  text_->clear();
  if (header_.header().bytes > most_) {
    return Result::failure(cat(header_.who(), " announces a text of ", header_.header().bytes,
                               " bytes; the limit is ", most_));
  }
  return result;
}

}  // namespace firesteel
