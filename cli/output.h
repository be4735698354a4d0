// SPDX-License-Identifier: Apache-2.0
// Where a command's words and its machine-readable result go.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "core/json.h"

namespace firesteel::cli {

class Output {
 public:
  // json: a path, "-" for stdout (people then read stderr), or "". Throws when it cannot be
  // written, before any work is done.
  explicit Output(const std::string& json, bool stdout_is_taken = false);

  Terminal& human() { return human_; }
  void json(const Json& result) const;

 private:
  std::string json_;
  Terminal human_;
};

// Throws SystemError unless a file can be written there; `what` is the option's name.
void require_writable(const std::string& what, const std::string& path);

}  // namespace firesteel::cli
