// SPDX-License-Identifier: Apache-2.0
// Data sets by SPEC: "name", "name:DIR", "synthetic:WHAT", "examples:MODEL". Without DIR they are looked for in
// ${FIRESTEEL_CACHE:-$HOME/.cache/firesteel}/data/name, where ./dev setup puts them.
// A reader registers itself in its own file (formats/mnist.cc shows how).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/block.h"

namespace firesteel {

struct Dataset {
  int64_t rows = 0;
  int64_t classes = 0;  // labels are 0 .. classes - 1; 0: they are numbers
  DType x_dtype = DType::u8, y_dtype = DType::s32;
  Shape x_shape, y_shape;  // of one row
  std::string x, y;

  void add_class(int32_t id) { y.append(reinterpret_cast<const char*>(&id), sizeof id); }
  // The labels of a row, with spaces between them.
  std::string label_text(int64_t row) const;
  Block block() const;  // a view of all rows
};

struct DatasetReader {
  std::string name;
  std::string doc;  // one sentence
  Dataset (*read)(const std::string& dir, const std::string& split);
  bool in_folder = true;  // false: what follows the name says something else than where it is
};

struct RegisterDataset {
  explicit RegisterDataset(DatasetReader reader);
};

std::vector<DatasetReader> dataset_readers();  // by name

// split: "train" or "test". Throws one sentence for the user: AttrError for an unknown name,
// SystemError for missing files, FormatError for damaged ones.
Dataset load_dataset(const std::string& spec, const std::string& split);

// The rows packed as `shards` blocks; row i goes to shard i mod shards.
std::vector<std::string> load_shards(const std::string& spec, const std::string& split, int shards);
std::vector<std::string> deal(const Dataset& data, int shards);

}  // namespace firesteel
