// SPDX-License-Identifier: Apache-2.0
// Attributes: the values that configure a layer, loss, optimizer, ..., and the rules they obey.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/shape.h"

namespace firesteel {

using Reals = std::vector<double>;
using AttrValue = std::variant<bool, int64_t, double, std::string, Dims, Reals>;
// In the order of the declaration.
using Attrs = std::vector<std::pair<std::string, AttrValue>>;

// What is known of one attribute, for checks, bindings and documentation.
struct AttrInfo {
  std::string name;
  std::string type;  // "bool", "int", "float", "string", "ints", "floats"
  std::string doc;
  std::string rule;  // "must be > 0", or empty
  bool required = false;
  AttrValue fallback;  // the value when it is not given
};

// "got ..." in messages and default values in documentation.
std::string to_text(const AttrValue& value);

// Conversions between a member's type and AttrValue. from_attr throws AttrError
// "<where>: expected int, got 'x'" when the value has another type; an integer is taken for a
// float and a single number for a list of one.
AttrValue to_attr(bool value);
AttrValue to_attr(int64_t value);
AttrValue to_attr(float value);
AttrValue to_attr(double value);
AttrValue to_attr(const std::string& value);
AttrValue to_attr(const Dims& value);
AttrValue to_attr(const std::vector<float>& value);
void from_attr(const AttrValue& value, bool& out, const std::string& where);
void from_attr(const AttrValue& value, int64_t& out, const std::string& where);
void from_attr(const AttrValue& value, float& out, const std::string& where);
void from_attr(const AttrValue& value, double& out, const std::string& where);
void from_attr(const AttrValue& value, std::string& out, const std::string& where);
void from_attr(const AttrValue& value, Dims& out, const std::string& where);
void from_attr(const AttrValue& value, std::vector<float>& out, const std::string& where);
std::string_view type_name(const AttrValue& value);

// Rules. A rule on a list holds for each element, but for nonempty.
namespace rules {

template <class Check, class T>
constexpr bool each(const Check& check, const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return check(value);
  } else {
    for (const auto& v : value) {
      if (!check(v)) return false;
    }
    return true;
  }
}

struct Any {
  static std::string text() { return ""; }
  constexpr bool operator()(const auto&) const { return true; }
};
struct Positive {
  static std::string text() { return "must be > 0"; }
  constexpr bool operator()(const auto& value) const {
    return each([](auto v) { return v > 0; }, value);
  }
};
struct NonNegative {
  static std::string text() { return "must be >= 0"; }
  constexpr bool operator()(const auto& value) const {
    return each([](auto v) { return v >= 0; }, value);
  }
};
// An extent of a tensor that is not the batch, counted from the end where it is negative.
struct NotBatch {
  static std::string text() { return "must not be 0, the batch"; }
  constexpr bool operator()(const auto& value) const {
    return each([](auto v) { return v != 0; }, value);
  }
};
struct Fraction {
  static std::string text() { return "must be >= 0 and < 1"; }
  constexpr bool operator()(const auto& value) const {
    return each([](auto v) { return v >= 0 && v < 1; }, value);
  }
};
struct NonEmpty {
  static std::string text() { return "must not be empty"; }
  constexpr bool operator()(const auto& value) const { return !value.empty(); }
};
// A number for each of kCount spatial dimensions, or one for all.
template <size_t kCount, int64_t kLeast>
struct PerDimension {
  static_assert(kCount >= 1 && kCount <= 3);
  static std::string text() {
    constexpr const char* kNumbers[] = {"one number", "one or two numbers", "one or three numbers"};
    return cat("must be ", kNumbers[kCount - 1], " >= ", kLeast);
  }
  constexpr bool operator()(const Dims& value) const {
    if (value.size() != 1 && value.size() != kCount) return false;
    for (int64_t v : value) {
      if (v < kLeast) return false;
    }
    return true;
  }
};
template <int64_t kLeast>
using Pair = PerDimension<2, kLeast>;

template <class Rule>
struct EmptyOr {
  static std::string text() { return Rule::text() + ", or empty"; }
  constexpr bool operator()(const auto& value) const { return value.empty() || Rule{}(value); }
};

}  // namespace rules

inline constexpr rules::Any any_value;
inline constexpr rules::Positive positive;
inline constexpr rules::NonNegative nonnegative;
inline constexpr rules::NotBatch not_batch;
inline constexpr rules::Fraction fraction;
inline constexpr rules::NonEmpty nonempty;
inline constexpr rules::Pair<1> positive_pair;
inline constexpr rules::Pair<0> nonnegative_pair;
inline constexpr rules::PerDimension<3, 1> positive_triple;
inline constexpr rules::PerDimension<3, 0> nonnegative_triple;

}  // namespace firesteel
