// SPDX-License-Identifier: Apache-2.0
// The schedule of a fit: one, or several that follow each other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "train/optimizer.h"

namespace firesteel {

class ScheduleList {
 public:
  // {"kind": ...}, or a list of these in which all but the last have "iterations" or "epochs" beside their
  // attributes: for how long they are. Each begins with its step 0. Throws AttrError / FormatError.
  static ScheduleList parse(const Json& doc);
  Json json() const;

  double factor(FitTime at) const;
  bool needs_total() const;
  // What its schedules watch; there is at most one such result.
  std::string watched() const;

 private:
  struct Part {
    std::unique_ptr<Schedule> schedule;
    int64_t iterations = 0, epochs = 0;  // both 0: to the fit's end
  };
  std::vector<Part> parts_;
};

}  // namespace firesteel
