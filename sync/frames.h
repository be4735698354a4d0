// SPDX-License-Identifier: Apache-2.0
// The frames of the data connections as sources and sinks: a header, then a block or a text.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "sync/transfer.h"
#include "sync/wire.h"

namespace firesteel {

// Whether a peer's header is what this worker expects of the collective it is in itself; when not,
// the text says what each of the two is doing. `who` names the peer.
Result check_frame(const FrameHeader& got, const FrameHeader& expected, const std::string& who);

// Receives a header and checks everything in it except bytes, nodes and scalars.
class HeaderSink {
 public:
  HeaderSink(const FrameHeader& expected, std::string who)
      : expected_(expected), who_(std::move(who)) {}
  bool done() const { return got_ == sizeof(FrameHeader); }
  std::span<std::byte> room() {
    return std::as_writable_bytes(std::span(&header_, 1)).subspan(got_);
  }
  Result received(size_t bytes);
  const FrameHeader& header() const { return header_; }
  const std::string& who() const { return who_; }

 private:
  FrameHeader expected_;
  std::string who_;
  FrameHeader header_;
  size_t got_ = 0;
};

class BlockSource final : public Source {
 public:
  BlockSource(const FrameHeader& header, std::span<const std::byte> block)
      : header_(header), block_(block) {}
  int next(std::span<iovec> pieces) override;
  void sent(size_t bytes) override { sent_ += bytes; }

 private:
  FrameHeader header_;
  std::span<const std::byte> block_;
  size_t sent_ = 0;
};

// A block of known size, straight to where it belongs.
class BlockSink final : public Sink {
 public:
  BlockSink(const FrameHeader& expected, std::span<std::byte> block, std::string who)
      : header_(expected, std::move(who)), block_(block) {}
  bool done() const override { return header_.done() && got_ == block_.size(); }
  std::span<std::byte> room() override;
  Result received(size_t bytes) override;

 private:
  HeaderSink header_;
  std::span<std::byte> block_;
  size_t got_ = 0;
};

// A text of any length. Memory grows with what has arrived, not with what was announced.
class TextSink final : public Sink {
 public:
  TextSink(const FrameHeader& expected, std::string* text, std::string who)
      : header_(expected, std::move(who)), text_(text) {}
  bool done() const override { return header_.done() && got_ == header_.header().bytes; }
  std::span<std::byte> room() override;
  Result received(size_t bytes) override;

 private:
  HeaderSink header_;
  std::string* text_;
  uint64_t got_ = 0;
};

constexpr uint64_t kMaxText = uint64_t{1} << 30;

}  // namespace firesteel
