// SPDX-License-Identifier: Apache-2.0
// safetensors: what is written is read back, and nothing that is not whole is read.
#include "core/safetensors.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "core/error.h"

namespace firesteel {
namespace {

std::string file_of(std::string header, const std::string& data) {
  uint64_t length = header.size();
  std::string out(8, '\0');
  std::memcpy(out.data(), &length, 8);
  return out + header + data;
}

std::string error_of(const std::string& file) {
  try {
    parse_safetensors(file, "m.safetensors");
  } catch (const FormatError& e) {
    return e.what();
  }
  return "no error";
}

std::string one_tensor(const std::string& entry, size_t bytes) {
  return file_of("{\"w\":{" + entry + "}}", std::string(bytes, 'x'));
}

const std::string kSmall = [] {
  static const std::string w(24, 'w'), i(16, 'i'), b(3, 'b');
  TensorFile file;
  file.metadata = {{"firesteel", "{\"nodes\": [\"\xc3\xa9\"]}"}, {"by", "a \"test\""}};
  file.tensors = {{"b", {DType::u8, {3}, b}},
                  {"conv/w", {DType::f32, {2, 3}, w}},
                  {"ids", {DType::s64, {2}, i}},
                  {"none", {DType::bf16, {0, 7}, {}}},
                  {"scalar", {DType::f16, {}, "hh"}}};
  return write_safetensors(file);
}();

TEST(Safetensors, comes_back_as_it_was_written) {
  TensorFile file = parse_safetensors(kSmall, "small");
  EXPECT_EQ(file.metadata.at("firesteel"), "{\"nodes\": [\"\xc3\xa9\"]}");
  EXPECT_EQ(file.metadata.at("by"), "a \"test\"");
  ASSERT_EQ(file.tensors.size(), 5u);
  EXPECT_EQ(file.tensors.at("conv/w").shape, (Shape{2, 3}));
  EXPECT_EQ(file.tensors.at("conv/w").bytes, std::string(24, 'w'));
  EXPECT_EQ(file.tensors.at("ids").dtype, DType::s64);
  EXPECT_EQ(file.tensors.at("none").shape, (Shape{0, 7}));
  EXPECT_EQ(file.tensors.at("scalar").bytes, "hh");
  EXPECT_EQ(write_safetensors(file), kSmall);
}

TEST(Safetensors, an_empty_file_is_a_file) {
  EXPECT_EQ(write_safetensors({}), file_of("{}      ", ""));
  EXPECT_TRUE(parse_safetensors(write_safetensors({}), "empty").tensors.empty());
}

TEST(Safetensors, tensors_are_aligned_to_their_elements) {
  TensorFile file = parse_safetensors(kSmall, "small");
  for (const auto& [name, tensor] : file.tensors) {
    EXPECT_EQ((tensor.bytes.data() - kSmall.data()) % static_cast<long>(size_of(tensor.dtype)), 0)
        << name;
  }
}

TEST(Safetensors, every_truncation_is_an_error) {
  for (size_t n = 0; n < kSmall.size(); ++n) {
    EXPECT_THROW(parse_safetensors(kSmall.substr(0, n), "cut"), FormatError) << n;
  }
  EXPECT_EQ(error_of(kSmall + "x"),
            "m.safetensors: 1 bytes after the last tensor belong to nobody");
}

// A flipped bit may leave a good file (a letter of a name), but never anything but a file or a
// FormatError.
TEST(Safetensors, flipped_bits_never_crash) {
  std::mt19937 random(1);
  for (size_t at = 0; at < kSmall.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string file = kSmall;
      file[at] = static_cast<char>(file[at] ^ (1 << bit));
      for (int extra = 0; extra < 2; ++extra) {
        try {
          parse_safetensors(file, "flipped");
        } catch (const FormatError&) {
        }
        file[random() % file.size()] ^= static_cast<char>(random());
      }
    }
  }
}

TEST(Safetensors, each_mistake_has_its_sentence) {
  const std::string good = R"("dtype":"F32","shape":[2],"data_offsets":[0,8])";
  EXPECT_EQ(error_of(one_tensor(good, 8)), "no error");
  EXPECT_EQ(error_of("abc"), "m.safetensors:0: not a safetensors file, it has only 3 bytes");
  EXPECT_EQ(error_of(std::string(8, '\x7f')),
            "m.safetensors:0: not a safetensors file, its header would have 9187201950435737471 "
            "bytes");
  EXPECT_EQ(error_of(file_of("{}", "").substr(0, 9)),
            "m.safetensors:0: truncated, the header has 2 bytes and the file only 9. Copy the file "
            "again");
  EXPECT_EQ(error_of(file_of("[]", "")),
            "m.safetensors:8: not a safetensors file, its header is not a JSON object");
  EXPECT_EQ(error_of(file_of("{\"a\":}", "")), "m.safetensors: header is not JSON, at byte 14");
  EXPECT_EQ(error_of(one_tensor(good, 4)),
            "m.safetensors: tensor 'w': data_offsets [0, 8] lie outside the 4 bytes of data. The "
            "file is truncated or damaged; copy it again");
  EXPECT_EQ(error_of(one_tensor(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])", 8)),
            "m.safetensors: tensor 'w': F32[3] does not have 8 bytes");
  EXPECT_EQ(error_of(one_tensor(
                R"("dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,8])", 8)),
            "m.safetensors: tensor 'w': F32[4611686018427387904, 8] does not have 8 bytes");
  EXPECT_EQ(error_of(one_tensor(R"("dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8])", 8)),
            "m.safetensors: tensor 'w' has dtype 'F8_E4M3'; Firesteel reads F32, F64, BF16, F16, "
            "U8, I8, I32, I64");
  EXPECT_EQ(error_of(one_tensor(R"("dtype":"F32","shape":[2])", 8)),
            "m.safetensors: tensor 'w' needs dtype, shape and data_offsets");
  EXPECT_EQ(error_of(one_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,8,9])", 8)),
            "m.safetensors: tensor 'w': data_offsets must be two numbers");
  EXPECT_EQ(error_of(one_tensor(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])", 8)),
            "m.safetensors: header has a negative number where none belongs, at 'shape' of tensor "
            "'w'");
  EXPECT_EQ(error_of(one_tensor(R"("dtype":"F32","dtype":"F32")", 8)),
            "m.safetensors: 'dtype' appears twice");
  EXPECT_EQ(error_of(file_of("{\"w\":{" + good + "},\"w\":{" + good + "}}", std::string(8, 'x'))),
            "m.safetensors: 'w' appears twice");
  EXPECT_EQ(error_of(file_of("{\"w\":{" + good + "},\"v\":{" + good + "}}", std::string(8, 'x'))),
            "m.safetensors: tensor 'w' overlaps another at data offset 0");
  EXPECT_EQ(error_of(one_tensor(R"("dtype":"U8","shape":[4],"data_offsets":[4,8])", 8)),
            "m.safetensors: nobody owns the bytes from data offset 0 to 4");
  EXPECT_EQ(error_of(file_of("{\"__metadata__\":{\"a\":1}}", "")),
            "m.safetensors: header has a number where none belongs, at 'a'");
  EXPECT_EQ(error_of(file_of("{\"w\":{\"x\":{}}}", "")),
            "m.safetensors: header has an object where none belongs, at 'x' of tensor 'w'");
  EXPECT_EQ(error_of(file_of("{\"w\":" + std::string(1000000, '['), "")),
            "m.safetensors: header has a list where none belongs, at 'w'");
}

