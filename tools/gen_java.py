"""Java builders: new Conv2d(1, 6, 5).stride(2); required attributes in the constructor."""

import html
import json

from gen_schema import MARK, sentence

TYPES = {"bool": "boolean", "int": "long", "float": "double", "string": "String",
         "ints": "long...", "floats": "double..."}
KEYWORDS = {"abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class",
            "const", "continue", "default", "do", "double", "else", "enum", "extends", "final",
            "finally", "float", "for", "goto", "if", "implements", "import", "instanceof", "int",
            "interface", "long", "native", "new", "package", "private", "protected", "public",
            "return", "short", "static", "super", "switch", "synchronized", "this", "throw",
            "throws", "transient", "try", "void", "volatile", "while", "kind", "name", "named",
            "with", "attrs"}  # the last five are methods of the base classes


def identifier(attr):
    return attr.camel + "_" if attr.camel in KEYWORDS else attr.camel


def text_of(attr):
    rule = f" {sentence(attr.rule)}" if attr.rule else ""
    return html.escape(sentence(attr.doc) + rule, quote=False)


def default_text(attr):
    value = attr.default
    if attr.is_pair and len(value) == 1:
        value = value[0]
    return json.dumps(value) if value not in ([], "") else "empty"


def parameter(attr, last):
    type_ = "Layer" if attr.is_layer else "Architecture" if attr.is_graph else TYPES[attr.type]
    if not last:
        type_ = type_.replace("...", "[]")
    return f"{type_} {identifier(attr)}"


def value(attr):
    text = ".graph().toString()" if attr.is_graph else ".toString()" if attr.is_layer else ""
    return identifier(attr) + text


def javadoc(first, tags, indent):
    if not tags and len(first) + len(indent) <= 92:
        return [f"{indent}/** {first} */"]
    lines = [f"{indent}/**"]
    for text in [first, *([""] if tags else []), *tags]:
        lines += [f"{indent} *" + (f" {part}" if part else "") for part in fold(text, 96)]
    return [*lines, f"{indent} */"]


def fold(text, width):
    parts = []
    while len(text) > width:
        cut = text.rfind(" ", 0, width)
        parts.append(text[:cut])
        text = "    " + text[cut + 1:]
    return [*parts, text]


def constructor(kind):
    required = kind.required
    tags = [f"@param {identifier(attr)} {text_of(attr)}" for attr in required]
    lines = javadoc("With the attributes that must be given.", tags, "  ") if required else []
    parameters = [parameter(attr, n + 1 == len(required)) for n, attr in enumerate(required)]
    line = f"  public {kind.kind}({', '.join(parameters)}) {{"
    if len(line) <= 100:
        lines.append(line)
    else:
        lines += [f"  public {kind.kind}(", f"      {', '.join(parameters)}) {{"]
    lines.append(f'    super("{kind.kind}");')
    lines += [f'    with("{attr.name}", {value(attr)});' for attr in required]
    return [*lines, "  }"]


def setter(kind, attr):
    first = f"{text_of(attr)} Default: {html.escape(default_text(attr), quote=False)}."
    return ["", *javadoc(first, [], "  "),
            f"  public {kind.kind} {identifier(attr)}({parameter(attr, True)}) {{",
            f'    with("{attr.name}", {value(attr)});', "    return this;", "  }"]


def java_class(family, kind):
    package = f"io.firesteel.{family.java}"
    base = "Layer" if family.name == "layers" else "Spec"
    lines = ["// SPDX-License-Identifier: Apache-2.0", f"// {MARK}.", f"package {package};", ""]
    if base == "Spec":
        lines += ["import io.firesteel.Spec;", ""]
    lines += javadoc(html.escape(sentence(kind.doc), quote=False), [], "")
    lines += [f"public final class {kind.kind} extends {base} {{", *constructor(kind)]
    for attr in kind.optional:
        lines += setter(kind, attr)
    lines += ["", "  @Override", f"  public {kind.kind} with(String attr, Object value) {{",
              "    super.with(attr, value);", "    return this;", "  }"]
    if base == "Layer":
        lines += ["", "  @Override", f"  public {kind.kind} named(String name) {{",
                  "    super.named(name);", "    return this;", "  }"]
    return "\n".join([*lines, "}"]) + "\n"


def files(schema):
    return {f"jvm/java/io/firesteel/{family.java}/{kind.kind}.java": java_class(family, kind)
            for family, kinds in schema if family.java for kind in kinds}
