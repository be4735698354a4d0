// SPDX-License-Identifier: Apache-2.0
// A fit in this process, with the events that a fit on Spark has (jvm/README.md).
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace firesteel {

struct LocalFit {
  std::string model;                // model file; its input shape must be known
  std::string spec;                 // FitSpec JSON with epochs or iterations, without shard_rows
  std::vector<std::string> shards;  // packed blocks; worker::default_shards() of them
  std::vector<std::string> tests;   // packed blocks to evaluate after each epoch; may be empty
  int threads = 0;                  // 0: all cores
  std::string checkpoint;           // folder, or empty
  bool resume = false;
  std::string summary;  // folder that TensorBoard shows (train/summary_folder.h), or empty
};

struct LocalFitted {
  std::string model;  // model file
  std::string end;    // the last event
};

// Blocks of `rows`, dealt row by row to `shards` shards.
std::vector<std::string> deal_rows(std::string_view block, int shards);

// on_event gets JSON objects: {"event": "start" | "progress" | "note" | "epoch" | "end", ...}.
// Throws firesteel::Error for user errors. stop ends the fit between two iterations; a checkpoint
// is written first where there is a folder.
LocalFitted fit_locally(const LocalFit& job,
                        const std::function<void(const std::string&)>& on_event,
                        const std::atomic<bool>* stop = nullptr);

}  // namespace firesteel
