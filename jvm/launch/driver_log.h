// SPDX-License-Identifier: Apache-2.0
// What went wrong in a Spark driver that ended without saying so itself.
#pragma once

#include <string>

#include "jvm/launch/installation.h"

namespace firesteel::spark {

// One sentence, without its full stop, from the log of a driver that ended with exit_code.
std::string sentence_from_log(const std::string& path, int exit_code, const Installation& found);

}  // namespace firesteel::spark
