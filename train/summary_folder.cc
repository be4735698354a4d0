// SPDX-License-Identifier: Apache-2.0
#include "train/summary_folder.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>

#include "core/error.h"

namespace firesteel {
namespace {

int64_t now_ms() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  require<SystemError>(!error, "summary: cannot make ", folder, ", ", error.message());
}

}  // namespace

SummaryFolder::SummaryFolder(const std::string& folder) : folder_(folder) { make_folder(folder); }

void SummaryFolder::event(const Json& event) {
  Summaries found = summaries_of(event, now_ms());
  append(train_, found.train);
  append(validation_, found.validation);
}

void SummaryFolder::histograms(const Model& model, int64_t step) {
  append(train_, histograms_of(model, step, now_ms()));
}

// Seen by whoever looks at the file meanwhile.
void SummaryFolder::append(Run& run, const std::string& records) {
  if (records.empty()) return;
  std::string folder = cat(folder_, "/", run.name);
  if (!run.file.is_open()) {
    make_folder(folder);
    int64_t begin = now_ms();
    static std::atomic<int> number{0};
    run.file.open(cat(folder, "/events.out.tfevents.", begin / 1000, ".firesteel.", ::getpid(), ".",
                      number++),
                  std::ios::binary);
    run.file << begin_summaries(begin);
  }
  run.file << records << std::flush;
  require<SystemError>(run.file.good(), "summary: cannot write to ", folder);
}

}  // namespace firesteel
