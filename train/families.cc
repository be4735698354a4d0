// SPDX-License-Identifier: Apache-2.0
// Makes the kinds of this room known to kinds_json().
#include "core/json.h"
#include "nn/model_api.h"
#include "train/metric.h"
#include "train/optimizer.h"
#include "train/trigger.h"

namespace firesteel {
namespace {

[[maybe_unused]] const bool registered =
    add_family("optimizers", family_json<Registry<Optimizer>>) &&
    add_family("schedules", family_json<Registry<Schedule>>) &&
    add_family("triggers", family_json<Registry<Trigger>>) &&
    add_family("metrics", family_json<Registry<Metric>>);

}  // namespace
}  // namespace firesteel
