// SPDX-License-Identifier: Apache-2.0
// MNIST and Fashion-MNIST: four IDX files, 28 x 28 grey pixels, ten classes.
#include <filesystem>

#include "core/error.h"
#include "formats/dataset.h"
#include "formats/idx.h"

namespace firesteel {
namespace {

constexpr int64_t kClasses = 10;

// dir/stem-idx3-ubyte, with a dot instead of the dash, or either with .gz.
std::string find(const std::string& dir, const std::string& stem, const std::string& type) {
  for (const char* dash : {"-", "."}) {
    for (const char* gz : {"", ".gz"}) {
      std::string path = cat(dir, "/", stem, dash, type, gz);
      std::error_code ignored;
      if (std::filesystem::exists(path, ignored)) return path;
    }
  }
  fail<SystemError>("data: no ", dir, "/", stem, "-", type, " (or .", type,
                    ", with or without .gz). Run ./dev setup, or name the folder: --data NAME:DIR");
}

Dataset read(const std::string& dir, const std::string& split) {
  std::string prefix = split == "train" ? "train" : "t10k";
  std::string images_path = find(dir, prefix + "-images", "idx3-ubyte");
  std::string labels_path = find(dir, prefix + "-labels", "idx1-ubyte");
  IdxFile images = read_idx(images_path, 3);
  IdxFile labels = read_idx(labels_path, 1);
  int64_t rows = images.shape[0];
  require<FormatError>(labels.shape[0] == rows, labels_path, ":4: has ", labels.shape[0],
                       " labels for the ", rows, " images of ", images_path);
  Dataset out;
  out.rows = rows;
  out.classes = kClasses;
  out.x_shape = {1, images.shape[1], images.shape[2]};
  out.x = std::move(images.bytes);
  for (size_t row = 0; row < labels.bytes.size(); ++row) {
    auto label = static_cast<unsigned char>(labels.bytes[row]);
    require<FormatError>(label < kClasses, labels_path, ":", 8 + row,
                         ": labels must be 0 to 9, got ", int{label}, " in row ", row);
    out.add_class(label);
  }
  return out;
}

const RegisterDataset kMnist({"mnist", "Handwritten digits, 28 x 28, ten classes.", read});
const RegisterDataset kFashion({"fashion-mnist", "Articles of clothing, 28 x 28, ten classes.",
                                read});

}  // namespace
}  // namespace firesteel
