// SPDX-License-Identifier: Apache-2.0
// A Run as a plugin sees it. Its tables are made when the plan is: a run allocates nothing.
#pragma once

#include <vector>

#include "nn/prepare.h"
#include "nn/run.h"
#include "plugin/plugin.h"

namespace firesteel {

class PluginRun {
 public:
  PluginRun(const Prepare& prepare, size_t params);

  // What the plugin is asked; its shapes are those of this object.
  firesteel_prepare description(const Prepare& prepare) const;
  // What it answered: backward sees nothing else.
  void keep(const firesteel_prepare& answer);

  const firesteel_run& forward(const Run& run);
  const firesteel_run& backward(const Run& run);

 private:
  void common(const Run& run);

  std::vector<firesteel_shape> in_, out_;
  std::vector<const void*> x_, dy_, param_;
  std::vector<void*> y_, dx_, dparam_;
  uint64_t reads_input_ = 0;
  bool reads_output_ = false, saves_ = false;
  firesteel_run run_{};
};

}  // namespace firesteel
