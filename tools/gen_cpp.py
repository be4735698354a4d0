"""C++ builders: firesteel::nn::Conv2d(1, 6, 5) and so on, functions over the registries."""

import json
import re

from gen_schema import MARK, sentence

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


HEADER = """// SPDX-License-Identifier: Apache-2.0
// {mark}.
// {what}
#pragma once

{includes}
"""


def header(what, includes):
    return HEADER.format(mark=MARK, what=what, includes="\n".join(f'#include "{path}"' for path in includes))


def of_kinds(what, family, kinds):
    """A header with the builders of some kinds of a family."""
    lines = [f"namespace firesteel::{family.cpp} {{", ""]
    for kind in kinds:
        if family.name == "layers":
            lines += builder(kind, "LayerPtr", "make")
        else:
            lines += [re.sub(r"\b(Ints|LayerPtr|document)\b", r"nn::\1", line)
                      for line in builder(kind, "Json", "nn::spec")]
    lines.append(f"}}  // namespace firesteel::{family.cpp}")
    return header(what, ["nn/builders.h"]) + "\n" + "\n".join(lines) + "\n"


def files(schema):
    out = {}
    for family, kinds in schema:
        if not family.cpp or not kinds:
            continue
        if family.name != "layers":
            path = f"nn/generated/{family.name}.h"
            out[path] = of_kinds(f"{family.name.capitalize()} as documents for a fit.", family, kinds)
            continue
        for group in sorted({kind.group for kind in kinds}):
            members = [kind for kind in kinds if kind.group == group]
            out[f"nn/generated/layers/{group}.h"] = of_kinds(f"Layers of the group {group}.", family, members)
        out["nn/generated/layers.h"] = header("All layers.", list(out))
    others = [path for path in out if not path.startswith("nn/generated/layers")]
    out["nn/generated/specs.h"] = header("All layers, and documents for fits.", ["nn/generated/layers.h", *others])
    return out
