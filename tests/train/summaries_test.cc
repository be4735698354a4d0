// SPDX-License-Identifier: Apache-2.0
// Event files, byte by byte; that TensorBoard reads them is in tests/python/test_summaries.py.
#include "train/summaries.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/crc32c.h"
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

template <class T>
T number_at(const std::string& bytes, size_t at) {
  T number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

// TFRecord: length, masked checksum of it, data, masked checksum of them.
TEST(Summaries, RecordsAreFramed) {
  std::string file = begin_summaries(1'700'000'000'500);
  auto bytes = static_cast<size_t>(number_at<uint64_t>(file, 0));
  ASSERT_EQ(file.size(), 8 + 4 + bytes + 4);
  auto masked = [](uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; };
  EXPECT_EQ(number_at<uint32_t>(file, 8), masked(crc32c(file.substr(0, 8))));
  EXPECT_EQ(number_at<uint32_t>(file, 12 + bytes), masked(crc32c(file.substr(12, bytes))));
  EXPECT_EQ(number_at<double>(file, 13), 1'700'000'000.5);
  EXPECT_NE(file.find("brain.Event:2"), std::string::npos);
}

TEST(Summaries, EachEventHasItsRun) {
  Summaries progress = summaries_of(
      {{"event", "progress"}, {"iteration", 300}, {"loss", 0.5}, {"lr", 0.1}, {"eta_s", 7.0}},
      1000);
  EXPECT_TRUE(progress.validation.empty());
  EXPECT_NE(progress.train.find("loss"), std::string::npos);
  EXPECT_NE(progress.train.find("lr"), std::string::npos);
  EXPECT_EQ(progress.train.find("eta_s"), std::string::npos);
  Summaries epoch = summaries_of({{"event", "epoch"},
                                  {"epoch", 2},
                                  {"iteration", 300},
                                  {"loss", 0.5},
                                  {"test_loss", 0.6},
                                  {"accuracy", 0.9}},
                                 1000);
  EXPECT_TRUE(epoch.train.empty());
  EXPECT_NE(epoch.validation.find("accuracy"), std::string::npos);
  EXPECT_EQ(epoch.validation.find("epoch"), std::string::npos);
  for (const char* other : {"note", "start", "end"}) {
    Summaries none = summaries_of({{"event", other}, {"loss", 1.0}, {"text", "hello"}}, 1000);
    EXPECT_TRUE(none.train.empty() && none.validation.empty());
  }
  EXPECT_TRUE(
      summaries_of({{"event", "epoch"}, {"epoch", 1}, {"loss", 1.0}}, 1).validation.empty());
}

TEST(Summaries, NumbersThatAreNoneDoNotEndTheHistogram) {
  Graph g;
  g.output(g.add("fc", layer("Linear", {{"in_features", int64_t{3}}, {"out_features", int64_t{2}}}),
                 {g.input("x", {3})}));
  Model model = Model::make(std::move(g), 1);
  model.values[0] = NAN;
  model.values[1] = INFINITY;
  std::string some = histograms_of(model, 7, 1000);
  EXPECT_NE(some.find("parameters/fc.weight"), std::string::npos);
  for (float& value : model.values) value = NAN;
  EXPECT_TRUE(histograms_of(model, 7, 1000).empty());
}

}  // namespace
}  // namespace firesteel
