// SPDX-License-Identifier: Apache-2.0
#include "train/carried.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"

namespace firesteel {
namespace {

struct Entry {
  int64_t index = 0;
  int32_t level = 0, has_data = 0;
  int64_t scalars = 0;
};

constexpr int64_t kMostNodes = 1 << 20;

template <class T>
void append(std::string* to, const T* values, int64_t count) {
  to->append(reinterpret_cast<const char*>(values), static_cast<size_t>(count) * sizeof(T));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  const char* take(int64_t count) {
    require<FormatError>(count >= 0 && static_cast<size_t>(count) <= left() / sizeof(T),
                         "gradients: ends after ", bytes_.size(), " bytes, in the middle");
    const char* at = bytes_.data() + at_;
    at_ += static_cast<size_t>(count) * sizeof(T);
    return at;
  }
  template <class T>
  T one() {
    T value;
    std::memcpy(&value, take<T>(1), sizeof value);
    return value;
  }
  size_t left() const { return bytes_.size() - at_; }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
};

int64_t owned_floats(const std::vector<Slice>& buckets, int rank, int size) {
  int64_t count = 0;
  for (Slice bucket : buckets) count += owned(bucket, rank, size).size();
  return count;
}

}  // namespace

std::string pack_gradients(std::span<const Partial> nodes, const std::vector<Slice>& buckets,
                           int rank, int size) {
  std::string bytes;
  auto count = static_cast<int64_t>(nodes.size());
  append(&bytes, &count, 1);
  for (const Partial& node : nodes) {
    Entry entry{node.index, node.level, node.data != nullptr,
                static_cast<int64_t>(node.scalars.size())};
    append(&bytes, &entry, 1);
  }
  for (const Partial& node : nodes) {
    append(&bytes, node.scalars.data(), static_cast<int64_t>(node.scalars.size()));
  }
  for (const Partial& node : nodes) {
    for (Slice bucket : buckets) {
      Slice part = owned(bucket, rank, size);
      if (node.data) append(&bytes, node.data + part.begin, part.size());
    }
  }
  return bytes;
}

std::vector<double> sum_packed(std::span<const std::string_view> packed,
                               const std::vector<Slice>& buckets, int rank, int size,
                               std::vector<float>* out) {
  int64_t floats = owned_floats(buckets, rank, size);
  std::vector<Partial> nodes;
  for (std::string_view bytes : packed) {
    Reader reader(bytes);
    auto count = reader.one<int64_t>();
    require<FormatError>(count >= 0 && count <= kMostNodes, "gradients: ", count, " tree nodes");
    std::vector<Entry> entries;
    for (int64_t i = 0; i < count; ++i) entries.push_back(reader.one<Entry>());
    size_t first = nodes.size();
    for (const Entry& entry : entries) {
      Partial node{entry.level, entry.index, nullptr, {}};
      const char* scalars = reader.take<double>(entry.scalars);
      node.scalars.resize(static_cast<size_t>(entry.scalars));
      std::memcpy(node.scalars.data(), scalars, node.scalars.size() * sizeof(double));
      nodes.push_back(std::move(node));
    }
    for (size_t i = 0; i < entries.size(); ++i) {
      if (!entries[i].has_data) continue;
      // As aligned as the text that all numbers before it, of eight bytes, begin with.
      nodes[first + i].data = reinterpret_cast<const float*>(reader.take<float>(floats));
    }
    require<FormatError>(reader.left() == 0, "gradients: ", reader.left(), " bytes too many");
  }
  out->resize(static_cast<size_t>(floats));
  tree_sum(nodes, floats, out->data());
  return tree_sum_scalars(nodes);
}

}  // namespace firesteel
