// SPDX-License-Identifier: Apache-2.0
#include "formats/dataset.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

#include "core/error.h"

namespace firesteel {
namespace {

std::map<std::string, DatasetReader>& registry() {
  static std::map<std::string, DatasetReader> readers;
  return readers;
}

std::string cache_folder() {
  if (const char* cache = std::getenv("FIRESTEEL_CACHE"); cache && *cache) return cache;
  const char* home = std::getenv("HOME");
  return cat(home ? home : "", "/.cache/firesteel");
}

}  // namespace

RegisterDataset::RegisterDataset(DatasetReader reader) {
  registry()[reader.name] = std::move(reader);
}

std::vector<DatasetReader> dataset_readers() {
  std::vector<DatasetReader> out;
  for (const auto& [name, reader] : registry()) out.push_back(reader);
  return out;
}

std::string Dataset::label_text(int64_t row) const {
  std::string text;
  int64_t count = numel(y_shape);
  for (int64_t i = row * count; i < (row + 1) * count; ++i) {
    const char* at = y.data() + static_cast<size_t>(i) * size_of(y_dtype);
    int32_t id = 0;
    float number = 0;
    std::memcpy(&id, at, sizeof id);
    std::memcpy(&number, at, sizeof number);
    text += cat(text.empty() ? "" : " ", y_dtype == DType::s32 ? cat(id) : cat(number));
  }
  return text;
}

Block Dataset::block() const {
  Block block;
  block.rows = rows;
  block.x_dtype = x_dtype;
  block.y_dtype = y_dtype;
  block.x_shape = x_shape;
  block.y_shape = y_shape;
  block.x = reinterpret_cast<const uint8_t*>(x.data());
  block.y = reinterpret_cast<const uint8_t*>(y.data());
  return block;
}

Dataset load_dataset(const std::string& spec, const std::string& split) {
  require<AttrError>(split == "train" || split == "test", "split: must be train or test, got '",
                     split, "'");
  auto colon = spec.find(':');
  std::string name = spec.substr(0, colon);
  auto found = registry().find(name);
  if (found == registry().end()) {
    std::string known;
    for (const auto& [n, reader] : registry()) known += (known.empty() ? "" : ", ") + n;
    fail<AttrError>("data: no data set '", name, "'; there are ", known);
  }
  std::string dir = colon == std::string::npos ? "" : spec.substr(colon + 1);
  if (dir.empty() && found->second.in_folder) dir = cache_folder() + "/data/" + name;
  return found->second.read(dir, split);
}

std::vector<std::string> deal(const Dataset& data, int shards) {
  require<AttrError>(shards >= 1, "shards: must be >= 1, got ", shards);
  Block all = data.block();
  size_t x_bytes = all.x_row_bytes(), y_bytes = all.y_row_bytes();
  std::vector<std::string> out;
  for (int64_t s = 0; s < shards; ++s) {
    Block shard = all;
    shard.rows = std::max<int64_t>(0, (data.rows - s + shards - 1) / shards);
    std::string x, y;
    x.reserve(static_cast<size_t>(shard.rows) * x_bytes);
    y.reserve(static_cast<size_t>(shard.rows) * y_bytes);
    for (int64_t i = s; i < data.rows; i += shards) {
      x.append(data.x, static_cast<size_t>(i) * x_bytes, x_bytes);
      y.append(data.y, static_cast<size_t>(i) * y_bytes, y_bytes);
    }
    shard.x = reinterpret_cast<const uint8_t*>(x.data());
    shard.y = reinterpret_cast<const uint8_t*>(y.data());
    out.push_back(pack_block(shard));
  }
  return out;
}

std::vector<std::string> load_shards(const std::string& spec, const std::string& split,
                                     int shards) {
  return deal(load_dataset(spec, split), shards);
}

}  // namespace firesteel
