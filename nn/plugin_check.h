// SPDX-License-Identifier: Apache-2.0
// What a plugin's layers have to do, as the tests demand it of ours: right gradients, the same
// numbers on any number of threads, f32 near f64, rows that follow the batch.
#pragma once

#include <string>
#include <vector>

#include "nn/plugin.h"

namespace firesteel {

struct LayerCheck {
  std::string kind;
  double gradient_error = 0;  // f64 against central differences
  double f32_error = 0;       // f32 against f64
  bool trains = true;
  std::string problem;  // a sentence; empty: there is none
};

// Each layer on the sample that the plugin gives of it.
std::vector<LayerCheck> check_plugin(const Plugin& plugin);

}  // namespace firesteel
