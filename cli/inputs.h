// SPDX-License-Identifier: Apache-2.0
// What commands take: models by name or file, kinds with attributes, Spark's master.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/dtype.h"
#include "core/json.h"
#include "core/shape.h"

namespace CLI {
class App;
}

namespace firesteel::cli {

// The bytes of a model file: of a named model with first values by the seed, of a file, or made
// from a file with a graph in JSON. Throws one sentence when it is none of them.
std::string read_model(const std::string& name_or_file, uint64_t seed);

// The model for rows of this shape; throws ShapeError "model for data: ..." when they do not fit.
std::string model_for(const std::string& model, const Shape& row, const std::string& title);

// --metric of a command, and "metrics" of a FitSpec.
void add_metrics(CLI::App& command, std::vector<std::string>& metrics);
Json metric_documents(const std::vector<std::string>& metrics);
// Where nobody says which: accuracy, if labels are class ids.
Json usual_metrics(DType labels);
// What they are called in reports; throws AttrError where there is no such kind.
std::vector<std::string> metric_keys(const Json& documents);

struct Target {
  std::string master;  // empty: in this process
  std::vector<std::string> conf;
  int threads = 0;  // 0: all cores
};
void add_target(CLI::App& command, Target& target);
void check(const Target& target);

// The document that a Spark job begins with (jvm/launch/spark_submit.h).
Json job_for(const std::string& command, const std::string& title, const std::string& data,
             const Target& target);

}  // namespace firesteel::cli
