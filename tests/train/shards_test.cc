// SPDX-License-Identifier: Apache-2.0
// Training data in memory and in files.
#include "train/shards.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "core/error.h"
#include "core/json.h"
#include "core/rng.h"
#include "nn/model_api.h"
#include "tests/scratch_folder.h"
#include "train/fit.h"
#include "train/worker.h"

namespace firesteel {
namespace {

constexpr int kShards = 4;

// Rows of which no two are the same; labels are as wide as features.
std::vector<std::string> shards_of(DType x_dtype) {
  constexpr int64_t kRows = 37, kWidth = 11;
  Rng rng(3);
  std::vector<uint8_t> x(kRows * kWidth * size_of(x_dtype));
  std::vector<float> y(kRows * kWidth);
  for (uint8_t& v : x) v = static_cast<uint8_t>(rng.below(100));
  for (size_t i = 0; i < y.size(); ++i) y[i] = static_cast<float>(i);
  return deal_rows(pack_block({kRows,
                               x_dtype,
                               DType::f32,
                               {kWidth},
                               {kWidth},
                               x.data(),
                               reinterpret_cast<const uint8_t*>(y.data())}),
                   kShards);
}

std::vector<SampleRef> samples_of(const std::vector<std::string>& shards) {
  std::vector<SampleRef> all;
  for (int s = kShards - 1; s >= 0; --s) {
    int64_t rows = parse_block(shards[static_cast<size_t>(s)], "shard").rows;
    for (int64_t r = rows - 1; r >= 0; --r) all.push_back({s, r});
  }
  return all;
}

struct Gathered {
  std::vector<float> x;
  std::vector<std::byte> y;
  bool operator==(const Gathered&) const = default;
};

Gathered gathered(const Shards& shards, const std::vector<SampleRef>& samples) {
  Gathered out;
  out.x.resize(samples.size() * static_cast<size_t>(numel(shards.block(0).x_shape)));
  shards.expect(samples);
  shards.gather(samples, out.x.data(), &out.y);
  return out;
}

class SpilledShards : public ::testing::TestWithParam<std::tuple<DType, bool>> {};

TEST_P(SpilledShards, AreTheSameRows) {
  auto [type, encrypted] = GetParam();
  auto blocks = shards_of(type);
  auto samples = samples_of(blocks);
  std::string first = testing::scratch_folder("first"), second = testing::scratch_folder("second");
  Shards memory, files, mixed;
  files.spill({first, "/proc/nowhere", second}, 0, encrypted);
  mixed.spill({first}, static_cast<int64_t>(blocks[0].size() + 1), encrypted);
  int64_t bytes = 0;
  for (int s = 0; s < kShards; ++s) {
    const std::string& block = blocks[static_cast<size_t>(s)];
    bytes += static_cast<int64_t>(block.size());
    for (Shards* each : {&memory, &files, &mixed}) each->add(s, block);
  }
  EXPECT_EQ(memory.bytes_in_files(), 0);
  EXPECT_EQ(files.bytes_in_files(), bytes);
  EXPECT_EQ(mixed.bytes_in_files(), bytes - static_cast<int64_t>(blocks[0].size()));
  Gathered expected = gathered(memory, samples);
  EXPECT_EQ(gathered(files, samples), expected);
  EXPECT_EQ(gathered(mixed, samples), expected);
  // Whatever happens to this process, nothing of it stays.
  EXPECT_TRUE(std::filesystem::is_empty(first));
  EXPECT_TRUE(std::filesystem::is_empty(second));
}

INSTANTIATE_TEST_SUITE_P(All, SpilledShards,
                         ::testing::Combine(::testing::Values(DType::f32, DType::u8),
                                            ::testing::Bool()));

TEST(SpillFile, SaysWhereItCannotBe) {
  try {
    SpillFile file("/proc/nowhere", false);
    FAIL() << "a file in /proc";
  } catch (const SystemError& e) {
    EXPECT_TRUE(std::string(e.what()).starts_with(
        "/proc/nowhere: no file for training data can be made there"))
        << e.what();
  }
}

TEST(SpillFile, SaysThatTheDiskIsFull) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  SpillFile file(testing::scratch_folder("full"), true);
  uint64_t first = file.append(std::string(1000, 'a'));
  rlimit small = before;
  small.rlim_cur = 1500;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(file.append(std::string(1000, 'b')), SystemError);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  uint64_t third = file.append(std::string(1000, 'c'));
  for (auto [at, letter] : {std::pair{first, 'a'}, std::pair{third, 'c'}}) {
    std::string read(1000, '?');
    file.read(at, std::as_writable_bytes(std::span(read)));
    EXPECT_EQ(read, std::string(1000, letter));
  }
}

// A fit whose data are in files is the same one, also when it goes back.
TEST(Worker, TrainsOnDataInFiles) {
  std::string model = named_model("mlp", 1);
  std::string resolved = worker::resolve_fit(
      R"({"batch_size": 20, "iterations": 8, "shard_rows": [50, 50], "reproducible": true})", model,
      false);
  std::string spec = Json::parse(resolved)["spec"].dump();
  Rng rng(1);
  std::vector<uint8_t> x(100 * 784);
  for (uint8_t& v : x) v = static_cast<uint8_t>(rng.below(256));
  std::vector<int32_t> y(100);
  for (int32_t& label : y) label = static_cast<int32_t>(rng.below(10));
  auto shards = deal_rows(pack_block({100,
                                      DType::u8,
                                      DType::s32,
                                      {1, 28, 28},
                                      {},
                                      x.data(),
                                      reinterpret_cast<const uint8_t*>(y.data())}),
                          2);
  std::vector<std::string> hashes;
  for (bool in_files : {false, true}) {
    std::string id = cat("in_files_", in_files);
    worker::begin_fit(id, spec, model, std::string(32, 'k'));
    Json place = {{"folders", {testing::scratch_folder(id)}}, {"memory", 0}, {"encrypt", false}};
    if (in_files) worker::spill_shards(id, place.dump());
    for (int s = 0; s < 2; ++s) worker::add_shard(id, s, shards[static_cast<size_t>(s)]);
    for (int64_t first_step : {0, 4, 4}) {
      Json group = {{"group", 1},
                    {"membership", first_step},
                    {"rank", 0},
                    {"lanes", {{0, 2}}},
                    {"peers", {{{"id", "0"}, {"host", "127.0.0.1"}, {"port", 1}}}},
                    {"first_step", first_step},
                    {"steps", 4},
                    {"threads", 2},
                    {"want_weights_sha256", true}};
      Json report = Json::parse(worker::run_group(id, group.dump()));
      EXPECT_EQ(report["disk_bytes"].get<int64_t>() > 0, in_files);
      hashes.push_back(report["weights_sha256"]);
    }
    worker::end_fit(id);
  }
  EXPECT_EQ(hashes[1], hashes[2]);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(hashes[i], hashes[3 + i]) << i;
}

}  // namespace
}  // namespace firesteel
