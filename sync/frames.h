// SPDX-License-Identifier: Apache-2.0
// The frames of the data connections as sources and sinks: a header, then a block or a text.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

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
  BlockSource(const FrameHeader& header, std::vector<std::span<const std::byte>> blocks)
      : header_(header), blocks_(std::move(blocks)) {}
  int next(std::span<iovec> pieces) override;
  void sent(size_t bytes) override;

 private:
  FrameHeader header_;
  std::vector<std::span<const std::byte>> blocks_;
  size_t in_header_ = 0, at_ = 0, in_block_ = 0;  // what has been sent
};

// Blocks of known sizes, one after the other, straight to where they belong.
class BlockSink final : public Sink {
 public:
  BlockSink(const FrameHeader& expected, std::vector<std::span<std::byte>> blocks, std::string who);
  bool done() const override { return header_.done() && got_ == bytes_; }
  std::span<std::byte> room() override;
  Result received(size_t bytes) override;

 private:
  HeaderSink header_;
  std::vector<std::span<std::byte>> blocks_;
  size_t bytes_ = 0, got_ = 0, at_ = 0, in_block_ = 0;
};

constexpr uint64_t kMaxText = uint64_t{1} << 30;

// A text of any length up to `most`. Memory grows with what has arrived, not with what was announced.
class TextSink final : public Sink {
 public:
  TextSink(const FrameHeader& expected, std::string* text, std::string who,
           uint64_t most = kMaxText)
      : header_(expected, std::move(who)), text_(text), most_(most) {}
  bool done() const override { return header_.done() && got_ == header_.header().bytes; }
  std::span<std::byte> room() override;
  Result received(size_t bytes) override;

 private:
  HeaderSink header_;
  std::string* text_;
  uint64_t most_, got_ = 0;
};

}  // namespace firesteel
