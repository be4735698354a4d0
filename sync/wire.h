// SPDX-License-Identifier: Apache-2.0
// Everything that travels between workers: fixed-width little-endian structs without padding.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/dtype.h"

namespace firesteel {

static_assert(std::endian::native == std::endian::little, "structs go over the wire as they are");

constexpr uint32_t kWireMagic = 0x4c545346;  // "FSTL"
constexpr uint16_t kProtocolVersion = 2;

enum class Channel : uint8_t { data = 0, control = 1 };
constexpr int kChannels = 2;

// ---- Handshake: hello from the worker that connects, answer, proof.

using Bytes32 = std::array<uint8_t, 32>;

struct Hello {
  uint32_t magic = kWireMagic;
  uint16_t version = kProtocolVersion;
  Channel channel = Channel::data;
  uint8_t sealed = 0;  // 1: what follows the handshake is encrypted (sync/seal.h)
  uint64_t epoch = 0;
  uint32_t from = 0;  // ranks
  uint32_t to = 0;
  uint32_t size = 0;  // workers of the mesh
  uint32_t reserved2 = 0;
  Bytes32 fit{};  // SHA-256 of the fit id
  Bytes32 nonce{};
  Bytes32 mac{};
};

enum class Refusal : uint16_t {
  none = 0,       // welcome
  version,        // another protocol version
  key,            // the message authentication code is wrong
  stale_epoch,    // a newer mesh of this fit is being formed
  mesh,           // ranks or number of workers disagree
  sealing,        // one of both encrypts
  duplicate,      // this rank is connected already
  nobody,         // no such mesh was asked for in time
};

struct Answer {
  uint32_t magic = kWireMagic;
  uint16_t version = kProtocolVersion;
  Refusal refusal = Refusal::none;
  uint64_t epoch = 0;  // of the mesh being formed, for the error text
  Bytes32 nonce{};
  Bytes32 mac{};
};

struct Proof {
  Bytes32 mac{};
};

// ---- Control connection: heartbeats and bad news.

enum class ControlType : uint8_t { heartbeat = 1, abort = 2, bye = 3 };
constexpr uint32_t kMaxReason = 1000;

struct ControlHeader {
  uint32_t magic = kWireMagic;
  ControlType type = ControlType::heartbeat;
  std::array<uint8_t, 3> reserved{};
  int32_t suspect = -1;    // abort: the rank held responsible
  uint32_t reporter = 0;   // abort: the rank that noticed first
  uint64_t sequence = 0;   // collectives begun so far
  uint32_t reason = 0;     // abort: bytes of text that follow
  uint32_t reserved2 = 0;
};

// ---- Data connection: one frame per collective and direction.

enum class FrameType : uint8_t { nodes = 1, slice = 2, text = 3, copy = 4, changes = 5 };
enum class WireType : uint8_t { f32 = 0, bf16 = 1, f16 = 2 };

inline WireType wire_type(DType type) {
  return type == DType::bf16 ? WireType::bf16 : type == DType::f16 ? WireType::f16 : WireType::f32;
}

struct FrameHeader {
  uint32_t magic = kWireMagic;
  FrameType type = FrameType::nodes;
  WireType wire = WireType::f32;
  uint16_t reserved = 0;
  uint64_t sequence = 0;  // number of the collective since the mesh was formed
  uint64_t count = 0;     // elements of the flat buffer
  uint64_t bytes = 0;     // payload after the header (and after the node table)
  uint32_t tag = 0;       // part of the flat buffer; 0 is all of it
  uint32_t nodes = 0;     // nodes: entries of the table that follows,
  uint32_t scalars = 0;   // and doubles that follow the table
  uint32_t reserved2 = 0;
};
constexpr uint32_t kMaxNodes = 4096;
constexpr uint32_t kMaxScalars = 1 << 17;

struct NodeEntry {
  int64_t index = 0;
  uint32_t level = 0;
  uint32_t scalars = 0;
  uint32_t has_data = 0;
  uint32_t reserved = 0;
};

template <class T>
constexpr bool kNoPadding = std::has_unique_object_representations_v<T>;
static_assert(sizeof(Hello) == 128 && kNoPadding<Hello>);
static_assert(sizeof(Answer) == 80 && kNoPadding<Answer>);
static_assert(sizeof(ControlHeader) == 32 && kNoPadding<ControlHeader>);
static_assert(sizeof(FrameHeader) == 48 && kNoPadding<FrameHeader>);
static_assert(sizeof(NodeEntry) == 24 && kNoPadding<NodeEntry>);

template <class T>
std::string_view bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(&value), sizeof(T)};
}

template <class T>
T from_bytes(const void* bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

}  // namespace firesteel
