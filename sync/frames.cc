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
  const char* names[] = {"?", "reduce_scatter", "all_gather", "exchange", "send_to"};
  auto type = static_cast<size_t>(header.type);
  std::string text = cat(names[type < 5 ? type : 0], " #", header.sequence);
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
  int filled = 0;
  size_t in_block = 0;
  if (sent_ < sizeof header_) {
    auto* bytes = reinterpret_cast<std::byte*>(&header_);
    pieces[static_cast<size_t>(filled++)] = {bytes + sent_, sizeof header_ - sent_};
  } else {
    in_block = sent_ - sizeof header_;
  }
  if (in_block < block_.size()) {
    auto* rest = const_cast<std::byte*>(block_.data()) + in_block;
    pieces[static_cast<size_t>(filled++)] = {rest, block_.size() - in_block};
  }
  return filled;
}

std::span<std::byte> BlockSink::room() {
  return header_.done() ? block_.subspan(got_) : header_.room();
}

Result BlockSink::received(size_t bytes) {
  if (header_.done()) {
    got_ += bytes;
    return Result::success();
  }
  Result result = header_.received(bytes);
  if (!result.ok() || !header_.done()) return result;
  if (header_.header().bytes != block_.size()) {
    return Result::failure(cat(header_.who(), " sends ", header_.header().bytes,
                               " bytes where this worker expects ", block_.size(),
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
  if (header_.header().bytes > kMaxText) {
    return Result::failure(cat(header_.who(), " announces a text of ", header_.header().bytes,
                               " bytes; the limit is ", kMaxText));
  }
  return result;
}

}  // namespace firesteel
