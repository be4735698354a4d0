// SPDX-License-Identifier: Apache-2.0
#include "train/fit_report.h"

#include <chrono>

#include "core/error.h"
#include "core/safetensors.h"
#include "train/fit_report_page.h"

namespace firesteel {

// Data inside a script element must not end it.
std::string report_page(const Json& events) {
  std::string data = events.dump(-1, ' ', false, Json::error_handler_t::replace);
  for (size_t at = 0; (at = data.find("</", at)) != std::string::npos; at += 3)
    data.insert(at + 1, "\\");
  std::string page(kReportPage);
  page.replace(page.find("@EVENTS@"), 8, data);
  return page;
}

void ReportFile::event(Json event) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  event["at_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  std::string kind = event.value("event", "");
  events_.push_back(std::move(event));
  written_ = kind == "epoch" || kind == "end";
  if (written_) write_file(path_, report_page(events_));
}

ReportFile::~ReportFile() {
  if (written_) return;
  try {
    write_file(path_, report_page(events_));
  } catch (const Error&) {  // there is another failure already, or the fit was more important
  }
}

}  // namespace firesteel
