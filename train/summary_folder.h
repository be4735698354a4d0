// SPDX-License-Identifier: Apache-2.0
// A folder that TensorBoard shows: the runs train/ and validation/ of fits; the same on Spark.
#pragma once

#include <fstream>
#include <string>

#include "train/summaries.h"

namespace firesteel {

class SummaryFolder {
 public:
  // Throws SystemError where it cannot be made.
  explicit SummaryFolder(const std::string& folder);

  void event(const Json& event);
  void histograms(const Model& model, int64_t step);

 private:
  struct Run {
    std::string name;
    std::ofstream file;  // made when there is something to write
  };
  void append(Run& run, const std::string& records);

  std::string folder_;
  Run train_{"train", {}}, validation_{"validation", {}};
};

}  // namespace firesteel
