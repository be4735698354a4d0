// SPDX-License-Identifier: Apache-2.0
// PluginLayer: a layer that lives behind the C functions of a plugin (plugin/plugin.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/layer.h"
#include "plugin/plugin.h"

namespace firesteel {

// A kind of layer of a plugin; it stays until the process ends.
struct PluginKind {
  KindInfo info;
  std::string plugin;       // its name, for messages
  firesteel_layer layer{};  // what the plugin's version of the border lacks is null
  bool has_sample = false;
  Sample sample;
};

// Reads a description as a struct of this version: what the giver's lacks is 0.
template <class Struct>
Struct known_part(const Struct* given) {
  Struct known{};
  if (given) std::memcpy(&known, given, std::min(given->size, sizeof known));
  return known;
}

// Throws ShapeError: more extents than the border has room for.
firesteel_shape plugin_shape(const Shape& shape);
Shape shape_of(const firesteel_shape& shape);
AttrValue attr_of(const firesteel_value& value);

class PluginLayer final : public Layer {
 public:
  explicit PluginLayer(const PluginKind& kind);

  const KindInfo& info() const override { return kind_.info; }
  Attrs attrs() const override;
  void set(const std::string& name, const AttrValue& value) override;
  // Makes the plugin's object: all attributes are known then.
  void check() const override;

  int least_inputs() const override { return kind_.layer.least_inputs; }
  int most_inputs() const override { return kind_.layer.most_inputs; }
  std::vector<ParamSpec> params() const override;
  Shapes infer(const Shapes& in) const override;
  void prepare(Prepare& prepare) const override;
  void forward(Run& run) const override;
  void backward(Run& run) const override;
  bool trains() const override { return kind_.layer.backward != nullptr; }
  bool couples_rows() const override { return (kind_.layer.flags & FIRESTEEL_COUPLES_ROWS) != 0; }
  Steps steps(const Shape&) const override {
    return kind_.layer.flags & FIRESTEEL_EACH_STEP ? Steps::each : Steps::mixed;
  }

 private:
  const void* object() const;

  const PluginKind& kind_;
  std::vector<AttrValue> values_;
  mutable std::shared_ptr<void> object_;
};

// The value as the type of the attribute, when it obeys its rule; throws AttrError. rule: of plugin.h.
AttrValue checked_value(const AttrInfo& attr, int32_t rule, const AttrValue& value,
                        const std::string& where);
std::string rule_text(int32_t rule);

}  // namespace firesteel
