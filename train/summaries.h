// SPDX-License-Identifier: Apache-2.0
// What TensorBoard shows of a fit, as bytes of its event files: a file begins with begin_summaries(), then records
// follow, each framed as TensorFlow's TFRecord, of a tensorflow.Event.
#pragma once

#include <cstdint>
#include <string>

#include "core/json.h"
#include "nn/model.h"

namespace firesteel {

// wall_ms: milliseconds since 1970.
std::string begin_summaries(int64_t wall_ms);

// Records of the two runs of a fit.
struct Summaries {
  std::string train;  // loss, learning rate and throughput of "progress" events
  std::string validation;  // loss and metrics of "epoch" events that have some
};
// event: of a fit (jvm/README.md). Empty where it has nothing to show.
Summaries summaries_of(const Json& event, int64_t wall_ms);

// Histograms of all parameters, for the run "train".
std::string histograms_of(const Model& model, int64_t step, int64_t wall_ms);

}  // namespace firesteel
