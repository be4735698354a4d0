// SPDX-License-Identifier: Apache-2.0
// A page about a fit: one HTML file that needs nothing else, with curves of loss, metrics, throughput, phases and
// workers over time, and what was lost and noted.
#pragma once

#include <string>
#include <utility>

#include "core/json.h"

namespace firesteel {

// events: all of a fit in their order (jvm/README.md), each with "at_ms", milliseconds since 1970.
std::string report_page(const Json& events);

// The page as a file, written again after each epoch, and at the end whatever it is.
class ReportFile {
 public:
  explicit ReportFile(std::string path) : path_(std::move(path)) {}
  ~ReportFile();
  ReportFile(const ReportFile&) = delete;

  void event(Json event);

 private:
  std::string path_;
  Json events_ = Json::array();
  bool written_ = true;
};

}  // namespace firesteel
