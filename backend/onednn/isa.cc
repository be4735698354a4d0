// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <dnnl.hpp>
#include <fstream>

#include "backend/ops.h"
#include "core/error.h"
#include "core/schema.h"

namespace firesteel {
namespace {

struct Isa {
  const char* name;
  dnnl::cpu_isa isa;
};
constexpr std::array<Isa, 12> kIsas = {{
    {"sse41", dnnl::cpu_isa::sse41},
    {"avx", dnnl::cpu_isa::avx},
    {"avx2", dnnl::cpu_isa::avx2},
    {"avx2_vnni", dnnl::cpu_isa::avx2_vnni},
    {"avx2_vnni_2", dnnl::cpu_isa::avx2_vnni_2},
    {"avx512_core", dnnl::cpu_isa::avx512_core},
    {"avx512_core_vnni", dnnl::cpu_isa::avx512_core_vnni},
    {"avx512_core_bf16", dnnl::cpu_isa::avx512_core_bf16},
    {"avx512_core_fp16", dnnl::cpu_isa::avx512_core_fp16},
    {"avx512_core_amx", dnnl::cpu_isa::avx512_core_amx},
    {"avx512_core_amx_fp16", dnnl::cpu_isa::avx512_core_amx_fp16},
    {"avx10_1_512", dnnl::cpu_isa::avx10_1_512},
}};

}  // namespace

std::string effective_isa() {
  auto isa = dnnl::get_effective_cpu_isa();
  for (const Isa& known : kIsas) {
    if (known.isa == isa) return known.name;
  }
  return cat("isa_", static_cast<int>(isa));
}

std::string bf16_unit() {
  auto at_least = [](dnnl::cpu_isa least) {
    std::string name = effective_isa();
    auto from =
        std::find_if(kIsas.begin(), kIsas.end(), [&](const Isa& i) { return i.isa == least; });
    return std::any_of(from, kIsas.end(), [&](const Isa& i) { return i.name == name; });
  };
  // One that is newer than our list of names is asked for what it has.
  bool newer = effective_isa().starts_with("isa_");
  bool amx = at_least(dnnl::cpu_isa::avx512_core_amx) || newer;
  if (amx && __builtin_cpu_supports("amx-bf16")) return "amx";
  bool avx512 = at_least(dnnl::cpu_isa::avx512_core_bf16) || newer;
  return avx512 && __builtin_cpu_supports("avx512bf16") ? "avx512_bf16" : "none";
}

void check_compute_type(DType type) {
  require<AttrError>(type == DType::f32 || type == DType::bf16, "dtype: must be f32 or bf16, got '",
                     name_of(type), "'");
}

DType compute_type(DType wanted, std::string* note) {
  check_compute_type(wanted);
  if (wanted == DType::f32 || bf16_unit() != "none") return wanted;
  *note = cat("dtype bf16: ", cpu_name(), " (", effective_isa(),
              ") has no instructions for it; this computes in f32");
  return DType::f32;
}

void cap_isa(const std::string& name) {
  std::vector<std::string> names;
  for (const Isa& known : kIsas) {
    names.push_back(known.name);
    if (known.name != name) continue;
    if (effective_isa() == name) return;
    require<SystemError>(dnnl::set_max_cpu_isa(known.isa) == dnnl::status::success,
                         "isa: must be set before the first operation runs, got '", name,
                         "'. Start a fresh process");
    return;
  }
  throw AttrError(with_suggestion(cat("isa: no instruction set '", name, "'"), name, names));
}

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

std::string onednn_version() {
  auto* v = dnnl::version();
  return cat(v->major, ".", v->minor, ".", v->patch);
}

}  // namespace firesteel
