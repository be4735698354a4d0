// SPDX-License-Identifier: Apache-2.0
#include "sync/control_link.h"

namespace firesteel {

void ControlLink::queue(ControlHeader header, std::string reason) {
  if (reason.size() > kMaxReason) reason.resize(kMaxReason);
  header.reason = static_cast<uint32_t>(reason.size());
  out_ += bytes_of(header);
  out_ += reason;
}

bool ControlLink::flush() {
  while (!out_.empty()) {
    iovec piece{out_.data(), out_.size()};
    long sent = link_.send({&piece, 1});
    if (sent < 0) return false;
    if (sent == 0) break;
    out_.erase(0, static_cast<size_t>(sent));
  }
  return link_.flush();
}

bool ControlLink::receive(std::vector<ControlMessage>* messages) {
  char buffer[4096];
  for (;;) {
    long got = link_.receive(buffer, sizeof buffer);
    if (got > 0) in_.append(buffer, static_cast<size_t>(got));
    while (in_.size() >= sizeof(ControlHeader)) {
      auto header = from_bytes<ControlHeader>(in_.data());
      if (header.magic != kWireMagic || header.reason > kMaxReason) return false;
      size_t total = sizeof header + header.reason;
      if (in_.size() < total) break;
      messages->push_back({header, in_.substr(sizeof header, header.reason)});
      in_.erase(0, total);
    }
    if (got <= 0) return got == 0;
  }
}

}  // namespace firesteel
