// SPDX-License-Identifier: Apache-2.0
#include "sync/link.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace firesteel {
namespace {

constexpr size_t kRecord = Seal::kHead + Seal::kMost + Seal::kTag;

long send_pieces(int fd, std::span<iovec> pieces) {
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  for (;;) {
    auto sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) return -1;
  }
}

}  // namespace

void Link::end_output() {
  if (fd_.open()) ::shutdown(fd_.get(), SHUT_WR);
}

long Link::send(std::span<iovec> pieces) {
  if (!seal_) return send_pieces(fd_.get(), pieces);
  if (!flush()) return -1;
  if (has_output()) return 0;
  out_.clear();
  sent_ = 0;
  auto taken = static_cast<long>(seal_->seal(pieces, &out_));
  return flush() ? taken : -1;
}

bool Link::flush() {
  while (has_output()) {
    long sent = send_some(fd_.get(), out_.data() + sent_, out_.size() - sent_);
    if (sent <= 0) return sent == 0;
    sent_ += static_cast<size_t>(sent);
  }
  return true;
}

long Link::receive(void* data, size_t bytes) {
  if (!seal_) return receive_some(fd_.get(), data, bytes);
  for (;;) {
    if (taken_ < opened_.size()) {
      size_t part = std::min(bytes, opened_.size() - taken_);
      std::memcpy(data, opened_.data() + taken_, part);
      taken_ += part;
      return static_cast<long>(part);
    }
    if (long opened = open_record(data, bytes); opened != 0) return opened;
    if (taken_ < opened_.size()) continue;
    if (in_.empty()) in_.resize(2 * kRecord);
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    long got = receive_some(fd_.get(), in_.data() + end_, in_.size() - end_);
    if (got <= 0) return got;
    end_ += static_cast<size_t>(got);
  }
}

// Of the record that is here whole, if any: how many bytes went to `data`. A record that has no room there
// goes to opened_.
long Link::open_record(void* data, size_t bytes) {
  std::span<const std::byte> here(in_.data() + begin_, end_ - begin_);
  if (here.size() < Seal::kHead) return 0;
  auto length = Seal::sealed_in(here.first<Seal::kHead>());
  forged_ = !length;
  if (forged_) return -1;
  size_t record = Seal::kHead + *length + Seal::kTag;
  if (here.size() < record) return 0;
  bool fits = *length <= bytes;
  opened_.resize(fits ? 0 : *length);
  taken_ = 0;
  auto* to = fits ? static_cast<std::byte*>(data) : opened_.data();
  forged_ = !seal_->open(here.first(record), to);
  if (forged_) {
    opened_.clear();
    return -1;
  }
  begin_ += record;
  return fits ? static_cast<long>(*length) : 0;
}

}  // namespace firesteel
