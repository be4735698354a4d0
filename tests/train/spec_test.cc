// SPDX-License-Identifier: Apache-2.0
#include "train/spec.h"

#include <gtest/gtest.h>

namespace firesteel {
namespace {

std::string refusal(const std::string& json) {
  try {
    FitSpec::parse(json);
  } catch (const AttrError& e) {
    return e.what();
  }
  return "";
}

TEST(FitSpec, GoesThroughJson) {
  FitSpec spec = FitSpec::parse(
      R"({"wire": "bf16", "error_feedback": true, "clip_norm": 0.5, "clip_value": 2, "accumulate": 3,
          "base_batch_size": 256, "ema_decay": 0.99, "param_groups": [{"match": "*.bias", "lr": 2}],
          "schedule": [{"kind": "Constant", "epochs": 2}, {"kind": "Poly"}]})");
  FitSpec again = FitSpec::parse(spec.json());
  EXPECT_EQ(again.wire, DType::bf16);
  EXPECT_TRUE(again.error_feedback);
  EXPECT_EQ(again.clip_norm, 0.5);
  EXPECT_EQ(again.clip_value, 2);
  EXPECT_EQ(again.accumulate, 3);
  EXPECT_EQ(again.base_batch_size, 256);
  EXPECT_EQ(again.ema_decay, 0.99);
  ASSERT_EQ(again.param_groups.size(), 1u);
  EXPECT_EQ(again.param_groups[0].lr, 2);
  EXPECT_EQ(again.schedule.json(), spec.schedule.json());
  EXPECT_EQ(again.lr_scale(), 1.5);
  EXPECT_EQ(again.json(), spec.json());
}

TEST(FitSpec, RefusesWhatDoesNotGoTogether) {
  EXPECT_EQ(refusal(R"({"wire": "f64"})"), "wire: must be one of f32, bf16, f16, got 'f64'");
  EXPECT_EQ(refusal(R"({"wire": "f16", "reproducible": true})"),
            "wire: must be f32 where reproducible is set, as what travels depends on the number of "
            "workers, got f16");
  EXPECT_EQ(refusal(R"({"local_steps": 4, "reproducible": true})"),
            "reproducible: not with sync local:H, whose result depends on the number of workers");
  EXPECT_EQ(refusal(R"({"outer_momentum": 0.9})"),
            "outer_lr, outer_momentum: belong to sync local:H");
  EXPECT_EQ(refusal(R"({"local_steps": 4, "outer_momentum": 1})"),
            "outer_momentum: must be from 0 to below 1, got 1");
  EXPECT_EQ(refusal(R"({"error_feedback": true})"),
            "error_feedback: wants wire bf16 or f16, as f32 is not rounded");
  EXPECT_EQ(refusal(R"({"clip_norm": -1})"), "clip_norm: must be >= 0, got -1");
  EXPECT_EQ(refusal(R"({"clip_norn": 1})"),
            "fit: no attribute 'clip_norn'. Did you mean 'clip_norm'?");
}

}  // namespace
}  // namespace firesteel
