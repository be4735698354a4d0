// SPDX-License-Identifier: Apache-2.0
// Speed of the engine alone: a model on one batch of random rows.
#pragma once

#include <string>

namespace firesteel {

struct BenchRequest {
  std::string model;         // model file whose input shape is known
  std::string mode = "train";  // or "infer"
  std::string dtype = "f32";
  int64_t batch = 128;
  int threads = 1;
  double seconds = 5;
};

// {"mode", "batch", "threads", "dtype", "steps", "images_per_s", "images_per_s_best", "step_ms",
// "step_ms_best", "cpu", "isa", "onednn"}; images_per_s is of the median step.
std::string bench(const BenchRequest& request);

}  // namespace firesteel
