// SPDX-License-Identifier: Apache-2.0
// Distributed training for C++ programs: a model and a data set go in, the fitted model comes out.
//
//   auto fitted = spark::fit(net.graph(), "mnist", {.master = "local-cluster[2,1,1024]",
//                                                   .optimizer = optim::SGD(0.1, 0.9)});
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "jvm/launch/spark_submit.h"
#include "nn/graph.h"

namespace firesteel::spark {

struct FitOptions {
  std::string master = "local[*]";
  std::vector<std::string> conf = {};  // KEY=VALUE, passed on to Spark
  Json loss = {{"kind", "CrossEntropy"}};
  Json optimizer = {{"kind", "SGD"}};
  Json schedule = {{"kind", "Constant"}};
  int64_t batch_size = 128;
  int64_t epochs = 1;
  int64_t iterations = 0;  // instead of epochs
  uint64_t seed = 1;
  bool reproducible = false;
  int threads = 0;         // of each worker; 0: all it is given
  std::string checkpoint = {};  // a folder or any Hadoop path
  bool resume = false;
  OnEvent on_event = [](const Json&) {};
};

struct FittedModel {
  std::string bytes;  // a model file
  Json report;        // the event `end`

  double accuracy() const { return report.value("accuracy", 0.0); }
  double loss() const { return report.value("loss", 0.0); }
  void save(const std::string& path) const;
};

// Launches the Spark driver and waits for the fitted weights. Throws firesteel::Error.
FittedModel fit(const Graph& graph, const std::string& data, const FitOptions& options);

// The same for a model file's bytes and a whole job document.
FittedModel fit(std::string_view model, Submit what, const OnEvent& on_event);

}  // namespace firesteel::spark
