// SPDX-License-Identifier: Apache-2.0
#include "tests/steady/counters.h"

#include <dlfcn.h>

#include <atomic>
#include <cerrno>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FIRESTEEL_OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FIRESTEEL_OWN_MALLOC 0
#endif
#endif
#ifndef FIRESTEEL_OWN_MALLOC
#define FIRESTEEL_OWN_MALLOC 1
#endif

namespace {
std::atomic<size_t> allocations{0}, bytes{0}, library_bytes{0}, primitives{0}, runs{0};
std::atomic<int> in_library{0};

[[maybe_unused]] void count(size_t size) {
  if (in_library) {
    library_bytes.fetch_add(size, std::memory_order_relaxed);
    return;
  }
  allocations.fetch_add(1, std::memory_order_relaxed);
  bytes.fetch_add(size, std::memory_order_relaxed);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}
}  // namespace

namespace firesteel::testing {
bool counts() { return FIRESTEEL_OWN_MALLOC != 0; }
Counts counted() {
  return {allocations.load(), bytes.load(), library_bytes.load(), primitives.load(), runs.load()};
}
}  // namespace firesteel::testing

extern "C" {

int dnnl_primitive_create(void** primitive, const void* description) {
  static const auto create = next<int(void**, const void*)>("dnnl_primitive_create");
  primitives.fetch_add(1, std::memory_order_relaxed);
  return create(primitive, description);
}

int dnnl_primitive_execute(const void* primitive, void* stream, int count, const void* arguments) {
  static const auto execute =
      next<int(const void*, void*, int, const void*)>("dnnl_primitive_execute");
  runs.fetch_add(1, std::memory_order_relaxed);
  ++in_library;
  int status = execute(primitive, stream, count, arguments);
  --in_library;
  return status;
}

int dnnl_memory_set_data_handle(void* memory, void* handle) {
  static const auto set = next<int(void*, void*)>("dnnl_memory_set_data_handle");
  ++in_library;
  int status = set(memory, handle);
  --in_library;
  return status;
}

#if FIRESTEEL_OWN_MALLOC
// glibc's own, under the names that it keeps for programs that replace them.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}
void* calloc(size_t items, size_t size) {
  count(items * size);
  return __libc_calloc(items, size);
}
void* realloc(void* old, size_t size) {
  count(size);
  return __libc_realloc(old, size);
}
void* memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** to, size_t alignment, size_t size) {
  *to = memalign(alignment, size);
  return *to ? 0 : ENOMEM;
}
#endif

}  // extern "C"
