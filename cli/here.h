// SPDX-License-Identifier: Apache-2.0
// Jobs in this process, with the events and results that Spark gives.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/json.h"
#include "formats/dataset.h"
#include "jvm/launch/fit.h"

namespace firesteel::cli {

// job: as for Spark (jvm/launch/spark_submit.h). SIGINT and SIGTERM end the fit between two
// iterations, after a checkpoint where there is a folder for them, with spark::Interrupted.
spark::FittedModel fit_here(const Json& job, const std::string& model, Dataset rows, Dataset tests,
                            int threads, const spark::OnEvent& on_event);

// {"accuracy", "loss", "rows", "images_per_s"}; threads 0: all cores.
Json evaluate_here(const Json& spec, const std::string& model, const Dataset& rows, int threads);

// For each row the class with the highest output, or the output where it is the only one.
std::vector<float> predict_here(const std::string& model, const Dataset& rows, int threads);

}  // namespace firesteel::cli
