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

Block Dataset::block() const {
  Block block;
  block.rows = rows;
  block.x_dtype = x_dtype;
  block.x_shape = x_shape;
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
  size_t row_bytes = all.x_row_bytes();
  std::vector<std::string> out;
  for (int64_t s = 0; s < shards; ++s) {
    int64_t rows = (data.rows - s + shards - 1) / shards;
    std::string x;
    std::vector<int32_t> y;
    x.reserve(static_cast<size_t>(std::max<int64_t>(rows, 0)) * row_bytes);
    for (int64_t i = s; i < data.rows; i += shards) {
      x.append(data.x, static_cast<size_t>(i) * row_bytes, row_bytes);
      y.push_back(data.y[static_cast<size_t>(i)]);
    }
    Block shard = all;
    shard.rows = static_cast<int64_t>(y.size());
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
