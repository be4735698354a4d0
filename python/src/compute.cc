// SPDX-License-Identifier: Apache-2.0
// Training, evaluation and prediction in this process. The GIL is released while C++ computes; a
// fit runs in a thread of its own, so that the caller's thread can run callbacks and see Ctrl-C.
#include <nanobind/stl/string.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "core/threads.h"
#include "python/src/bind.h"
#include "train/fit.h"
#include "train/worker.h"

namespace firesteel::python {
namespace {

constexpr auto kSignalPoll = std::chrono::milliseconds(100);

// A fit in a thread; its events wait in a queue.
class FitThread {
 public:
  explicit FitThread(const LocalFit& job) : thread_([this, &job] { run(job); }) {}
  ~FitThread() {
    stop_ = true;
    nb::gil_scoped_release release;
    thread_.join();
  }

  // Waits a little for events; false when the fit has ended and all events were taken.
  bool next(std::deque<std::string>* events) {
    nb::gil_scoped_release release;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kSignalPoll, [&] { return done_ || !events_.empty(); });
    *events = std::exchange(events_, {});
    return !done_ || !events->empty();
  }

  LocalFitted result() {
    if (error_) std::rethrow_exception(error_);
    return std::move(fitted_);
  }

 private:
  void run(const LocalFit& job) {
    LocalFitted fitted;
    std::exception_ptr error;
    try {
      fitted = fit_locally(
          job,
          [this](const std::string& event) {
            std::lock_guard lock(mutex_);
            events_.push_back(event);
            changed_.notify_one();
          },
          &stop_);
    } catch (...) {
      error = std::current_exception();
    }
    std::lock_guard lock(mutex_);
    fitted_ = std::move(fitted);
    error_ = error;
    done_ = true;
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> events_;
  bool done_ = false;
  LocalFitted fitted_;
  std::exception_ptr error_;
  std::atomic<bool> stop_{false};
  std::thread thread_;  // last: it uses the others
};

// rows and tests are blocks; on_event gets JSON text. Returns (model file, last event).
nb::tuple fit(const nb::bytes& model, const std::string& spec, const nb::bytes& rows,
              const nb::object& tests, int threads, const std::string& checkpoint, bool resume,
              const std::string& summary, const nb::object& on_event) {
  LocalFit job{.model = std::string(view(model)),
               .spec = spec,
               .shards = {},
               .tests = {},
               .threads = threads,
               .checkpoint = checkpoint,
               .resume = resume,
               .summary = summary};
  if (!tests.is_none()) job.tests.emplace_back(view(nb::cast<nb::bytes>(tests)));
  std::string_view block = view(rows);
  {
    nb::gil_scoped_release release;
    job.shards = deal_rows(block, worker::default_shards(spec));
  }
  FitThread thread(job);
  std::deque<std::string> events;
  while (thread.next(&events)) {
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
    if (on_event.is_none()) continue;
    for (const std::string& event : events) on_event(event);
  }
  LocalFitted fitted = thread.result();
  return nb::make_tuple(to_bytes(fitted.model), fitted.end);
}

int all_cores_for_0(int threads) { return threads > 0 ? threads : available_cores(); }

nb::bytes predict(const nb::bytes& model, const nb::bytes& block, int threads) {
  std::string_view file = view(model), rows = view(block);
  std::string outputs;
  {
    nb::gil_scoped_release release;
    outputs = worker::predict(file, rows, all_cores_for_0(threads));
  }
  return to_bytes(outputs);
}

std::string evaluate(const nb::bytes& model, const std::string& spec, const nb::bytes& block,
                     int threads) {
  std::string_view file = view(model), rows = view(block);
  nb::gil_scoped_release release;
  return worker::evaluate(file, spec, rows, all_cores_for_0(threads));
}

}  // namespace

void bind_compute(nb::module_& m) {
  using namespace nb::literals;
  m.def("fit", &fit, "model"_a, "spec"_a, "rows"_a, "tests"_a.none(), "threads"_a, "checkpoint"_a,
        "resume"_a, "summary"_a, "on_event"_a.none());
  m.def("predict", &predict, "model"_a, "block"_a, "threads"_a);
  m.def("evaluate", &evaluate, "model"_a, "spec"_a, "block"_a, "threads"_a);
  m.def("figures", &worker::figures, "spec"_a, "evaluations"_a);
}

}  // namespace firesteel::python
