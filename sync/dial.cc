// SPDX-License-Identifier: Apache-2.0
#include "sync/dial.h"

#include <poll.h>

namespace firesteel {
namespace {

constexpr Millis kLongestPause{250};
constexpr Millis kConnect{3000};  // per address, where packets are dropped without an answer
constexpr Millis kLookupPoll{10};

}  // namespace

Dial::Dial(const Identity& me, int rank, Channel channel, std::shared_ptr<Lookup> lookup)
    : me_(me), rank_(rank), channel_(channel), lookup_(std::move(lookup)), timer_(Clock::now()) {}

std::string Dial::status() const {
  switch (state_) {
    case State::lookup:
      return "its host name is still being looked up";
    case State::answer:
      return "it accepted the connection but is not forming this mesh yet";
    case State::connected:
      return "connected";
    default:
      return trouble_.empty() ? "no answer to the connection attempt" : trouble_;
  }
}

short Dial::events() const {
  if (state_ == State::connecting) return POLLOUT;
  return state_ == State::answer ? POLLIN : 0;
}

Instant Dial::timer() const {
  bool timed = state_ == State::lookup || state_ == State::idle || state_ == State::connecting;
  return timed ? timer_ : Instant::max();
}

void Dial::step(short revents) {
  bool time_up = Clock::now() >= timer_;
  switch (state_) {
    case State::lookup:
      timer_ = Clock::now() + kLookupPoll;
      if (!lookup_->done()) return;
      if (Result found = lookup_->wait(Instant{}, &addresses_); !found.ok()) {
        state_ = State::refused;
        trouble_ = found.message();
      } else {
        begin();
      }
      break;
    case State::idle:
      if (time_up) begin();
      break;
    case State::connecting:
      if (revents) {
        int error = connect_error(fd_);
        if (error) return retry(cat("cannot connect (", errno_text(error), ")"));
        say_hello();
      } else if (time_up) {
        retry("cannot connect (no answer)");
      }
      break;
    case State::answer:
      if (revents) hear_answer();
      break;
    case State::connected:
    case State::refused:
      break;
  }
}

void Dial::begin() {
  int error = 0;
  accepted_ = false;
  fd_ = begin_connect(addresses_[attempts_++ % addresses_.size()], &error);
  if (!fd_.open()) return retry(cat("cannot connect (", errno_text(error), ")"));
  state_ = State::connecting;
  timer_ = Clock::now() + kConnect;
}

void Dial::say_hello() {
  accepted_ = true;
  hello_ = make_hello(me_, rank_, channel_);
  got_ = 0;
  state_ = State::answer;
  // A fresh connection has room for so little.
  if (send_some(fd_.get(), &hello_, sizeof hello_) != static_cast<long>(sizeof hello_)) {
    retry("the connection broke during the handshake");
  }
}

void Dial::hear_answer() {
  long got = receive_some(fd_.get(), bytes_ + got_, sizeof bytes_ - got_);
  if (got < 0) return retry("it hung up during the handshake");
  got_ += static_cast<size_t>(got);
  if (got_ < sizeof bytes_) return;
  auto answer = from_bytes<Answer>(bytes_);
  if (answer.magic == kWireMagic && answer.refusal == Refusal::nobody) {
    return retry(to_string(Refusal::nobody));
  }
  if (answer.magic != kWireMagic) {
    trouble_ = "what listens there is not a worker";
  } else if (answer.refusal == Refusal::stale_epoch) {
    trouble_ = cat("it refused: the epoch ", me_.epoch, " is old, it forms epoch ", answer.epoch);
  } else if (answer.refusal != Refusal::none) {
    trouble_ = cat("it refused: ", to_string(answer.refusal));
  } else if (!authentic(answer, hello_, me_.key)) {
    trouble_ = "what listens there does not know the key of this fit";
  } else {
    Proof proof = make_proof(answer, hello_, me_.key);
    if (send_some(fd_.get(), &proof, sizeof proof) != static_cast<long>(sizeof proof)) {
      return retry("the connection broke during the handshake");
    }
    seal_ = make_seal(hello_, answer, me_.key, true);
    state_ = State::connected;
    return;
  }
  state_ = State::refused;
  fd_.reset();
}

void Dial::retry(const std::string& why) {
  trouble_ = why;
  fd_.reset();
  state_ = State::idle;
  timer_ = Clock::now() + pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
}

}  // namespace firesteel
