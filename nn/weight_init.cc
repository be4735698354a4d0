// SPDX-License-Identifier: Apache-2.0
#include "nn/weight_init.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace firesteel {
namespace {

enum class Serves { all, weights, kernels };

struct Scheme {
  std::string_view name, arguments;
  size_t numbers;  // arguments
  Serves serves;
  Init (*make)(const float* numbers, int64_t in, int64_t out);
};

float root(float numerator, int64_t denominator) {
  return std::sqrt(numerator / static_cast<float>(denominator));
}

using Numbers = const float*;
constexpr Scheme kSchemes[] = {
    {"default", "", 0, Serves::all, [](Numbers, int64_t in, int64_t) { return Init::fan_in(in); }},
    {"zeros", "", 0, Serves::all, [](Numbers, int64_t, int64_t) { return Init::constant(0); }},
    {"ones", "", 0, Serves::all, [](Numbers, int64_t, int64_t) { return Init::constant(1); }},
    {"constant", "(v)", 1, Serves::all,
     [](Numbers v, int64_t, int64_t) { return Init::constant(v[0]); }},
    {"uniform", "(a, b)", 2, Serves::all,
     [](Numbers v, int64_t, int64_t) { return Init::uniform(v[0], v[1]); }},
    {"normal", "(mean, std)", 2, Serves::all,
     [](Numbers v, int64_t, int64_t) { return Init::normal(v[0], v[1]); }},
    {"truncated_normal", "(std)", 1, Serves::all,
     [](Numbers v, int64_t, int64_t) { return Init::truncated_normal(v[0]); }},
    {"xavier_uniform", "", 0, Serves::weights,
     [](Numbers, int64_t in, int64_t out) { return Init::uniform(root(6, in + out)); }},
    {"xavier_normal", "", 0, Serves::weights,
     [](Numbers, int64_t in, int64_t out) { return Init::normal(root(2, in + out)); }},
    {"lecun_uniform", "", 0, Serves::weights,
     [](Numbers, int64_t in, int64_t) { return Init::uniform(root(3, in)); }},
    {"kaiming_uniform", "", 0, Serves::weights,
     [](Numbers, int64_t, int64_t out) { return Init::uniform(root(6, out)); }},
    {"kaiming_uniform_fan_in", "", 0, Serves::weights,
     [](Numbers, int64_t in, int64_t) { return Init::uniform(root(6, in)); }},
    {"kaiming_normal", "", 0, Serves::weights,
     [](Numbers, int64_t, int64_t out) { return Init::normal(root(2, out)); }},
    {"kaiming_normal_fan_in", "", 0, Serves::weights,
     [](Numbers, int64_t in, int64_t) { return Init::normal(root(2, in)); }},
    // By the mean of both.
    {"msra", "", 0, Serves::weights,
     [](Numbers, int64_t in, int64_t out) { return Init::normal(root(4, in + out)); }},
    {"bilinear", "", 0, Serves::kernels,
     [](Numbers, int64_t, int64_t) { return Init::bilinear(); }},
};

std::string choices(Serves most) {
  std::vector<std::string> names;
  for (const Scheme& scheme : kSchemes) {
    if (scheme.serves <= most) names.push_back(cat(scheme.name, scheme.arguments));
  }
  std::string text = "must be " + names[0];
  for (size_t i = 1; i < names.size(); ++i) {
    text += (i + 1 < names.size() ? ", " : " or ") + names[i];
  }
  return text;
}

struct Parsed {
  const Scheme* scheme;
  std::vector<float> numbers;
};

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "name" or "name(1, 2)".
std::optional<Parsed> parse(std::string_view text, Serves most) {
  size_t open = text.find('(');
  std::string_view name = text.substr(0, open);
  Parsed parsed{nullptr, {}};
  for (const Scheme& scheme : kSchemes) {
    if (scheme.name == name && scheme.serves <= most) parsed.scheme = &scheme;
  }
  if (!parsed.scheme) return std::nullopt;
  if (open != std::string_view::npos) {
    if (!text.ends_with(')')) return std::nullopt;
    std::string_view rest = text.substr(open + 1, text.size() - open - 2);
    for (bool more = true; more;) {
      size_t comma = rest.find(',');
      more = comma != std::string_view::npos;
      std::string_view word = trim(rest.substr(0, comma));
      float number = 0;
      auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
      if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(number)) {
        return std::nullopt;
      }
      parsed.numbers.push_back(number);
      if (more) rest.remove_prefix(comma + 1);
    }
  }
  if (parsed.numbers.size() != parsed.scheme->numbers) return std::nullopt;
  return parsed;
}

}  // namespace

namespace rules {
std::string KernelInit::text() { return choices(Serves::kernels); }
bool KernelInit::operator()(const std::string& init) const {
  return parse(init, Serves::kernels).has_value();
}
std::string MatrixInit::text() { return choices(Serves::weights); }
bool MatrixInit::operator()(const std::string& init) const {
  return parse(init, Serves::weights).has_value();
}
std::string BiasInit::text() { return choices(Serves::all); }
bool BiasInit::operator()(const std::string& init) const {
  return parse(init, Serves::all).has_value();
}
}  // namespace rules

Init weight_init(const std::string& init, int64_t fan_in, int64_t fan_out) {
  auto parsed = parse(init, Serves::kernels);
  require<AttrError>(parsed.has_value(), "init: ", choices(Serves::kernels), ", got '", init, "'");
  return parsed->scheme->make(parsed->numbers.data(), fan_in, fan_out);
}

Init bias_init(const std::string& init, int64_t fan_in) {
  return init == "default" ? Init::fan_in(fan_in) : Init::constant(0);
}

Init bias_init(const std::string& bias_init, const std::string& init, int64_t fan_in) {
  return bias_init == "default" ? firesteel::bias_init(init, fan_in)
                                : weight_init(bias_init, fan_in, fan_in);
}

}  // namespace firesteel
