// SPDX-License-Identifier: Apache-2.0
#include "nn/plugin_layer.h"

#include <algorithm>

#include "nn/plugin_run.h"

namespace firesteel {
namespace {

// The sentence of a failed call, with room for it.
struct Complaint {
  char text[FIRESTEEL_ERROR_BYTES] = {};

  template <class E>
  [[noreturn]] void raise(const std::string& where) {
    text[FIRESTEEL_ERROR_BYTES - 1] = 0;
    fail<E>(where, ": ", text[0] ? text : "the plugin gave no reason");
  }
};

firesteel_value to_value(const AttrValue& value) {
  firesteel_value out{};
  out.type = static_cast<int32_t>(value.index());
  std::visit(
      [&]<class T>(const T& v) {
        if constexpr (std::is_integral_v<T>) {
          out.integer = v;
        } else if constexpr (std::is_same_v<T, double>) {
          out.real = v;
        } else if constexpr (std::is_same_v<T, std::string>) {
          out.text = v.c_str();
        } else {
          if constexpr (std::is_same_v<T, Dims>) out.integers = v.data();
          if constexpr (std::is_same_v<T, Reals>) out.reals = v.data();
          out.count = static_cast<int64_t>(v.size());
        }
      },
      value);
  return out;
}

Init init_of(const firesteel_param& p) {
  switch (p.init) {
    case FIRESTEEL_INIT_UNIFORM:
      return {Init::Kind::uniform, p.scale, p.center};
    case FIRESTEEL_INIT_NORMAL:
      return {Init::Kind::normal, p.scale, p.center};
    case FIRESTEEL_INIT_TRUNCATED_NORMAL:
      return {Init::Kind::truncated_normal, p.scale, p.center};
    default:
      return Init::constant(p.scale);
  }
}

}  // namespace

PluginLayer::PluginLayer(const PluginKind& kind) : kind_(kind) {
  for (const AttrInfo& a : kind_.info.attrs) values_.push_back(a.fallback);
}

Attrs PluginLayer::attrs() const {
  Attrs out;
  for (size_t i = 0; i < values_.size(); ++i) {
    out.emplace_back(kind_.info.attrs[i].name, values_[i]);
  }
  return out;
}

void PluginLayer::set(const std::string& name, const AttrValue& value) {
  for (size_t i = 0; i < values_.size(); ++i) {
    const AttrInfo& a = kind_.info.attrs[i];
    if (a.name != name) continue;
    int32_t rule = known_part(kind_.layer.attrs[i]).rule;
    values_[i] = checked_value(a, rule, value, cat(kind_.info.kind, ".", name));
    return;
  }
  unknown_attribute(kind_.info, name);
}

void PluginLayer::check() const {
  std::vector<firesteel_value> values;
  for (const AttrValue& value : values_) values.push_back(to_value(value));
  Complaint complaint;
  void* made = kind_.layer.create(values.data(), complaint.text);
  if (!made) complaint.raise<AttrError>(kind_.info.kind);
  object_ = std::shared_ptr<void>(made, kind_.layer.destroy);
}

const void* PluginLayer::object() const {
  require<AttrError>(object_ != nullptr, kind_.info.kind, ": is not configured yet");
  return object_.get();
}

std::vector<ParamSpec> PluginLayer::params() const {
  if (!kind_.layer.params) return {};
  Complaint complaint;
  const firesteel_param* const* given = nullptr;
  int32_t count = kind_.layer.params(object(), &given, complaint.text);
  if (count < 0) complaint.raise<AttrError>(kind_.info.kind);
  std::vector<ParamSpec> specs;
  for (int32_t i = 0; i < count; ++i) {
    firesteel_param p = known_part(given[i]);
    specs.push_back({.name = p.name ? p.name : "",
                     .shape = shape_of(p.shape),
                     .init = init_of(p),
                     .state = p.state != 0,
                     .momentum = p.momentum,
                     .decay = p.decay != 0});
    require<AttrError>(!specs.back().name.empty(), kind_.info.kind, ": parameter ", i,
                       " has no name");
  }
  return specs;
}

Shapes PluginLayer::infer(const Shapes& in) const {
  std::vector<firesteel_shape> given;
  for (const Shape& shape : in) given.push_back(plugin_shape(shape));
  firesteel_shape out[FIRESTEEL_MOST_OUTPUTS] = {};
  Complaint complaint;
  int32_t count = kind_.layer.infer(object(), given.data(), static_cast<int32_t>(given.size()), out,
                                    complaint.text);
  if (count < 0) {
    complaint.text[FIRESTEEL_ERROR_BYTES - 1] = 0;
    fail(complaint.text);  // as a layer here, without its kind: the graph says which node it is
  }
  require(count > 0 && count <= FIRESTEEL_MOST_OUTPUTS, "must have 1 to ", FIRESTEEL_MOST_OUTPUTS,
          " outputs, the plugin ", kind_.plugin, " gives ", count);
  Shapes shapes;
  for (int32_t i = 0; i < count; ++i) shapes.push_back(shape_of(out[i]));
  return shapes;
}

void PluginLayer::prepare(Prepare& p) const {
  auto run = std::make_unique<PluginRun>(p, params().size());
  firesteel_prepare host = run->description(p);
  if (kind_.layer.prepare) {
    Complaint complaint;
    if (kind_.layer.prepare(object(), &host, complaint.text) < 0) {
      complaint.raise<ShapeError>(kind_.info.kind);
    }
  } else {
    host.reads_input = ~uint64_t{0};
  }
  for (size_t i = 0; i < p.inputs(); ++i) {
    if (host.reads_input >> i & 1) p.backward_reads_input(i);
  }
  if (host.reads_output) p.backward_reads_output();
  if (host.in_place) p.in_place();
  if (host.saved_bytes > 0) p.save(host.saved_bytes);
  if (host.scratch_bytes > 0) p.scratch(host.scratch_bytes);
  run->keep(host);
  p.keep(std::move(run));
}

void PluginLayer::forward(Run& r) const {
  Complaint complaint;
  const firesteel_run& run = r.op<PluginRun>().forward(r);
  if (kind_.layer.forward(object(), &run, complaint.text) < 0) {
    complaint.raise<SystemError>(kind_.info.kind);
  }
}

void PluginLayer::backward(Run& r) const {
  if (!kind_.layer.backward) return;
  Complaint complaint;
  const firesteel_run& run = r.op<PluginRun>().backward(r);
  if (kind_.layer.backward(object(), &run, complaint.text) < 0) {
    complaint.raise<SystemError>(kind_.info.kind);
  }
}

}  // namespace firesteel
