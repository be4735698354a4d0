// SPDX-License-Identifier: Apache-2.0
// Speed of the engine alone: a model on one batch of random rows.
#pragma once

#include <string>

#include "nn/models/zoo.h"
#include "train/thread_planner.h"

namespace firesteel {

struct BenchRequest {
  std::string model;           // model file whose input shape is known
  std::string
      named;  // the name of the model, which knows how to make up rows; empty: normal numbers
  std::string mode = "train";  // or "infer"
  DType dtype = DType::f32;  // as FitSpec::dtype
  int64_t batch = 128;
  int threads = 1;
  ThreadMode thread_mode = ThreadMode::automatic;
  Recompute recompute = Recompute::cheap;
  double seconds = 5;
  bool profile = false;
};

// {"mode", "batch", "threads", "dtype" (used), "note" (if another was asked for), "replicas" (training: that share "threads"), "steps", "images_per_s", "images_per_s_best", "step_ms",
// "step_ms_best", "gflops", "gemm_peak_gflops", "gemm_peak_share", "memory_mb", "cpu", "isa",
// "onednn"}; images_per_s and gflops are of the median step, the share is of what matrix products
// of 1024 x 1024 reach with as many threads, memory_mb the process's peak beyond what it had at the
// start. With profile also
// "profile": [{"node", "kind", "forward_ms", "backward_ms", "moving_ms", "share", "gflops"}], of
// one thread's part of a step: gflops is the layer's speed in both directions, moving is reordering
// its inputs and summing its gradients.
std::string bench(BenchRequest request);

}  // namespace firesteel