TEST(Safetensors, what_cannot_be_read_is_not_written) {
  TensorFile file;
  file.tensors["w"] = {DType::f32, {3}, "12345678"};
  EXPECT_THROW(write_safetensors(file), FormatError);
  file.tensors["w"] = {DType::f32, {-2}, "12345678"};
  EXPECT_THROW(write_safetensors(file), FormatError);
  file.tensors = {{"\xff", {DType::f32, {2}, "12345678"}}};
  EXPECT_THROW(write_safetensors(file), FormatError);
}

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("firesteel-test-" + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST(Files, are_replaced_as_a_whole) {
  Folder folder;
  std::string path = folder.path / "file";
  write_file(path, "one");
  write_file(path, kSmall);
  MappedFile mapped(path);
  MappedFile moved(std::move(mapped));
  EXPECT_EQ(moved.bytes(), kSmall);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1);
  write_file(path, "");
  EXPECT_EQ(MappedFile(path).bytes(), "");
  write_file("/dev/null", "gone");
  EXPECT_FALSE(std::filesystem::is_regular_file("/dev/null"));
}

TEST(Files, that_cannot_be_used_say_why) {
  auto error = [](auto&& action) -> std::string {
    try {
      action();
    } catch (const SystemError& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_EQ(error([] { MappedFile("/no/such/file"); }),
            "/no/such/file: cannot open, No such file or directory");
  EXPECT_EQ(error([] { MappedFile("/tmp"); }), "/tmp: cannot read, not a file");
  EXPECT_EQ(error([] { write_file("/no/such/file", "x"); }),
            "/no/such/file: cannot write, No such file or directory");
}

}  // namespace
}  // namespace firesteel
