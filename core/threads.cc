// SPDX-License-Identifier: Apache-2.0
#include "core/threads.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace firesteel {
namespace {

// The thread sanitizer does not see how OpenMP's threads start and join: this tells it.
class Region {
 public:
  Region() { release(&start_); }
  ~Region() { acquire(&end_); }
  template <class Body>
  void part(const Body& body) {
    acquire(&start_);
    body();
    release(&end_);
  }

 private:
#ifdef __SANITIZE_THREAD__
  static void acquire(char* at) { __tsan_acquire(at); }
  static void release(char* at) { __tsan_release(at); }
#else
  static void acquire(char*) {}
  static void release(char*) {}
#endif
  char start_ = 0, end_ = 0;
};

}  // namespace

int available_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void set_threads(int threads) { omp_set_num_threads(std::max(1, threads)); }
int threads() { return omp_get_max_threads(); }

void parallel_for(int64_t count, int64_t grain, FunctionRef<void(int64_t, int64_t)> body) {
  int64_t parts = std::min<int64_t>(threads(), count / std::max<int64_t>(1, grain));
  if (parts <= 1) {
    if (count > 0) body(0, count);
    return;
  }
  Region region;
#pragma omp parallel for num_threads(static_cast<int>(parts)) schedule(static)
  for (int64_t p = 0; p < parts; ++p) {
    region.part([&] { body(count * p / parts, count * (p + 1) / parts); });
  }
}

struct Crew::State {
  std::mutex mutex;
  std::condition_variable start, done;
  const FunctionRef<void(int)>* body = nullptr;
  uint64_t round = 0;
  int running = 0;
  int inside = 1;
  bool stop = false;
  std::exception_ptr error;
  std::vector<std::thread> members;

  void call(int index, FunctionRef<void(int)> work) {
    try {
      work(index);
    } catch (...) {
      std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
    }
  }

  void member(int index) {
    set_threads(inside);
    uint64_t seen = 0;
    std::unique_lock lock(mutex);
    while (true) {
      start.wait(lock, [&] { return stop || round != seen; });
      if (stop) return;
      seen = round;
      auto* work = body;
      lock.unlock();
      call(index, *work);
      lock.lock();
      if (--running == 0) done.notify_one();
    }
  }
};

Crew::Crew(int size, int inside) : state_(new State) {
  state_->inside = inside;
  for (int i = 1; i < size; ++i) state_->members.emplace_back([this, i] { state_->member(i); });
}

Crew::~Crew() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->start.notify_all();
  for (auto& member : state_->members) member.join();
  delete state_;
}

int Crew::inside() const { return state_->inside; }
int Crew::size() const { return static_cast<int>(state_->members.size()) + 1; }

void Crew::run(FunctionRef<void(int)> body) {
  {
    std::lock_guard lock(state_->mutex);
    state_->body = &body;
    state_->running = static_cast<int>(state_->members.size());
    state_->error = nullptr;
    ++state_->round;
  }
  state_->start.notify_all();
  int outside = threads();
  set_threads(state_->inside);
  state_->call(0, body);
  set_threads(outside);
  std::unique_lock lock(state_->mutex);
  state_->done.wait(lock, [&] { return state_->running == 0; });
  if (state_->error) std::rethrow_exception(state_->error);
}

}  // namespace firesteel
