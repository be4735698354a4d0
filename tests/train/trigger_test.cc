// SPDX-License-Identifier: Apache-2.0
// When fits end before their last epoch.
#include "train/trigger.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/json.h"

namespace firesteel {
namespace {

// The first epoch of ten iterations after which it fires, 0: none of them; losses are test_loss, and
// accuracy is 1 less that.
int64_t epoch_of(const std::string& json, const std::vector<double>& losses) {
  auto trigger = make_from_json(Json::parse(json), Registry<Trigger>::instance(), "stop");
  std::vector<Observation> observed;
  for (double loss : losses) {
    observed.push_back(
        {10 * (std::ssize(observed) + 1), {{"test_loss", loss}, {"accuracy", 1 - loss}}});
  }
  for (int64_t epoch = 1; epoch <= std::ssize(observed); ++epoch) {
    // It is told of later epochs too, as a fit is that goes back.
    if (trigger->fires({.step = 10 * epoch, .epoch_steps = 10, .observed = observed})) return epoch;
  }
  return 0;
}

TEST(Trigger, EarlyStoppingCountsWhatIsNotBetter) {
  std::vector<double> losses = {0.9, 0.8, 0.85, 0.79, 0.79, 0.795, NAN, 0.5};
  EXPECT_EQ(epoch_of(R"({"kind": "EarlyStopping"})", losses), 3);
  EXPECT_EQ(epoch_of(R"({"kind": "EarlyStopping", "patience": 1})", losses), 6);
  EXPECT_EQ(epoch_of(R"({"kind": "EarlyStopping", "patience": 2})", losses), 7);
  EXPECT_EQ(epoch_of(R"({"kind": "EarlyStopping", "patience": 3})", losses), 0);
  EXPECT_EQ(epoch_of(R"({"kind": "EarlyStopping", "min_delta": 0.15})", losses), 2);
  EXPECT_EQ(epoch_of(R"({"kind": "EarlyStopping", "start_epoch": 2})", losses), 5);
  EXPECT_EQ(epoch_of(R"({"kind": "EarlyStopping", "monitor": "accuracy", "mode": "max"})", losses),
            3);
  // Which there is not.
  EXPECT_EQ(epoch_of(R"({"kind": "EarlyStopping", "monitor": "auc"})", losses), 0);
}

TEST(Trigger, LimitsAndWhatIsMadeOfThem) {
  std::vector<double> losses = {0.9, 0.4, 0.6, 0.3};
  std::string below = R"({"kind": "MinLoss", "min": 0.5, "monitor": "test_loss"})";
  std::string late = R"({"kind": "MaxEpoch", "epochs": 3})";
  EXPECT_EQ(epoch_of(below, losses), 2);
  EXPECT_EQ(epoch_of(late, losses), 3);
  EXPECT_EQ(epoch_of(R"({"kind": "MaxIteration", "iterations": 31})", losses), 4);
  EXPECT_EQ(epoch_of(R"({"kind": "MaxScore", "max": 0.55})", losses), 2);
  auto joined = [&](const char* kind) {
    return Json{{"kind", kind}, {"triggers", cat("[", below, ", ", late, "]")}}.dump();
  };
  EXPECT_EQ(epoch_of(joined("Or"), losses), 2);
  EXPECT_EQ(epoch_of(joined("And"), losses), 4);  // the third is above again
}

}  // namespace
}  // namespace firesteel
