// SPDX-License-Identifier: Apache-2.0
// Attributes and shapes across the border to plugins.
#include <algorithm>

#include "nn/plugin_layer.h"

namespace firesteel {
namespace {

// body(rule), of core/attr.h.
template <class Body>
auto by_rule(int32_t rule, const Body& body) {
  switch (rule) {
    case FIRESTEEL_POSITIVE:
      return body(rules::Positive{});
    case FIRESTEEL_NONNEGATIVE:
      return body(rules::NonNegative{});
    case FIRESTEEL_FRACTION:
      return body(rules::Fraction{});
    case FIRESTEEL_NONEMPTY:
      return body(rules::NonEmpty{});
    default:
      return body(rules::Any{});
  }
}

template <class Rule, class T>
bool obeys(const Rule& rule, const T& value) {
  if constexpr (std::is_same_v<Rule, rules::NonEmpty>) {
    if constexpr (requires { value.empty(); }) return rule(value);
    return true;
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, bool>) {
    return true;
  } else {
    return rule(value);
  }
}

}  // namespace

std::string rule_text(int32_t rule) {
  return by_rule(rule, [](const auto& r) { return r.text(); });
}

AttrValue checked_value(const AttrInfo& attr, int32_t rule, const AttrValue& value,
                        const std::string& where) {
  AttrValue parsed = std::visit(
      [&]<class T>(const T&) {
        // Lists of numbers are read as those of the layers here.
        std::conditional_t<std::is_same_v<T, Reals>, std::vector<float>, T> out{};
        from_attr(value, out, where);
        return to_attr(out);
      },
      attr.fallback);
  bool good = by_rule(rule, [&](const auto& r) {
    return std::visit([&](const auto& v) { return obeys(r, v); }, parsed);
  });
  require<AttrError>(good, where, ": ", attr.rule, ", got ", to_text(value));
  return parsed;
}

AttrValue attr_of(const firesteel_value& value) {
  auto count = static_cast<size_t>(std::max<int64_t>(0, value.count));
  switch (value.type) {
    case FIRESTEEL_BOOL:
      return value.integer != 0;
    case FIRESTEEL_INT:
      return value.integer;
    case FIRESTEEL_FLOAT:
      return value.real;
    case FIRESTEEL_STRING:
      return std::string(value.text ? value.text : "");
    case FIRESTEEL_INTS:
      return count > 0 ? Dims(value.integers, value.integers + count) : Dims{};
    case FIRESTEEL_FLOATS:
      return count > 0 ? Reals(value.reals, value.reals + count) : Reals{};
    default:
      fail<FormatError>("its type must be one of the border's, got ", value.type);
  }
}

firesteel_shape plugin_shape(const Shape& shape) {
  require(shape.size() <= FIRESTEEL_MOST_DIMS, "a layer of a plugin takes shapes of at most ",
          FIRESTEEL_MOST_DIMS, " extents, got ", shape);
  firesteel_shape out{static_cast<int64_t>(shape.size()), {}};
  std::copy(shape.begin(), shape.end(), out.dims);
  return out;
}

Shape shape_of(const firesteel_shape& shape) {
  require<FormatError>(shape.rank >= 0 && shape.rank <= FIRESTEEL_MOST_DIMS,
                       "a shape must have 0 to ", FIRESTEEL_MOST_DIMS, " extents, got ",
                       shape.rank);
  return {shape.dims, shape.dims + shape.rank};
}

}  // namespace firesteel
