// SPDX-License-Identifier: Apache-2.0
// From structs to the C descriptions of plugin.h; included by plugin.hpp. Exceptions end here.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

#include "plugin.hpp"

namespace firesteel::plugin {

inline void tell(char* error, const char* text) noexcept {
  std::strncpy(error, text, FIRESTEEL_ERROR_BYTES - 1);
  error[FIRESTEEL_ERROR_BYTES - 1] = 0;
}

// body() or, where it throws, the sentence and `failed`.
template <class Body, class Result>
Result guarded(char* error, Result failed, const Body& body) noexcept {
  try {
    return body();
  } catch (const std::exception& e) {
    tell(error, e.what());
  } catch (...) {
    tell(error, "something was thrown that is no std::exception");
  }
  return failed;
}

inline firesteel_shape to_c(const Shape& shape) {
  require(shape.size() <= FIRESTEEL_MOST_DIMS, "a shape must have at most ", FIRESTEEL_MOST_DIMS,
          " extents, got ", shape);
  firesteel_shape out{static_cast<int64_t>(shape.size()), {}};
  std::copy(shape.begin(), shape.end(), out.dims);
  return out;
}

// ---- attributes: the members of a struct, and values that point into one

template <class Member>
firesteel_value to_value(const Member& member) {
  firesteel_value value{};
  if constexpr (std::is_same_v<Member, bool>) {
    value.type = FIRESTEEL_BOOL;
    value.integer = member;
  } else if constexpr (std::is_same_v<Member, int64_t>) {
    value.type = FIRESTEEL_INT;
    value.integer = member;
  } else if constexpr (std::is_same_v<Member, double>) {
    value.type = FIRESTEEL_FLOAT;
    value.real = member;
  } else if constexpr (std::is_same_v<Member, std::string>) {
    value.type = FIRESTEEL_STRING;
    value.text = member.c_str();
  } else {
    constexpr bool kIntegers = std::is_same_v<Member, Dims>;
    static_assert(kIntegers || std::is_same_v<Member, std::vector<double>>,
                  "an attribute is a bool, int64_t, double, std::string, Dims or "
                  "std::vector<double>");
    value.type = kIntegers ? FIRESTEEL_INTS : FIRESTEEL_FLOATS;
    if constexpr (kIntegers) {
      value.integers = member.data();
    } else {
      value.reals = member.data();
    }
    value.count = static_cast<int64_t>(member.size());
  }
  return value;
}

template <class Member>
void from_value(const firesteel_value& value, Member& out) {
  if constexpr (std::is_same_v<Member, bool>) {
    out = value.integer != 0;
  } else if constexpr (std::is_same_v<Member, int64_t>) {
    out = value.integer;
  } else if constexpr (std::is_same_v<Member, double>) {
    out = value.real;
  } else if constexpr (std::is_same_v<Member, std::string>) {
    out = value.text;
  } else if constexpr (std::is_same_v<Member, Dims>) {
    out.assign(value.integers, value.integers + value.count);
  } else {
    out.assign(value.reals, value.reals + value.count);
  }
}

template <class Layer, class Visitor>
void each_attr(const Visitor& visit) {
  std::apply([&](const auto&... a) { (visit(a), ...); }, Layer::schema().attrs);
}

template <class Layer>
std::vector<firesteel_value> values_of(const Layer& layer) {
  std::vector<firesteel_value> values;
  each_attr<Layer>([&](const auto& a) { values.push_back(to_value(layer.*(a.member))); });
  return values;
}

// ---- a configured layer, and the functions of plugin.h

template <class Layer>
struct Object {
  Layer layer;
  std::vector<Param> params;
  std::vector<firesteel_param> described;
  std::vector<const firesteel_param*> pointers;

  explicit Object(const firesteel_value* values) {
    each_attr<Layer>([&](const auto& a) { from_value(*values++, layer.*(a.member)); });
    if constexpr (requires { layer.params(); }) params = layer.params();
    for (const Param& p : params) {
      described.push_back({.size = sizeof(firesteel_param),
                           .name = p.name.c_str(),
                           .shape = to_c(p.shape),
                           .init = p.init.kind,
                           .scale = static_cast<float>(p.init.scale),
                           .center = static_cast<float>(p.init.center),
                           .decay = p.decay,
                           .state = 0,
                           .momentum = 0});
    }
    for (const firesteel_param& p : described) pointers.push_back(&p);
  }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
};

template <class Layer>
struct Functions {
  static const Object<Layer>& of(const void* object) {
    return *static_cast<const Object<Layer>*>(object);
  }
  static void* create(const firesteel_value* values, char* error) {
    return guarded(error, static_cast<void*>(nullptr),
                   [&]() -> void* { return new Object<Layer>(values); });
  }
  static void destroy(void* object) { delete static_cast<Object<Layer>*>(object); }
  static int32_t params(const void* object, const firesteel_param* const** params, char*) {
    *params = of(object).pointers.data();
    return static_cast<int32_t>(of(object).pointers.size());
  }
  static int32_t infer(const void* object, const firesteel_shape* in, int32_t inputs,
                       firesteel_shape* out, char* error) {
    return guarded(error, int32_t{-1}, [&] {
      Shapes shapes;
      for (int32_t i = 0; i < inputs; ++i) {
        shapes.emplace_back(in[i].dims, in[i].dims + in[i].rank);
      }
      Shapes result = of(object).layer.infer(shapes);
      require(result.size() <= FIRESTEEL_MOST_OUTPUTS, "a layer has at most ",
              FIRESTEEL_MOST_OUTPUTS, " outputs, got ", result.size());
      for (size_t i = 0; i < result.size(); ++i) out[i] = to_c(result[i]);
      return static_cast<int32_t>(result.size());
    });
  }
  static int32_t prepare(const void* object, firesteel_prepare* host, char* error) {
    return guarded(error, int32_t{-1}, [&] {
      Prepare prepare(*host);
      of(object).layer.prepare(prepare);
      return int32_t{0};
    });
  }
  static int32_t forward(const void* object, const firesteel_run* host, char* error) {
    return run(*host, error, [&](auto& r) { of(object).layer.forward(r); });
  }
  static int32_t backward(const void* object, const firesteel_run* host, char* error) {
    return run(*host, error, [&](auto& r) { of(object).layer.backward(r); });
  }

