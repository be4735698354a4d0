// SPDX-License-Identifier: Apache-2.0
#include "core/attr.h"

#include <array>
#include <charconv>
#include <cmath>

namespace firesteel {
namespace {

constexpr std::array<std::string_view, 6> kTypes = {"bool",   "int",  "float",
                                                    "string", "ints", "floats"};

// The double with the shortest decimal text of the float: 0.1f is stored and printed as 0.1.
double widen(float value) {
  if (!std::isfinite(value)) return value;
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, value).ptr;
  double out = 0;
  std::from_chars(text, end, out);
  return out;
}

[[noreturn]] void mismatch(const std::string& where, std::string_view expected,
                           const AttrValue& got) {
  fail<AttrError>(where, ": expected ", expected, ", got ", to_text(got));
}

double number(const AttrValue& value, const std::string& where, std::string_view expected) {
  if (auto* real = std::get_if<double>(&value)) return *real;
  if (auto* integer = std::get_if<int64_t>(&value)) return static_cast<double>(*integer);
  mismatch(where, expected, value);
}

}  // namespace

std::string_view type_name(const AttrValue& value) { return kTypes[value.index()]; }

std::string to_text(const AttrValue& value) {
  if (auto* text = std::get_if<std::string>(&value)) return cat("'", *text, "'");
  return std::visit([](const auto& v) { return cat(v); }, value);
}

AttrValue to_attr(bool value) { return value; }
AttrValue to_attr(int64_t value) { return value; }
AttrValue to_attr(float value) { return widen(value); }
AttrValue to_attr(double value) { return value; }
AttrValue to_attr(const std::string& value) { return value; }
AttrValue to_attr(const Dims& value) { return value; }
AttrValue to_attr(const std::vector<float>& value) {
  Reals reals;
  for (float v : value) reals.push_back(widen(v));
  return reals;
}

void from_attr(const AttrValue& value, bool& out, const std::string& where) {
  auto* flag = std::get_if<bool>(&value);
  if (!flag) mismatch(where, "bool", value);
  out = *flag;
}

void from_attr(const AttrValue& value, int64_t& out, const std::string& where) {
  auto* integer = std::get_if<int64_t>(&value);
  if (!integer) mismatch(where, "int", value);
  out = *integer;
}

void from_attr(const AttrValue& value, float& out, const std::string& where) {
  out = static_cast<float>(number(value, where, "float"));
}

void from_attr(const AttrValue& value, double& out, const std::string& where) {
  out = number(value, where, "float");
}

void from_attr(const AttrValue& value, std::string& out, const std::string& where) {
  auto* text = std::get_if<std::string>(&value);
  if (!text) mismatch(where, "string", value);
  out = *text;
}

void from_attr(const AttrValue& value, Dims& out, const std::string& where) {
  if (auto* list = std::get_if<Dims>(&value)) {
    out = *list;
  } else if (auto* integer = std::get_if<int64_t>(&value)) {
    out = {*integer};
  } else if (auto* reals = std::get_if<Reals>(&value); reals && reals->empty()) {
    out.clear();
  } else {
    mismatch(where, "ints", value);
  }
}

void from_attr(const AttrValue& value, std::vector<float>& out, const std::string& where) {
  out.clear();
  if (auto* reals = std::get_if<Reals>(&value)) {
    for (double v : *reals) out.push_back(static_cast<float>(v));
  } else if (auto* list = std::get_if<Dims>(&value)) {
    for (int64_t v : *list) out.push_back(static_cast<float>(v));
  } else {
    out.push_back(static_cast<float>(number(value, where, "floats")));
  }
}

}  // namespace firesteel
