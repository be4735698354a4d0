// SPDX-License-Identifier: Apache-2.0
// Data sets: IDX files are read whole or refused with the place of the fault; rows are dealt evenly.
#include "formats/dataset.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "formats/idx.h"

namespace firesteel {
namespace {

std::string big_endian(uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
          static_cast<char>(n)};
}

std::string idx(const std::vector<uint32_t>& shape, const std::string& data, char type = 8) {
  std::string out{0, 0, type, static_cast<char>(shape.size())};
  for (uint32_t d : shape) out += big_endian(d);
  return out + data;
}

class DatasetTest : public testing::Test {
 protected:
  std::filesystem::path dir =
      std::filesystem::temp_directory_path() / ("firesteel-data-" + std::to_string(getpid()));
  void SetUp() override {
    std::filesystem::remove_all(dir);
    std::filesystem::create_directories(dir);
  }
  void TearDown() override { std::filesystem::remove_all(dir); }

  std::string path(const std::string& name) const { return dir / name; }
  std::string put(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  std::string put_gz(const std::string& name, const std::string& bytes) const {
    gzFile file = gzopen(path(name).c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return path(name);
  }
  template <class Action>
  std::string error(Action&& action) const {
    try {
      action();
    } catch (const Error& e) {
      std::string text = e.what(), folder = dir.string() + "/";
      for (size_t at; (at = text.find(folder)) != std::string::npos;) {
        text.replace(at, folder.size(), "DIR/");
      }
      return text;
    }
    return "no error";
  }
  std::string idx_error(const std::string& bytes, int rank) const {
    return error([&] { read_idx(put("file", bytes), rank); });
  }
  std::string load_error() const {
    return error([&] { load_dataset("mnist:" + dir.string(), "train"); });
  }
};

const std::string kPixels = [] {
  std::string pixels;
  for (int i = 0; i < 5 * 2 * 3; ++i) pixels += static_cast<char>(i);
  return pixels;
}();
const std::string kImages = idx({5, 2, 3}, kPixels);
const std::string kLabels = idx({5}, {0, 9, 2, 3, 4});

TEST_F(DatasetTest, idx_is_read_plain_and_gzipped) {
  EXPECT_EQ(read_idx(put("plain", kImages), 3).shape, (Shape{5, 2, 3}));
  EXPECT_EQ(read_idx(put("plain", kImages), 3).bytes, kPixels);
  EXPECT_EQ(read_idx(put_gz("packed", kImages), 3).bytes, kPixels);
}

TEST_F(DatasetTest, idx_faults_are_told_with_their_place) {
  EXPECT_EQ(idx_error("", 3),
            "DIR/file:0: not an IDX file, it does not begin with two zero bytes and a type");
  EXPECT_EQ(idx_error("hello, world", 3),
            "DIR/file:0: not an IDX file, it does not begin with two zero bytes and a type");
  EXPECT_EQ(idx_error(idx({5}, "12345", 0x0d), 1),
            "DIR/file:2: must hold unsigned bytes (type 8), got type 13");
  EXPECT_EQ(idx_error(kLabels, 3), "DIR/file:3: must have 3 dimensions, got 1");
  EXPECT_EQ(idx_error(kImages.substr(0, 10), 3), "DIR/file:8: truncated within its header");
  EXPECT_EQ(idx_error(idx({5, 0, 3}, ""), 3), "DIR/file:8: dimension 1 is 0, which cannot be");
  EXPECT_EQ(idx_error(idx({4294967295u, 4294967295u, 9}, "x"), 3),
            "DIR/file:8: dimension 1 is 4294967295, which cannot be");
  EXPECT_EQ(idx_error(kImages.substr(0, 40), 3),
            "DIR/file:40: truncated, the header announces 46 bytes. Fetch the file again");
  EXPECT_EQ(
      idx_error(idx({4294967295u, 200, 1}, "x"), 3),
      "DIR/file:17: truncated, the header announces 858993459016 bytes. Fetch the file again");
  EXPECT_EQ(idx_error(kImages + "x", 3),
            "DIR/file:46: bytes follow the last of the 46 that the header announces");
}

TEST_F(DatasetTest, damaged_gzip_is_an_error) {
  std::string packed = [&] {
    std::ifstream in(put_gz("packed", kImages), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  for (size_t n = 3; n < packed.size(); ++n) {
    EXPECT_NE(idx_error(packed.substr(0, n), 3), "no error") << n;
  }
  EXPECT_EQ(idx_error(packed.substr(0, packed.size() - 9), 3),
            "DIR/file:0: damaged gzip data, the file is truncated. Fetch the file again");
  packed[packed.size() - 6] ^= 1;
  EXPECT_EQ(idx_error(packed, 3),
            "DIR/file:0: damaged gzip data, incorrect data check. Fetch the file again");
}

TEST_F(DatasetTest, mnist_is_found_under_its_usual_names) {
  for (auto [images, labels] :
       {std::pair{"train-images-idx3-ubyte", "train-labels.idx1-ubyte"},
        std::pair{"train-images.idx3-ubyte", "train-labels-idx1-ubyte.gz"}}) {
    SetUp();
    put(images, kImages);
    put_gz(labels, kLabels);
    Dataset data = load_dataset("fashion-mnist:" + dir.string(), "train");
    EXPECT_EQ(data.rows, 5);
    EXPECT_EQ(data.classes, 10);
    EXPECT_EQ(data.x_shape, (Shape{1, 2, 3}));
    std::string ids;
    for (int64_t row = 0; row < data.rows; ++row) ids += data.label_text(row);
    EXPECT_EQ(ids, "09234");
  }
}

TEST_F(DatasetTest, faults_of_a_data_set_are_one_sentence) {
  EXPECT_EQ(error([] { load_dataset("imagenet", "train"); }),
            "data: no data set 'imagenet'; there are examples, fashion-mnist, mnist, synthetic");
  EXPECT_EQ(error([] { load_dataset("mnist", "validation"); }),
            "split: must be train or test, got 'validation'");
  EXPECT_EQ(load_error(),
            "data: no DIR/train-images-idx3-ubyte (or .idx3-ubyte, with or without .gz). Run ./dev "
            "setup, or name the folder: --data NAME:DIR");
  put("train-images-idx3-ubyte", kImages);
  put("train-labels-idx1-ubyte", idx({4}, "1234"));
  EXPECT_EQ(load_error(),
            "DIR/train-labels-idx1-ubyte:4: has 4 labels for the 5 images of "
            "DIR/train-images-idx3-ubyte");
  put("train-labels-idx1-ubyte", idx({5}, {1, 2, 17, 4, 5}));
  EXPECT_EQ(load_error(), "DIR/train-labels-idx1-ubyte:10: labels must be 0 to 9, got 17 in row 2");
}

TEST_F(DatasetTest, the_cache_is_where_a_spec_without_folder_looks) {
  std::string folder = dir / "data" / "mnist";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/t10k-images-idx3-ubyte", std::ios::binary) << kImages;
  std::ofstream(folder + "/t10k-labels-idx1-ubyte", std::ios::binary) << kLabels;
  const char* before = std::getenv("FIRESTEEL_CACHE");
  std::string saved = before ? before : "";
  setenv("FIRESTEEL_CACHE", dir.c_str(), 1);
  EXPECT_EQ(load_dataset("mnist", "test").rows, 5);
  EXPECT_EQ(load_dataset("mnist:", "test").rows, 5);
  before ? setenv("FIRESTEEL_CACHE", saved.c_str(), 1) : unsetenv("FIRESTEEL_CACHE");
}

TEST_F(DatasetTest, rows_are_dealt_by_index) {
  put("train-images-idx3-ubyte", kImages);
  put("train-labels-idx1-ubyte", kLabels);
  for (int shards : {1, 2, 3, 5, 7}) {
    auto blocks = load_shards("mnist:" + dir.string(), "train", shards);
    ASSERT_EQ(blocks.size(), static_cast<size_t>(shards));
    int64_t rows = 0;
    for (int s = 0; s < shards; ++s) {
      Block block = parse_block(blocks[static_cast<size_t>(s)], "shard");
      EXPECT_EQ(block.x_shape, (Shape{1, 2, 3}));
      EXPECT_EQ(block.x_dtype, DType::u8);
      EXPECT_EQ(block.y_dtype, DType::s32);
      EXPECT_EQ(block.y_shape, Shape{});
      for (int64_t i = 0; i < block.rows; ++i) {
        int64_t row = s + i * shards;
        EXPECT_EQ(block.x[i * 6 + 4], row * 6 + 4);
        int32_t y;
        std::memcpy(&y, block.y + i * 4, 4);
        EXPECT_EQ(y, (std::vector<int32_t>{0, 9, 2, 3, 4}[static_cast<size_t>(row)]));
      }
      rows += block.rows;
    }
    EXPECT_EQ(rows, 5);
  }
  EXPECT_EQ(error([&] { load_shards("mnist:" + dir.string(), "train", 0); }),
            "shards: must be >= 1, got 0");
}

TEST(Synthetic, IsTheSameEachTime) {
  Dataset data = load_dataset("synthetic:3x4x5/7/100", "train");
  EXPECT_EQ(data.rows, 100);
  EXPECT_EQ(data.classes, 7);
  EXPECT_EQ(data.x_shape, (Shape{3, 4, 5}));
  EXPECT_EQ(data.x.size(), 100u * 60);
  EXPECT_EQ(data.x, load_dataset("synthetic:3x4x5/7/100", "train").x);
  Dataset test = load_dataset("synthetic:3x4x5/7/100", "test");
  EXPECT_EQ(test.rows, 12);
  EXPECT_NE(test.x, data.x.substr(0, test.x.size()));
  EXPECT_EQ(load_dataset("synthetic", "test").x_shape, (Shape{1, 28, 28}));
}

TEST(Synthetic, SaysWhatItIs) {
  for (const char* text : {"3x4", "3x4/7", "3y4/7/9", "3x0/7/9", "3x4/7/9/1", "3x4/-7/9",
                           "99999999999x99999999/7/9"}) {
    try {
      load_dataset(cat("synthetic:", text), "train");
      ADD_FAILURE() << text;
    } catch (const AttrError& e) {
      EXPECT_EQ(std::string(e.what()),
                cat("data: synthetic data is SHAPE/CLASSES/ROWS, such as 3x224x224/1000/512, got '",
                    text, "'"));
    }
  }
}

}  // namespace
}  // namespace firesteel