 private:
  template <class Body>
  static int32_t run(const firesteel_run& host, char* error, const Body& body) {
    return guarded(error, int32_t{-1}, [&] {
      if (host.dtype == FIRESTEEL_F64) {
        Run<double> r(host);
        body(r);
      } else {
        Run<float> r(host);
        body(r);
      }
      return int32_t{0};
    });
  }
};

// ---- descriptions: they point into themselves, and are made once

template <class Layer>
class Description {
 public:
  Description() : sample_(Layer::sample()), sample_values_(values_of(sample_.layer)) {
    each_attr<Layer>([&](const auto& a) {
      attrs_.push_back({.size = sizeof(firesteel_attr),
                        .name = a.name,
                        .doc = a.doc,
                        .fallback = to_value(defaults_.*(a.member)),
                        .required = a.required,
                        .rule = static_cast<int32_t>(a.rule)});
    });
    for (const firesteel_attr& a : attrs_) attr_pointers_.push_back(&a);
    for (const Shape& shape : sample_.in) sample_in_.push_back(to_c(shape));
    described_sample_ = {.size = sizeof(firesteel_sample),
                         .values = sample_values_.data(),
                         .inputs = static_cast<int32_t>(sample_in_.size()),
                         .in = sample_in_.data(),
                         .kinks = sample_.kinks.data(),
                         .kink_count = static_cast<int64_t>(sample_.kinks.size()),
                         .ids_below = sample_.ids_below};
    describe();
  }
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;

  const firesteel_layer* layer() const { return &layer_; }

 private:
  void describe() {
    using F = Functions<Layer>;
    auto schema = Layer::schema();
    layer_ = {.size = sizeof(firesteel_layer),
              .kind = schema.kind,
              .doc = schema.doc,
              .attrs = attr_pointers_.data(),
              .attr_count = static_cast<int32_t>(attrs_.size()),
              .least_inputs = 1,
              .most_inputs = 1,
              .flags = 0,
              .sample = &described_sample_,
              .create = F::create,
              .destroy = F::destroy,
              .params = F::params,
              .infer = F::infer,
              .prepare = nullptr,
              .forward = F::forward,
              .backward = nullptr};
    if constexpr (requires { Layer::least_inputs; }) layer_.least_inputs = Layer::least_inputs;
    layer_.most_inputs = layer_.least_inputs;
    if constexpr (requires { Layer::most_inputs; }) layer_.most_inputs = Layer::most_inputs;
    if constexpr (requires { Layer::couples_rows; }) {
      if (Layer::couples_rows) layer_.flags |= FIRESTEEL_COUPLES_ROWS;
    }
    if constexpr (requires { Layer::each_step; }) {
      if (Layer::each_step) layer_.flags |= FIRESTEEL_EACH_STEP;
    }
    if constexpr (requires(const Layer& l, Prepare& p) { l.prepare(p); }) {
      layer_.prepare = F::prepare;
    }
    if constexpr (requires(const Layer& l, Run<float>& r) { l.backward(r); }) {
      layer_.backward = F::backward;
    }
  }

  Layer defaults_ = {};
  std::vector<firesteel_attr> attrs_;
  std::vector<const firesteel_attr*> attr_pointers_;
  Sample<Layer> sample_;
  std::vector<firesteel_value> sample_values_;
  std::vector<firesteel_shape> sample_in_;
  firesteel_sample described_sample_ = {};
  firesteel_layer layer_ = {};
};

template <class... Layers>
const firesteel_plugin_info* describe(const char* name, const char* version) noexcept {
  try {
    static const std::tuple<Description<Layers>...> kDescriptions;
    static const std::vector<const firesteel_layer*> kLayers = std::apply(
        [](const auto&... d) { return std::vector<const firesteel_layer*>{d.layer()...}; },
        kDescriptions);
    static const firesteel_plugin_info kInfo = {
        sizeof(firesteel_plugin_info),       FIRESTEEL_PLUGIN_ABI, name, version, kLayers.data(),
        static_cast<int32_t>(kLayers.size())};
    return &kInfo;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace firesteel::plugin

// The layers of a plugin, its name and its version; once, at the end of its file.
#define FIRESTEEL_PLUGIN(name, version, ...)                          \
  extern "C" const firesteel_plugin_info* firesteel_plugin(void) {    \
    return ::firesteel::plugin::describe<__VA_ARGS__>(name, version); \
  }
