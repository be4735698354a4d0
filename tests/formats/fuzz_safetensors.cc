// SPDX-License-Identifier: Apache-2.0
// libFuzzer target, not part of the normal build:
//   clang++ -std=c++20 -g -O1 -DFIRESTEEL_FUZZ -fsanitize=fuzzer,address,undefined -I. \
//     tests/formats/fuzz_safetensors.cc core/safetensors.cc core/error.cc -o fuzz && ./fuzz
// What is read must be writable, and reads back the same.
#ifdef FIRESTEEL_FUZZ
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "core/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace firesteel;
  try {
    auto file = parse_safetensors({reinterpret_cast<const char*>(data), size}, "input");
    std::string written = write_safetensors(file);
    if (write_safetensors(parse_safetensors(written, "written")) != written) std::abort();
  } catch (const FormatError&) {
  }
  return 0;
}
#endif
