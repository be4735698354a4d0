"""C++ builders: firesteel::nn::Conv2d(1, 6, 5) and so on, functions over the registries."""

import json
import re

from gen_schema import FAMILIES, MARK, sentence

TYPES = {"bool": "bool", "int": "int64_t", "float": "double", "string": "std::string",
         "ints": "Ints", "floats": "Reals"}
WIDTH = 100


def literal(attr):
    value = attr.default
    if attr.type == "bool":
        return "true" if value else "false"
    if attr.type in ("ints", "floats"):
        if attr.is_pair and len(value) == 1:
            return str(value[0])
        return "{" + ", ".join(json.dumps(v) for v in value) + "}"
    return json.dumps(value)


def type_of(attr):
    if attr.is_layer:
        return "const LayerPtr&"
    return "const Graph&" if attr.is_graph else TYPES[attr.type]


def parameter(attr):
    text = f"{type_of(attr)} {attr.name}"
    return text if attr.required else f"{text} = {literal(attr)}"


def wrap(head, items, tail):
    """head + items + tail, broken at WIDTH and aligned below the first item."""
    lines, line = [], head
    for n, item in enumerate(items):
        item += tail if n + 1 == len(items) else ","
        gap = "" if line == head or not line.strip() else " "
        if line not in ("", head) and len(line + gap + item) > WIDTH:
            lines.append(line)
            line, gap = " " * len(head), ""
        line += gap + item
    return [*lines, line if items else head + tail]


def comment(kind):
    lines = [f"// {sentence(kind.doc)}"]
    for attr in kind.ordered:
        rule = f" ({attr.rule})" if attr.rule else ""
        lines.append(f"//   {attr.name}: {attr.doc}{rule}")
    return [part for line in lines for part in fold(line)]


def fold(line):
    if len(line) <= WIDTH:
        return [line]
    cut = line.rfind(" ", 0, WIDTH)
    indent = "//     " if line.startswith("//   ") else "// "
    return [line[:cut], *fold(indent + line[cut + 1:])]


def value(attr):
    if attr.is_layer:
        return f"document({attr.name})"
    if attr.is_graph:
        return f"graph_to_json({attr.name})"
    return f"Dims({attr.name})" if attr.type == "ints" else attr.name


def builder(kind, result, call):
    values = [f'{{"{attr.name}", {value(attr)}}}' for attr in kind.ordered]
    return [*comment(kind),
            *wrap(f"inline {result} {kind.kind}(", [parameter(a) for a in kind.ordered], ") {"),
            *wrap(f'  return {call}("{kind.kind}", {{', values, "});"), "}", ""]


LAYERS = """// SPDX-License-Identifier: Apache-2.0
// {mark}.
// Layers as functions: Sequential{{nn::Conv2d(1, 6, 5), nn::Tanh(), nn::MaxPool2d(2)}}. Arguments are
// the attributes, the required ones first. Each throws AttrError when a rule is not obeyed.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "core/json.h"
#include "core/registry.h"
#include "nn/graph.h"
#include "nn/layer.h"

namespace firesteel::nn {{

using firesteel::Graph;
using firesteel::Sequential;
using LayerPtr = std::shared_ptr<const Layer>;

// One number, or a list such as {{height, width}}.
struct Ints : Dims {{
  Ints(int64_t value) : Dims{{value}} {{}}  // NOLINT(google-explicit-constructor)
  Ints(std::initializer_list<int64_t> values) : Dims(values) {{}}
  Ints(Dims values) : Dims(std::move(values)) {{}}  // NOLINT(google-explicit-constructor)
}};

// A layer as the attribute of another.
inline std::string document(const LayerPtr& layer) {{
  return described_to_json(*layer).dump();
}}

// Any layer by its kind.
inline LayerPtr make(const std::string& kind, const Attrs& attrs) {{
  return Registry<Layer>::instance().make(kind, attrs);
}}

"""

SPECS = """// SPDX-License-Identifier: Apache-2.0
// {mark}.
// Losses, optimizers, schedules and metrics as documents for a fit: optim::SGD(0.1, 0.9) is
// {{"kind": "SGD", "lr": 0.1, "momentum": 0.9, ...}}. They are checked where the fit begins.
#pragma once

#include <string>

#include "core/json.h"
#include "nn/generated/layers.h"

namespace firesteel::nn {{

// A document of any kind.
inline Json spec(const std::string& kind, const Attrs& attrs) {{
  Json doc = Json::object();
  doc["kind"] = kind;
  for (const auto& [name, value] : attrs) doc[name] = to_json(value);
  return doc;
}}

}}  // namespace firesteel::nn

"""


def layers(schema):
    lines = []
    for family, kinds in schema:
        if family.name == "layers":
            for kind in kinds:
                lines += builder(kind, "LayerPtr", "make")
    return LAYERS.format(mark=MARK) + "\n".join(lines) + "\n}  // namespace firesteel::nn\n"


def specs(schema):
    lines = []
    for namespace in dict.fromkeys(family.cpp for family in FAMILIES if family.cpp):
        kinds = [kind for family, kinds in schema for kind in kinds
                 if family.cpp == namespace and family.name != "layers"]
        if kinds:
            lines += [f"namespace firesteel::{namespace} {{", ""]
            lines += [re.sub(r"\bInts\b", "nn::Ints", line)
                      for kind in kinds for line in builder(kind, "Json", "nn::spec")]
            lines += [f"}}  // namespace firesteel::{namespace}", ""]
    return SPECS.format(mark=MARK) + "\n".join(lines).rstrip("\n") + "\n"


def files(schema):
    return {"nn/generated/layers.h": layers(schema), "nn/generated/specs.h": specs(schema)}
