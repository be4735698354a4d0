// SPDX-License-Identifier: Apache-2.0
#include "train/summaries.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "core/crc32c.h"

namespace firesteel {
namespace {

// ---- The few forms of protobuf's encoding that an Event needs (protobuf.dev/programming-guides/encoding).

enum class WireKind : uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

void append_varint(std::string* to, uint64_t number) {
  for (; number >= 128; number >>= 7) to->push_back(static_cast<char>(number | 128));
  to->push_back(static_cast<char>(number));
}
void append_key(std::string* to, int field, WireKind kind) {
  append_varint(to, static_cast<uint64_t>(field) << 3 | static_cast<uint64_t>(kind));
}
template <class T>
void append_raw(std::string* to, T number) {
  to->append(reinterpret_cast<const char*>(&number),
             sizeof number);  // little-endian, as everywhere here
}
void append_double(std::string* to, int field, double number) {
  append_key(to, field, WireKind::fixed64);
  append_raw(to, number);
}
void append_bytes(std::string* to, int field, std::string_view bytes) {
  append_key(to, field, WireKind::bytes);
  append_varint(to, bytes.size());
  *to += bytes;
}
void append_doubles(std::string* to, int field, std::span<const double> numbers) {
  append_bytes(to, field,
               {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double)});
}

// ---- TFRecord: length, its checksum, data, their checksum. Checksums are masked.

uint32_t masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

std::string record(std::string_view event) {
  std::string head, out;
  append_raw(&head, static_cast<uint64_t>(event.size()));
  out = head;
  append_raw(&out, masked(crc32c(head)));
  out += event;
  append_raw(&out, masked(crc32c(event)));
  return out;
}

// ---- tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto

std::string event_at(int64_t wall_ms, int64_t step) {
  std::string event;
  append_double(&event, 1, static_cast<double>(wall_ms) / 1000);
  append_key(&event, 2, WireKind::varint);
  append_varint(&event, static_cast<uint64_t>(step));
  return event;
}

class Summary {
 public:
  void scalar(std::string_view tag, double number) {
    std::string value;
    append_bytes(&value, 1, tag);
    append_key(&value, 2, WireKind::fixed32);
    append_raw(&value, static_cast<float>(number));
    append_bytes(&values_, 1, value);
  }
  void histogram(std::string_view tag, std::string_view histogram) {
    std::string value;
    append_bytes(&value, 1, tag);
    append_bytes(&value, 5, histogram);
    append_bytes(&values_, 1, value);
  }
  std::string record_at(int64_t wall_ms, int64_t step) const {
    if (values_.empty()) return "";
    std::string event = event_at(wall_ms, step);
    append_bytes(&event, 5, values_);
    return record(event);
  }

 private:
  std::string values_;
};

// Upper ends of bins, each 1.1 times as far from zero as the one before, from 1e-12 to 1e20.
const std::vector<double>& bin_ends() {
  static const std::vector<double> ends = [] {
    std::vector<double> positive;
    for (double end = 1e-12; end < 1e20; end *= 1.1) positive.push_back(end);
    std::vector<double> all;
    for (size_t i = positive.size(); i-- > 0;) all.push_back(-positive[i]);
    all.push_back(0);
    all.insert(all.end(), positive.begin(), positive.end());
    all.push_back(std::numeric_limits<double>::max());
    return all;
  }();
  return ends;
}

std::string histogram_of(std::span<const float> numbers) {
  const auto& ends = bin_ends();
  std::vector<double> counts(ends.size());
  double least = INFINITY, most = -INFINITY, count = 0, sum = 0, squares = 0;
  for (float number : numbers) {
    if (!std::isfinite(number)) continue;
    auto bin = std::ranges::lower_bound(ends, static_cast<double>(number)) - ends.begin();
    counts[static_cast<size_t>(bin)] += 1;
    least = std::min<double>(least, number);
    most = std::max<double>(most, number);
    count += 1;
    sum += number;
    squares += static_cast<double>(number) * number;
  }
  // Without the empty bins at both ends, but for one.
  auto some = [](double n) { return n > 0; };
  auto first = static_cast<size_t>(std::ranges::find_if(counts, some) - counts.begin());
  if (first == counts.size()) return "";
  size_t last = counts.size() - 1;
  while (counts[last] == 0) --last;
  first = first > 0 ? first - 1 : 0;
  std::string out;
  append_double(&out, 1, least);
  append_double(&out, 2, most);
  append_double(&out, 3, count);
  append_double(&out, 4, sum);
  append_double(&out, 5, squares);
  append_doubles(&out, 6, std::span(ends).subspan(first, last + 1 - first));
  append_doubles(&out, 7, std::span<const double>(counts).subspan(first, last + 1 - first));
  return out;
}

}  // namespace

std::string begin_summaries(int64_t wall_ms) {
  std::string event;
  append_double(&event, 1, static_cast<double>(wall_ms) / 1000);
  append_bytes(&event, 3, "brain.Event:2");
  return record(event);
}

Summaries summaries_of(const Json& event, int64_t wall_ms) {
  Summaries found;
  auto step = event.value("iteration", int64_t{0});
  std::string kind = event.value("event", "");
  if (kind == "progress") {
    Summary shown;
    for (const char* name : {"loss", "lr", "images_per_s"}) {
      if (event.contains(name)) shown.scalar(name, event[name].get<double>());
    }
    found.train = shown.record_at(wall_ms, step);
  }
  if (kind == "epoch" && event.contains("test_loss")) {
    Summary shown;
    shown.scalar("loss", event["test_loss"].get<double>());
    for (const auto& [name, value] : event.items()) {
      bool other = name == "loss" || name == "test_loss" || name == "epoch" || name == "iteration";
      if (!other && value.is_number()) shown.scalar(name, value.get<double>());
    }
    found.validation = shown.record_at(wall_ms, step);
  }
  return found;
}

std::string histograms_of(const Model& model, int64_t step, int64_t wall_ms) {
  Summary shown;
  for (const Param& p : model.table.params()) {
    const float* numbers = model.values.data() + p.offset;
    std::string histogram = histogram_of({numbers, static_cast<size_t>(p.size)});
    if (!histogram.empty()) shown.histogram("parameters/" + p.name, histogram);
  }
  return shown.record_at(wall_ms, step);
}

}  // namespace firesteel
